package sandbox

import "fmt"

const (
	pageBytes  = 1 << 16
	entryBytes = 8 // of a table

	stackShare = 8  // the part of the memory that is for the stack
	tableShare = 32 // the part that is for tables that grow
)

// budget is how an instance's memory is divided.
type budget struct {
	stack   int64    // bytes by the meter's estimate
	pages   uint32   // that linear memory can reach
	entries []uint32 // that each table can reach
}

// divide divides the memory that a limit grants; [Protect] says how.
func divide(m *Module, memory int64) (budget, *Error) {
	var b budget
	for _, i := range m.Imports {
		if i.Kind == KindMemory || i.Kind == KindTable {
			return b, &Error{Code: CodeImportedMemory, Class: Malformed,
				Message: fmt.Sprintf("the module imports the %s %q.%q, and only its own can be bounded", i.Kind, i.Module, i.Name)}
		}
	}
	b.stack = memory / stackShare / 2
	left := memory - memory/stackShare
	spare := int64(0)
	if m.layout.growsTables {
		spare = memory / tableShare / entryBytes / int64(len(m.Tables))
	}
	for _, t := range m.Tables {
		most := int64(t.Min) + spare
		if t.HasMax {
			most = min(most, int64(t.Max))
		}
		b.entries = append(b.entries, uint32(most))
		left -= most * entryBytes
	}
	b.pages = uint32(min(max(left, 0)/pageBytes, maxPages))
	for _, linear := range m.Memories {
		if linear.Min > b.pages {
			return b, &Error{Code: "limit_memory", Class: Limit, Message: fmt.Sprintf(
				"the module's memory begins with %d pages of 64 KiB, and of the limit memory, %d bytes, there are %d pages for it",
				linear.Min, memory, b.pages)}
		}
		if linear.HasMax {
			b.pages = min(b.pages, linear.Max)
		}
	}
	return b, nil
}

package sandbox

import (
	"fmt"
	"math"
)

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
	b.stack = memory / stackShare / 2
	left := memory - memory/stackShare
	spare := int64(0)
	if m.layout.growsTables {
		spare = memory / tableShare / entryBytes / int64(len(m.Tables))
	}
	for _, t := range m.Tables {
		most := min(int64(t.Min)+spare, math.MaxUint32)
		if t.HasMax {
			most = min(most, int64(t.Max))
		}
		b.entries = append(b.entries, uint32(most))
		left -= most * entryBytes
	}
	if left < 0 {
		return b, overBudget(memory, "its tables begin with %d bytes more", -left)
	}
	for _, linear := range m.Memories { // at most one
		b.pages = uint32(min(left/pageBytes, maxPages))
		if linear.Min > b.pages {
			return b, overBudget(memory, "its memory begins with %d pages of 64 KiB, and there are %d", linear.Min, b.pages)
		}
		if linear.HasMax {
			b.pages = min(b.pages, linear.Max)
		}
	}
	return b, nil
}

// overBudget is the refusal of a module that takes more memory at once than it may ever have.
func overBudget(memory int64, format string, args ...any) *Error {
	return &Error{Code: "limit_memory", Class: Limit, Message: fmt.Sprintf(
		"the module does not fit into the memory of %d bytes that the limit grants: %s", memory, fmt.Sprintf(format, args...))}
}

package sandbox

import "fmt"

// Module is what [Inspect] found in a module. It shares the memory of the bytes that were inspected, which must not
// change while it is used; otherwise it is safe for concurrent use.
type Module struct {
	Size     int       // bytes of the file
	Sections []Section // in the file's order, without custom ones
	Customs  []Custom  // in the file's order
	Imports  []Import
	Exports  []Export
	Memories []Memory // at most one
	Tables   []Table  // imported ones first
	Start    bool     // whether a function runs at instantiation

	// Score is the time in milliseconds that an engine needs at most to compile the metered module: a sum over its
	// functions, fitted to wazero's compiler on one machine. It over-estimates ordinary code about twice.
	Score int64

	figures [quantities]int64
	layout  layout
}

// Section is one section of the file.
type Section struct {
	Name   string // as the specification names it
	Offset int    // of the section's contents in the file
	Size   int    // bytes of its contents
	Count  int    // items in it
	id     byte
}

// Custom is a custom section.
type Custom struct {
	Name    string
	Offset  int    // of the payload in the file
	Payload []byte // shared with the module's bytes
}

// Kind is the kind of an import or export.
type Kind string

// The kinds.
const (
	KindFunc   Kind = "func"
	KindTable  Kind = "table"
	KindMemory Kind = "memory"
	KindGlobal Kind = "global"
)

// Import is one thing that the module wants from the host. Type is, of a function, its type in the notation of package
// abi, such as "(i32, i32) -> i32"; of a global "i32" or "mut i32"; of a table "funcref 1..10" and of a memory "1..10",
// with no second number where there is no maximum.
type Import struct {
	Module string
	Name   string
	Kind   Kind
	Type   string
}

// Export is one thing that the module shows to the host, with its type as in [Import].
type Export struct {
	Name string
	Kind Kind
	Type string
}

// Memory is a linear memory, its sizes in pages of 64 KiB.
type Memory struct {
	Min, Max uint32
	HasMax   bool
	Imported bool
	Exported bool
}

// Table is a table, its sizes in entries.
type Table struct {
	Type     string // "funcref" or "externref"
	Min, Max uint32
	HasMax   bool
	Imported bool
	Exported bool
}

// text writes the sizes as [Import] has them.
func (m Memory) text() string { return sizes(m.Min, m.Max, m.HasMax) }

// text writes the type as [Import] has it.
func (t Table) text() string { return t.Type + " " + sizes(t.Min, t.Max, t.HasMax) }

// sizes writes a range of sizes.
func sizes(least, most uint32, hasMost bool) string {
	if !hasMost {
		return fmt.Sprintf("%d..", least)
	}
	return fmt.Sprintf("%d..%d", least, most)
}

// Export finds an export by its name.
func (m *Module) Export(name string) (Export, bool) {
	for _, e := range m.Exports {
		if e.Name == name {
			return e, true
		}
	}
	return Export{}, false
}

// Custom returns all custom sections of a name, in the file's order. The format allows several.
func (m *Module) Custom(name string) []Custom {
	var found []Custom
	for _, c := range m.Customs {
		if c.Name == name {
			found = append(found, c)
		}
	}
	return found
}

// Figures compares the module with limits on structure, in the order of the fields of [Limits].
func (m *Module) Figures(limits Limits) []Figure {
	allowed := limits.values()
	figures := make([]Figure, quantities)
	for q := range figures {
		figures[q] = Figure{Name: names[q], Value: m.figures[q], Limit: allowed[q]}
	}
	return figures
}

// layout is what the meter needs to find its way through a module that was inspected.
type layout struct {
	types           []funcType
	funcs           []uint32 // type index of every function, imported ones first
	importedFuncs   int
	tables          []valueType
	globals         []globalType // imported ones first
	importedGlobals int
	growsTables     bool // whether an instruction does
	changesTables   bool // whether an instruction does, be it by growing them
	namesData       bool // whether an instruction names a data segment
	hostInTable     bool // whether a reference to an imported function may get into a table
	calls           calls
	turns           []int32 // of each loop, branches that lead back to it
	bodies          []span  // of each defined function: locals and instructions, without the size before them
	data            []int   // bytes of each data segment
}

// params is the number of values that a block takes.
func (l *layout) params(b blockType) int {
	if b.indexed {
		return len(l.types[b.index].params)
	}
	return 0
}

// results is the number of values that a block leaves.
func (l *layout) results(b blockType) int {
	switch {
	case b.indexed:
		return len(l.types[b.index].results)
	case b.result != 0:
		return 1
	}
	return 0
}

// span is a range of the file.
type span struct{ start, end int }

// globalType is the type of a global.
type globalType struct {
	value   valueType
	mutable bool
}

// String writes the type as in the text format, without parentheses.
func (g globalType) String() string {
	if g.mutable {
		return "mut " + g.value.String()
	}
	return g.value.String()
}

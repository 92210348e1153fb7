package sandbox

import (
	"bytes"
	"fmt"
	"slices"
)

// Inspect reads a module's structure and measures it against limits. It runs in time linear in the module's size and
// allocates memory in proportion to it, whatever the bytes are.
//
// It accepts core modules of WebAssembly 2.0 and nothing else, and checks everything that the binary format lays down,
// down to each instruction's immediates, indices and the nesting of blocks. The types of operands are left to the
// engine. A refusal is an [*Error]. The module keeps a reference to wasm.
func Inspect(wasm []byte, limits Limits) (*Module, error) {
	in := &inspector{
		reader:  reader{buf: wasm, end: len(wasm)},
		Module:  &Module{Size: len(wasm)},
		allowed: limits.values(),

		dataCount: -1,
	}
	in.use(qBytes, int64(len(wasm)), 0)
	in.header()
	for in.ok() && in.left() > 0 {
		in.section()
	}
	in.finish()
	if in.err != nil {
		return nil, in.err
	}
	return in.Module, nil
}

// inspector is the state of one inspection.
type inspector struct {
	reader
	*Module
	allowed [quantities]int64

	next      int // the least place in the order for the next section
	typeTexts map[uint32]string
	declared  int   // function bodies that the function section announces
	entries   int64 // of all tables
	mutable   int64 // globals
	slots     int64 // locals of all functions
	elements  int   // element segments
	entered   int64 // elements of all segments, and segments
	dataCount int   // data segments that the data count section announces, -1 without it
	dataAt    int   // offset of that number
	score     float64
	body      body
}

// use measures a quantity: it keeps the largest value and refuses one over its limit.
func (in *inspector) use(q quantity, value int64, offset int) {
	in.figures[q] = max(in.figures[q], value)
	if value > in.allowed[q] && in.ok() {
		whose := "the module"
		if q.ofFunction() {
			whose = fmt.Sprintf("function %d", in.layout.importedFuncs+len(in.layout.bodies)-1)
		}
		in.fail(Code("limit_"+names[q]), offset, "%s has %d %s, and the limit %s is %d", whose, value, descriptions[q], names[q], in.allowed[q])
		in.err.Class = Limit
	}
}

// header reads the magic number and the version.
func (in *inspector) header() {
	magic, version := []byte("\x00asm"), []byte{1, 0, 0, 0}
	if !bytes.HasPrefix(in.buf, magic) {
		in.fail(CodeMagic, 0, "this is not a WebAssembly binary: it does not begin with \\0asm")
		return
	}
	in.pos = len(magic)
	in.skip(len(version))
	if !in.ok() || bytes.Equal(in.buf[4:8], version) {
		return
	}
	if in.buf[6] != 0 || in.buf[7] != 0 {
		in.fail(CodeComponent, 4, "this is a component; only core modules are supported, such as wasm32-wasip1 builds")
		return
	}
	in.fail(CodeVersion, 4, "the binary format's version is %#x, only 1 is supported", in.buf[4:8])
}

// The ids of sections.
const (
	idCustom = iota
	idType
	idImport
	idFunction
	idTable
	idMemory
	idGlobal
	idExport
	idStart
	idElement
	idCode
	idData
	idDataCount
	idTag // of exception handling
)

// sectionNames are the names of sections by their ids.
var sectionNames = [...]string{"custom", "type", "import", "function", "table", "memory", "global", "export", "start",
	"element", "code", "data", "data count"}

// sectionOrder is the order in which sections come; custom ones may be anywhere.
var sectionOrder = []byte{idType, idImport, idFunction, idTable, idMemory, idGlobal, idExport, idStart, idElement,
	idDataCount, idCode, idData}

// section reads one section.
func (in *inspector) section() {
	start := in.pos
	id := in.byte()
	rank := slices.Index(sectionOrder, id)
	switch {
	case id == idCustom:
	case id == idTag:
		in.fail(CodeExceptions, start, "exception handling is not supported")
	case rank < 0:
		in.fail(CodeSectionID, start, "there is no section %d", id)
	case rank < in.next:
		in.fail(CodeSectionOrder, start, "the %s section is repeated or out of order", sectionNames[id])
	default:
		in.next = rank + 1
	}
	size := in.count(1, "bytes of a section")
	if !in.ok() {
		return
	}
	section := Section{Name: sectionNames[id], Offset: in.pos, Size: size, id: id}
	in.end = in.pos + size
	section.Count = in.contents(id)
	if in.pos < in.end {
		in.fail(CodeSectionSize, in.pos, "the %s section ends %d bytes before its size", section.Name, in.end-in.pos)
	}
	in.end = len(in.buf)
	if id != idCustom {
		in.Sections = append(in.Sections, section)
	}
}

// contents reads a section's contents and returns the number of its items.
func (in *inspector) contents(id byte) int {
	switch id {
	case idCustom:
		return in.customSection()
	case idType:
		return in.typeSection()
	case idImport:
		return in.importSection()
	case idFunction:
		return in.functionSection()
	case idTable:
		return in.tableSection()
	case idMemory:
		return in.memorySection()
	case idGlobal:
		return in.globalSection()
	case idExport:
		return in.exportSection()
	case idStart:
		return in.startSection()
	case idElement:
		return in.elementSection()
	case idCode:
		return in.codeSection()
	case idData:
		return in.dataSection()
	}
	return in.dataCountSection()
}

// finish checks what only the whole module can show.
func (in *inspector) finish() {
	if in.ok() && in.declared != len(in.layout.bodies) {
		in.fail(CodeFunctionCount, len(in.buf), "%d functions are declared and %d have a body", in.declared, len(in.layout.bodies))
	}
	if in.ok() && in.dataCount >= 0 && in.dataCount != len(in.layout.data) {
		in.fail(CodeDataCount, in.dataAt, "%d data segments are announced and there are %d", in.dataCount, len(in.layout.data))
	}
	in.scoreModule()
}

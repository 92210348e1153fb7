package sandbox

// customSection reads a custom section; what is inside is its author's business.
func (in *inspector) customSection() int {
	start := in.pos
	name := in.name()
	in.Customs = append(in.Customs, Custom{Name: name, Offset: in.pos, Payload: in.buf[in.pos:in.end:in.end]})
	in.use(qCustoms, int64(len(in.Customs)), start)
	in.pos = in.end
	return 1
}

// typeSection reads the types of functions.
func (in *inspector) typeSection() int {
	start := in.pos
	n := in.count(3, "types")
	in.use(qTypes, int64(n), start)
	for i := 0; i < n && in.ok(); i++ {
		form := in.pos
		if b := in.byte(); b == 0x4e || b == 0x4f || b == 0x50 || b == 0x5e || b == 0x5f {
			in.fail(CodeGC, form, "garbage-collected types are not supported")
		} else if b != 0x60 {
			in.fail(CodeType, form, "%#02x does not begin the type of a function", b)
		}
		t := funcType{params: in.valueTypes(qParams), results: in.valueTypes(qResults)}
		in.layout.types = append(in.layout.types, t)
	}
	return n
}

// valueTypes reads a list of types, bounded by a limit.
func (in *inspector) valueTypes(q quantity) []valueType {
	start := in.pos
	n := in.count(1, names[q])
	in.use(q, int64(n), start)
	if !in.ok() {
		return nil
	}
	types := make([]valueType, n)
	for i := range types {
		types[i] = in.valueType()
	}
	return types
}

// index reads an index below n.
func (in *inspector) index(n int, what string) uint32 {
	start := in.pos
	i := in.u32()
	if in.ok() && uint64(i) >= uint64(n) {
		in.fail(CodeIndex, start, "there is no %s %d", what, i)
		return 0
	}
	return i
}

// typeText writes a function's type. Each text is made once, so that many functions of a long type cost no memory.
func (in *inspector) typeText(index uint32) string {
	text, known := in.typeTexts[index]
	if !known && in.ok() {
		text = in.layout.types[index].String()
		if in.typeTexts == nil {
			in.typeTexts = map[uint32]string{}
		}
		in.typeTexts[index] = text
	}
	return text
}

// functionSection reads the types of the functions that the module defines.
func (in *inspector) functionSection() int {
	start := in.pos
	n := in.count(1, "functions")
	in.use(qFuncs, int64(n), start)
	in.declared = n
	for i := 0; i < n && in.ok(); i++ {
		in.layout.funcs = append(in.layout.funcs, in.index(len(in.layout.types), "type"))
	}
	return n
}

func (in *inspector) tableSection() int {
	n := in.count(3, "tables")
	for i := 0; i < n && in.ok(); i++ {
		in.table(false)
	}
	return n
}

// table reads a table's type and adds the table.
func (in *inspector) table(imported bool) Table {
	start := in.pos
	if in.left() > 0 && in.buf[in.pos] == 0x40 {
		in.fail(CodeGC, start, "tables with an initialiser are not supported")
	}
	element := in.refType()
	in.layout.tables = append(in.layout.tables, element)
	t := Table{Type: element.String(), Imported: imported}
	t.Min, t.Max, t.HasMax = in.sizes("table")
	in.Tables = append(in.Tables, t)
	in.use(qTables, int64(len(in.Tables)), start)
	in.entries += int64(t.Min)
	in.use(qEntries, in.entries, start)
	return t
}

func (in *inspector) memorySection() int {
	n := in.count(2, "memories")
	for i := 0; i < n && in.ok(); i++ {
		in.memory(false)
	}
	return n
}

// memory reads a memory's type and adds the memory.
func (in *inspector) memory(imported bool) Memory {
	start := in.pos
	if len(in.Memories) > 0 {
		in.fail(CodeMultiMemory, start, "more than one memory is not supported")
	}
	m := Memory{Imported: imported}
	m.Min, m.Max, m.HasMax = in.sizes("memory")
	if m.Min > maxPages || m.Max > maxPages {
		in.fail(CodeRange, start, "a memory has more than %d pages", maxPages)
	}
	in.Memories = append(in.Memories, m)
	return m
}

// maxPages is the number of pages that a 32-bit memory can have.
const maxPages = 1 << 16

// sizes reads the least and, if there is one, the largest size of a table or memory.
func (in *inspector) sizes(what string) (least, most uint32, hasMost bool) {
	start := in.pos
	switch flags := in.byte(); {
	case flags >= 0x10:
		in.fail(CodeRange, start, "a %s has unknown flags %#02x", what, flags)
	case flags&8 != 0:
		in.fail(CodePageSize, start, "pages of another size than 64 KiB are not supported")
	case flags&4 != 0:
		in.fail(CodeMemory64, start, "64-bit memories and tables are not supported; build for wasm32")
	case flags&2 != 0:
		in.fail(CodeThreads, start, "shared memory and threads are not supported")
	default:
		hasMost = flags&1 != 0
	}
	least = in.u32()
	if hasMost {
		if most = in.u32(); most < least {
			in.fail(CodeRange, start, "a %s has a maximum of %d below its minimum of %d", what, most, least)
		}
	}
	return least, most, hasMost
}

func (in *inspector) globalSection() int {
	start := in.pos
	n := in.count(4, "globals")
	in.use(qGlobals, int64(n), start)
	for i := 0; i < n && in.ok(); i++ {
		in.globalType()
		in.constExpr()
	}
	return n
}

// globalType reads a global's type and adds the global.
func (in *inspector) globalType() globalType {
	start := in.pos
	g := globalType{value: in.valueType()}
	at := in.pos
	mutable := in.byte()
	if mutable > 1 {
		in.fail(CodeRange, at, "a global has unknown flags %#02x", mutable)
	}
	g.mutable = mutable == 1
	if g.mutable {
		in.mutable++
		in.use(qMutable, in.mutable, start)
	}
	in.layout.globals = append(in.layout.globals, g)
	return g
}

package sandbox

// constExpr reads an initialiser: one constant instruction and the end.
func (in *inspector) constExpr() {
	var op instruction
	in.instruction(&op)
	switch op.op {
	case opI32Const, opI64Const, opF32Const, opF64Const, opV128Const, opRefNull:
	case opGlobalGet:
		if uint64(op.index) >= uint64(in.layout.importedGlobals) {
			in.fail(CodeIndex, op.imm, "an initialiser names global %d, which is not an imported one", op.index)
		}
	case opRefFunc:
		if uint64(op.index) >= uint64(len(in.layout.funcs)) {
			in.fail(CodeIndex, op.imm, "there is no function %d", op.index)
		}
		in.refer(op.index)
	default:
		in.fail(CodeConstExpr, op.start, "an initialiser is not one constant")
	}
	at := in.pos
	if opcode(in.byte()) != opEnd {
		in.fail(CodeExtendedConst, at, "initialisers of more than one instruction are not supported")
	}
}

// The flags of an element segment.
const (
	segmentPassive = 1 // or declarative
	segmentTable   = 2 // a table is named; declarative if passive, too
	segmentExprs   = 4 // elements are initialisers, not functions
)

func (in *inspector) elementSection() int {
	start := in.pos
	n := in.count(3, "element segments")
	in.use(qElements, int64(n), start)
	for i := 0; i < n && in.ok(); i++ {
		in.elementSegment()
	}
	in.elements = n
	return n
}

func (in *inspector) elementSegment() {
	start := in.pos
	flags := in.u32()
	if flags > 7 {
		in.fail(CodeKind, start, "there is no kind %d of element segments", flags)
	}
	if flags&segmentPassive == 0 {
		if flags&segmentTable != 0 {
			in.index(len(in.Tables), "table")
		} else if len(in.Tables) == 0 {
			in.fail(CodeIndex, start, "an element segment is for a table, and there is none")
		}
		in.constExpr()
	}
	if flags&(segmentPassive|segmentTable) != 0 {
		in.elementType(flags)
	}
	in.elementList(flags)
}

// elementType reads what a segment's elements are.
func (in *inspector) elementType(flags uint32) {
	if flags&segmentExprs != 0 {
		in.refType()
		return
	}
	at := in.pos
	if kind := in.byte(); kind != 0 {
		in.fail(CodeKind, at, "there is no kind %d of elements", kind)
	}
}

// elementList reads a segment's elements.
func (in *inspector) elementList(flags uint32) {
	at := in.pos
	n := in.count(1, "elements")
	in.entered += int64(n) + 1
	in.use(qElements, in.entered, at)
	for i := 0; i < n && in.ok(); i++ {
		if flags&segmentExprs != 0 {
			in.constExpr()
		} else {
			in.refer(in.index(len(in.layout.funcs), "function"))
		}
	}
}

// refer notes that there is a reference to a function.
func (in *inspector) refer(function uint32) {
	in.layout.hostInTable = in.layout.hostInTable || uint64(function) < uint64(in.layout.importedFuncs)
}

func (in *inspector) dataCountSection() int {
	in.dataAt = in.pos
	in.dataCount = int(in.u32())
	in.use(qData, int64(in.dataCount), in.dataAt)
	return in.dataCount
}

func (in *inspector) dataSection() int {
	start := in.pos
	n := in.count(2, "data segments")
	in.use(qData, int64(n), start)
	for i := 0; i < n && in.ok(); i++ {
		in.dataSegment()
	}
	return n
}

func (in *inspector) dataSegment() {
	start := in.pos
	flags := in.u32()
	if flags > 2 {
		in.fail(CodeKind, start, "there is no kind %d of data segments", flags)
	}
	if flags == 2 {
		in.index(len(in.Memories), "memory")
	}
	if flags != segmentPassive {
		if len(in.Memories) == 0 {
			in.fail(CodeIndex, start, "a data segment is for a memory, and there is none")
		}
		in.constExpr()
	}
	in.layout.data = append(in.layout.data, len(in.bytes()))
}

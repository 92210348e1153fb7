package sandbox

// mover writes the body of a helper function that moves much memory in pieces. All of them have the same parameters as
// the instruction: where to, where from or the byte to fill with, and how many bytes.
type mover struct {
	writer
	*additions
	code    opcode // of the instruction
	indices []uint32
}

// The locals of such a helper.
const (
	moveTo = iota
	moveFrom
	moveLength
	movePiece
)

func (a *additions) newMover(code opcode, indices ...uint32) *mover {
	m := &mover{additions: a, code: code, indices: indices}
	m.op(1, 1, opcode(i32)) // movePiece
	return m
}

// fillBody is memory.fill.
func (a *additions) fillBody() []byte {
	m := a.newMover(opMemoryFill, 0)
	m.trapOutside(moveTo, m.memoryBytes)
	m.pieces(func() { m.forward(moveTo) })
	m.op(opEnd)
	return m.buf
}

// copyBody is memory.copy. Where it moves up, it begins with the last piece, so that none overwrites what a later one
// is to read.
func (a *additions) copyBody() []byte {
	m := a.newMover(opMemoryCopy, 0, 0)
	m.trapOutside(moveTo, m.memoryBytes)
	m.trapOutside(moveFrom, m.memoryBytes)
	m.index(opLocalGet, moveTo)
	m.index(opLocalGet, moveFrom)
	m.op(opI32GtU, opIf, blockEmpty)
	m.pieces(m.backward)
	m.op(opElse)
	m.pieces(func() { m.forward(moveTo, moveFrom) })
	m.op(opEnd, opEnd)
	return m.buf
}

// initBody is memory.init from a segment of so many bytes. Once dropped, the segment has none, but then the first piece
// traps.
func (a *additions) initBody(segment uint32, length int) []byte {
	m := a.newMover(opMemoryInit, segment, 0)
	m.trapOutside(moveTo, m.memoryBytes)
	m.trapOutside(moveFrom, func() { m.i64(int64(length)) })
	m.pieces(func() { m.forward(moveTo, moveFrom) })
	m.op(opEnd)
	return m.buf
}

// move writes the instruction.
func (m *mover) move(length uint32) {
	for _, local := range []uint32{moveTo, moveFrom, length} {
		m.index(opLocalGet, local)
	}
	m.misc(m.code, m.indices...)
}

// memoryBytes writes the size of the memory.
func (m *mover) memoryBytes() {
	m.index(opMemorySize, 0)
	m.op(opI64ExtendI32U)
	m.i64(16)
	m.op(opI64Shl)
}

// trapOutside lets the original instruction trap before anything was written, if a range ends behind a size.
func (m *mover) trapOutside(pointer uint32, size func()) {
	m.index(opLocalGet, pointer)
	m.op(opI64ExtendI32U)
	m.index(opLocalGet, moveLength)
	m.op(opI64ExtendI32U, opI64Add)
	size()
	m.op(opI64GtU, opIf, blockEmpty)
	m.move(moveLength)
	m.op(opEnd)
}

// pieces writes a loop over all pieces, each paid for.
func (m *mover) pieces(step func()) {
	m.op(opLoop, blockEmpty)
	m.least(moveLength, pieceBytes)
	m.index(opLocalSet, movePiece)
	m.payFor(&m.writer, movePiece, -bytesShift)
	m.check(&m.writer)
	step()
	m.index(opLocalGet, moveLength)
	m.index(opBrIf, 0)
	m.op(opEnd)
}

// forward moves the first piece, and the pointers and the length past it.
func (m *mover) forward(pointers ...uint32) {
	m.move(movePiece)
	for _, p := range pointers {
		m.change(p, opI32Add)
	}
	m.change(moveLength, opI32Sub)
}

// backward moves the last piece.
func (m *mover) backward() {
	m.change(moveLength, opI32Sub)
	for _, p := range []uint32{moveTo, moveFrom} {
		m.index(opLocalGet, p)
		m.index(opLocalGet, moveLength)
		m.op(opI32Add)
	}
	m.index(opLocalGet, movePiece)
	m.misc(m.code, m.indices...)
}

// change adds a piece's length to a local, or subtracts it.
func (m *mover) change(local uint32, op opcode) {
	m.index(opLocalGet, local)
	m.index(opLocalGet, movePiece)
	m.op(op)
	m.index(opLocalSet, local)
}

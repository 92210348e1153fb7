package sandbox

import "encoding/binary"

// writer builds a part of a module.
type writer struct {
	buf []byte
}

// op writes instructions without immediates, and other single bytes.
func (w *writer) op(codes ...opcode) {
	for _, c := range codes {
		w.buf = append(w.buf, byte(c))
	}
}

// u32 writes an unsigned integer.
func (w *writer) u32(v uint32) {
	if v < 0x80 {
		w.buf = append(w.buf, byte(v))
		return
	}
	w.buf = binary.AppendUvarint(w.buf, uint64(v))
}

// signed writes a signed integer.
func (w *writer) signed(v int64) {
	for v < -0x40 || v >= 0x40 {
		w.buf = append(w.buf, byte(v)|0x80)
		v >>= 7
	}
	w.buf = append(w.buf, byte(v)&0x7f)
}

// index writes an instruction with one index.
func (w *writer) index(op opcode, index uint32) {
	w.op(op)
	w.u32(index)
}

// i32 and i64 write a constant.
func (w *writer) i32(v int32) { w.op(opI32Const); w.signed(int64(v)) }
func (w *writer) i64(v int64) { w.op(opI64Const); w.signed(v) }

// misc writes an instruction behind the prefix of bulk instructions, with its indices.
func (w *writer) misc(op opcode, indices ...uint32) {
	w.op(prefixMisc, op&0xff)
	for _, i := range indices {
		w.u32(i)
	}
}

// sized writes bytes behind their length.
func (w *writer) sized(b []byte) {
	w.u32(uint32(len(b)))
	w.buf = append(w.buf, b...)
}

// section writes a section.
func (w *writer) section(id byte, contents []byte) {
	w.op(opcode(id))
	w.sized(contents)
}

// least writes what pushes a local or a constant, whichever is less.
func (w *writer) least(local uint32, most int32) {
	w.index(opLocalGet, local)
	w.i32(most)
	w.index(opLocalGet, local)
	w.i32(most)
	w.op(opI32LtU, opSelect)
}

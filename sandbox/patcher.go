package sandbox

// patcher copies a range of the original, but for what it replaces.
type patcher struct {
	reader
	w      writer
	copied int // offset up to which the original was copied or replaced
}

// from starts with another range.
func (p *patcher) from(s span) {
	p.pos, p.end, p.copied = s.start, s.end, s.start
	p.w.buf = p.w.buf[:0]
}

// flush copies the original up to an offset.
func (p *patcher) flush(offset int) {
	p.w.buf = append(p.w.buf, p.buf[p.copied:offset]...)
	p.copied = offset
}

// replace leaves out what was read since an offset, and returns where to write something else.
func (p *patcher) replace(start int) *writer {
	p.flush(start)
	p.copied = p.pos
	return &p.w
}

// count reads the length of a vector and writes one that is larger.
func (p *patcher) count(more int) (n int) {
	start := p.pos
	n = int(p.u32())
	p.replace(start).u32(uint32(n + more))
	return n
}

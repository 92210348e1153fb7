package cli

import "io"

// batch gathers lines, so that many of them are one write.
type batch struct {
	w   io.Writer
	buf []byte
}

// batchSize is how many bytes a batch gathers, and a line.
const batchSize = 64 << 10

// add adds a line, which comes in parts.
func (b *batch) add(parts ...string) error {
	for _, part := range parts {
		b.buf = append(b.buf, part...)
	}
	if len(b.buf) < batchSize {
		return nil
	}
	return b.flush()
}

// flush writes what was gathered.
func (b *batch) flush() error {
	if len(b.buf) == 0 {
		return nil
	}
	_, err := b.w.Write(b.buf)
	b.buf = b.buf[:0]
	return err
}

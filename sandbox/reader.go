package sandbox

import (
	"fmt"
	"unicode/utf8"
)

// reader walks a window of a module's bytes. The first fault is kept and moves the reader to the end of the file, so
// that callers may go on, read zeros, and ask once. It never allocates but for the fault.
type reader struct {
	buf []byte
	pos int
	end int // of the window
	err *Error
}

// ok reports whether nothing was wrong so far.
func (r *reader) ok() bool { return r.err == nil }

// left is the number of bytes in the window that are still to be read.
func (r *reader) left() int { return r.end - r.pos }

// fail records what is wrong at offset, unless something was wrong before.
func (r *reader) fail(code Code, offset int, format string, args ...any) {
	if r.err == nil {
		r.err = &Error{Code: code, Class: Malformed, Offset: offset, Message: fmt.Sprintf(format, args...)}
	}
	r.pos, r.end = len(r.buf), len(r.buf)
}

// failEnd records that the window ends where something more was expected.
func (r *reader) failEnd() {
	what := "the file ends"
	if r.end < len(r.buf) {
		what = "the section or function body ends"
	}
	r.fail(CodeUnexpectedEnd, r.end, "%s inside an item", what)
}

// byte reads one byte.
func (r *reader) byte() byte {
	if r.pos >= r.end {
		r.failEnd()
		return 0
	}
	b := r.buf[r.pos]
	r.pos++
	return b
}

// skip passes n bytes.
func (r *reader) skip(n int) {
	if n > r.left() {
		r.failEnd()
		return
	}
	r.pos += n
}

// u32 reads an unsigned 32-bit integer.
func (r *reader) u32() uint32 {
	if r.pos < r.end && r.buf[r.pos] < 0x80 { // nearly all are one byte
		r.pos++
		return uint32(r.buf[r.pos-1])
	}
	start := r.pos
	var v uint32
	for shift := 0; shift < 35; shift += 7 {
		b := r.byte()
		if !r.ok() {
			return 0
		}
		if shift == 28 && b > 0x0f {
			break
		}
		v |= uint32(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
	r.fail(CodeLEB, start, "an unsigned integer is longer than 32 bits")
	return 0
}

// signed reads a signed integer of 32 or 64 bits. As the format has it, the last possible byte must repeat the sign in
// the bits that the integer has no room for.
func (r *reader) signed(bits int) int64 {
	start := r.pos
	var v int64
	for shift := 0; shift < bits; shift += 7 {
		b := r.byte()
		if !r.ok() {
			return 0
		}
		if left := bits - shift; left < 7 {
			if high := int8(b<<1) >> left; b >= 0x80 || (high != 0 && high != -1) {
				break
			}
		}
		v |= int64(b&0x7f) << shift
		if b < 0x80 {
			if shift+7 < 64 && b&0x40 != 0 {
				v |= -1 << (shift + 7)
			}
			return v
		}
	}
	r.fail(CodeLEB, start, "a signed integer is longer than %d bits", bits)
	return 0
}

// count reads the length of a vector whose items take at least size bytes each, so that nothing is ever allocated or
// looped over on the word of a number alone.
func (r *reader) count(size int, what string) int {
	start := r.pos
	n := r.u32()
	if uint64(n) > uint64(r.left()/size) {
		r.fail(CodeCount, start, "%d %s are announced, and only %d bytes are left for them", n, what, r.left())
		return 0
	}
	return int(n)
}

// bytes reads a vector of bytes. The result shares the module's memory.
func (r *reader) bytes() []byte {
	n := r.count(1, "bytes")
	r.pos += n
	return r.buf[r.pos-n : r.pos]
}

// name reads a string.
func (r *reader) name() string {
	start := r.pos
	b := r.bytes()
	if !utf8.Valid(b) {
		r.fail(CodeUTF8, start, "the name %q is not UTF-8", clip(b))
		return ""
	}
	return string(b)
}

// clip shortens text that came from a module for use in an error.
func clip(b []byte) []byte {
	const most = 64
	return b[:min(len(b), most)]
}

package hostfuncs

import (
	"context"
	"encoding/binary"
	"math"
	"unicode/utf8"

	"github.com/soltihq/soltiwasm/engine"
)

// Frame is one call of a host function: its arguments, and what it may reach. It is valid until the function returns.
type Frame struct {
	ctx      context.Context
	host     *Instance
	memory   engine.Memory
	function string
	stack    []uint64
}

// U32 is the n-th argument, an i32.
func (f *Frame) U32(n int) uint32 { return uint32(f.stack[n]) }

// U64 is the n-th argument, an i64.
func (f *Frame) U64(n int) uint64 { return f.stack[n] }

// f64 is the n-th argument, an f64.
func (f *Frame) f64(n int) float64 { return math.Float64frombits(f.stack[n]) }

// State is the [Call]'s.
func (f *Frame) State() any { return f.host.call.State }

// result sets the function's i32 result.
func (f *Frame) result(n int32) error {
	f.stack[0] = uint64(uint32(n))
	return nil
}

// Spend charges the time budget for n bytes of work, about a nanosecond each. The error, an *[InterruptError], says that
// the time is over.
func (f *Frame) Spend(n int) error { return f.host.spend(f.ctx, f.function, int64(n)) }

// View returns the guest's bytes [ptr, ptr+n), shared with the guest: the caller reads or writes them at once and
// doesn't keep them. A range without bytes is inside any memory; the error, a *[Fault], is a range that isn't.
func (f *Frame) View(ptr, n uint32) ([]byte, error) {
	if n == 0 {
		return nil, nil
	}
	b, ok := f.memory.View(ptr, n)
	if !ok {
		return nil, faultf(f.function, "range [%d, %d) is outside the memory of %d bytes",
			ptr, uint64(ptr)+uint64(n), f.memory.Size())
	}
	return b, nil
}

// text is a view of bytes that have to be UTF-8.
func (f *Frame) text(ptr, n uint32) ([]byte, error) {
	b, err := f.View(ptr, n)
	if err != nil {
		return nil, err
	}
	if err := f.Spend(len(b)); err != nil {
		return nil, err
	}
	return b, f.valid(b)
}

// valid returns the *[TextError] of bytes that aren't UTF-8.
func (f *Frame) valid(b []byte) error {
	if utf8.Valid(b) {
		return nil
	}
	return &TextError{Function: f.function, Offset: invalidAt(b)}
}

// invalidAt is the offset of the first byte of b that isn't part of UTF-8 text.
func invalidAt(b []byte) int {
	for at := 0; at < len(b); {
		r, size := utf8.DecodeRune(b[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return len(b)
}

// value is what is handed over: bytes, or a string that needn't be copied into them first.
type value interface{ ~[]byte | ~string }

// give hands a value over by the buffer convention: the result is its length, and it is written at buf only if limit
// has room for all of it.
func give[T value](f *Frame, v T, buf, limit uint32) error {
	n := len(v)
	if n > math.MaxInt32 {
		return faultf(f.function, "a value of %d bytes can't be handed over", n)
	}
	if uint64(n) <= uint64(limit) {
		b, err := f.View(buf, uint32(n))
		if err != nil {
			return err
		}
		if err := f.Spend(n); err != nil {
			return err
		}
		copy(b, v)
	}
	return f.result(int32(n))
}

// PutU32 writes a little-endian number at ptr. The error is that of View.
func (f *Frame) PutU32(ptr, v uint32) error {
	b, err := f.View(ptr, 4)
	if err == nil {
		binary.LittleEndian.PutUint32(b, v)
	}
	return err
}

// PutU64 writes a little-endian number at ptr. The error is that of View.
func (f *Frame) PutU64(ptr uint32, v uint64) error {
	b, err := f.View(ptr, 8)
	if err == nil {
		binary.LittleEndian.PutUint64(b, v)
	}
	return err
}

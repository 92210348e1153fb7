package crosscheck

import (
	"errors"
	"fmt"
	"hash/maphash"
	"slices"

	"github.com/soltihq/soltiwasm/engine"
)

// tape is what host functions did in one call into a guest.
type tape struct {
	seed  maphash.Seed
	calls []*hostCall
	size  int // bytes of memory that it takes, about
}

func (t *tape) sum(b []byte) uint64 { return maphash.Bytes(t.seed, b) }

// maxTape bounds a tape.
const maxTape = 256 << 20

var errTapeFull = errors.New("crosscheck can't record more of what host functions do in one call: check it with less to do")

// hostCall is one call of a host function.
type hostCall struct {
	name   string // import module and name
	args   []uint64
	events []event
	result uint64
	err    error

	tape  *tape
	spans []span // of memory that the host function can write to
}

// event is something that a host function did with its instance, in order.
type event struct {
	kind   eventKind
	ptr, n uint32 // of a view and of what was written
	ok     bool   // whether there was a view
	sum    uint64 // of the bytes in view: a guest can have the host read all of its memory again and again
	bytes  []byte // all that were written
	value  int64  // of a size or global
	global *global
}

type eventKind uint8

const (
	sawView eventKind = iota
	sawSize
	sawGlobal
	wrote
	setGlobal
)

// span is a range of memory of which a host function has a view, with the sum of what was in it when it was last looked
// at. Those of a call don't overlap.
type span struct {
	ptr    uint32
	memory []byte
	sum    uint64
}

// What a call and an event take, about.
const callSize, eventSize = 160, 120

// begin records that a host function is called. Values of 32 bits have unspecified upper halves.
func (t *tape) begin(name string, ft engine.FuncType, stack []uint64) *hostCall {
	c := &hostCall{name: name, tape: t, args: make([]uint64, len(ft.Params))}
	for i, p := range ft.Params {
		c.args[i] = narrow(p, stack[i])
	}
	t.calls = append(t.calls, c)
	t.size += callSize + 8*len(c.args)
	return c
}

func narrow(t engine.ValueType, v uint64) uint64 {
	if t == engine.I32 || t == engine.F32 {
		return uint64(uint32(v))
	}
	return v
}

func (c *hostCall) add(e event) {
	c.events = append(c.events, e)
	c.tape.size += eventSize + len(e.bytes)
}

// view records that the host function asked for a range. What it wrote before to spans that overlap with it is recorded
// first, and they become one, so that a write is recorded once.
func (c *hostCall) view(memory engine.Memory, ptr, n uint32) ([]byte, bool) {
	seen, ok := memory.View(ptr, n)
	if !ok || n == 0 {
		c.add(event{kind: sawView, ptr: ptr, n: n, ok: ok})
		return seen, ok
	}
	from, to := uint64(ptr), uint64(ptr)+uint64(n)
	c.spans = slices.DeleteFunc(c.spans, func(s span) bool {
		begin, end := uint64(s.ptr), uint64(s.ptr)+uint64(len(s.memory))
		if end <= from || to <= begin {
			return false
		}
		c.written(s)
		from, to = min(from, begin), max(to, end)
		return true
	})
	sum := c.tape.sum(seen)
	c.add(event{kind: sawView, ptr: ptr, n: n, ok: true, sum: sum})
	all := span{ptr: uint32(from), memory: seen, sum: sum}
	if to-from > uint64(n) {
		all.memory, _ = memory.View(uint32(from), uint32(to-from))
		all.sum = c.tape.sum(all.memory)
	}
	c.spans = append(c.spans, all)
	return seen, true
}

// written records what is in a span, if it has changed.
func (c *hostCall) written(s span) {
	if c.tape.sum(s.memory) != s.sum {
		c.add(event{kind: wrote, ptr: s.ptr, n: uint32(len(s.memory)), bytes: slices.Clone(s.memory)})
	}
}

// end records how the host function ended, and what it wrote. No view outlives it.
func (c *hostCall) end(result uint64, err error) error {
	for _, s := range c.spans {
		c.written(s)
	}
	c.spans = nil
	if err == nil && c.tape.size > maxTape {
		err = errTapeFull
	}
	c.result, c.err = result, err
	return err
}

// String is the call as a Difference shows it.
func (c *hostCall) String() string { return describe(c.name, c.args) }

func describe(name string, args []uint64) string { return fmt.Sprintf("%s%x", name, args) }

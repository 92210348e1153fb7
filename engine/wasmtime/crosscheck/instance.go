package crosscheck

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/sandbox"
)

// instance is an instance of each engine. It is what host functions get as their Host.
type instance struct {
	names     []string
	host      any
	instances []engine.Instance
	globals   []*global

	tape     tape
	replayed int           // how many calls of the tape the engine at work has repeated
	current  *hostCall     // the host function at work in the first engine
	lent     engine.Memory // the memory that the engine lent it
	found    *Difference   // what a host function found while it repeated
	viewed   bool          // the host had a view of the memory between calls
	state    state
}

type state uint8

const (
	ready state = iota
	running
	ended // closed, trapped or different
)

var (
	errInUse  = errors.New("the instance is calling a host function: it can be closed only after its call has returned")
	errEnded  = errors.New("the instance is closed, or trapped before")
	errInCall = errors.New("a host function called into the instance that was calling it")
)

// conduct has each engine do something that runs the guest, and compares how it went. The error is the first engine's, which
// all agree with, or a *Difference.
func (in *instance) conduct(ctx context.Context, what string, do func(ctx context.Context, i int) (int32, error)) (int32, error) {
	in.state, in.tape, in.found = running, tape{seed: maphash.MakeSeed()}, nil
	defer func() {
		in.tape, in.current, in.lent = tape{}, nil, nil
		if in.state == running {
			in.state = ended
		}
	}()
	n, err := do(ctx, 0)
	if stopped(err) {
		return 0, err
	}
	for i := 1; i < len(in.names); i++ {
		in.replayed = 0
		// The others end where the first did. That its time is over then must not keep them from getting there.
		n2, err2 := do(context.WithoutCancel(ctx), i)
		if d := in.compare(what, i, outcome{n, err}, outcome{n2, err2}); d != nil {
			return 0, d
		}
	}
	if err != nil {
		return 0, err
	}
	in.state = ready
	return n, nil
}

// stopped tells errors that come of the context: the others would end elsewhere, or not at all.
func stopped(err error) bool {
	var trap *engine.TrapError
	if errors.As(err, &trap) {
		return trap.Kind == engine.TrapDeadline
	}
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// outcome is how a call ended.
type outcome struct {
	n   int32
	err error
}

// kind is what has to be equal: the kind of a trap, and whether there is another error.
func (o outcome) kind() string {
	var trap *engine.TrapError
	var memory *engine.MemoryError
	switch {
	case o.err == nil:
		return fmt.Sprintf("returned %d", o.n)
	case errors.As(o.err, &trap):
		return "trap: " + string(trap.Kind)
	case errors.As(o.err, &memory):
		return memory.Error()
	}
	return "failed"
}

// stackExhausted tells that a call has used up its stack, be it the engine's or what the meter grants.
func stackExhausted(err error) bool {
	var trap *engine.TrapError
	return errors.Is(err, sandbox.ErrStackExhausted) || errors.As(err, &trap) && trap.Kind == engine.TrapStackOverflow
}

// compare compares the first engine and the engine of an index after both have done the same.
func (in *instance) compare(what string, i int, first, other outcome) error {
	if in.found != nil {
		return in.found
	}
	differs := func(part, was, is string, errs ...error) error {
		d := &Difference{What: what + part, Sides: []Side{{Engine: in.names[0], Saw: was}, {Engine: in.names[i], Saw: is}}}
		for n, err := range errs {
			d.Sides[n].Err = err
		}
		return d
	}
	if first.err != nil && other.err != nil && (stackExhausted(first.err) || stackExhausted(other.err)) {
		return nil // how deep calls may nest is each engine's own, and the one that ended first is not compared further
	}
	if first.kind() != other.kind() {
		return differs("", orElse(first.err, first.kind()), orElse(other.err, other.kind()), first.err, other.err)
	}
	if total := len(in.tape.calls); in.replayed != total {
		return differs(fmt.Sprintf(", host call %d", in.replayed), in.tape.calls[in.replayed].String(), "none")
	}
	if first.err != nil {
		return nil
	}
	if was, is := compareMemory(in.instances[0].Memory(), in.instances[i].Memory()); was != is {
		return differs(", memory", was, is)
	}
	for _, g := range in.globals {
		if was, is := g.globals[0].Get(), g.globals[i].Get(); was != is {
			return differs(fmt.Sprintf(", global %q", g.name), fmt.Sprint(was), fmt.Sprint(is))
		}
	}
	return nil
}

// chunk is how much memory is looked at at a time: a view of all of it may be too long for its length to be given.
const chunk = 1 << 26

// compareMemory compares two memories, and returns in words where they differ.
func compareMemory(a, b engine.Memory) (was, is string) {
	if a == nil || b == nil {
		return fmt.Sprintf("has memory: %t", a != nil), fmt.Sprintf("has memory: %t", b != nil)
	}
	size := a.Size()
	if size != b.Size() {
		return fmt.Sprintf("%d bytes", size), fmt.Sprintf("%d bytes", b.Size())
	}
	for at := uint64(0); at < size; at += chunk {
		n := uint32(min(chunk, size-at))
		x, _ := a.View(uint32(at), n)
		y, _ := b.View(uint32(at), n)
		if !bytes.Equal(x, y) {
			first := 0
			for x[first] == y[first] {
				first++
			}
			return fmt.Sprintf("%#02x at %d", x[first], at+uint64(first)), fmt.Sprintf("%#02x", y[first])
		}
	}
	return "", ""
}

// mirror brings what the host wrote between calls to the other engines.
func (in *instance) mirror() {
	if !in.viewed {
		return
	}
	in.viewed = false
	from := in.instances[0].Memory()
	for _, other := range in.instances[1:] {
		for at := uint64(0); at < from.Size(); at += chunk {
			n := uint32(min(chunk, from.Size()-at))
			x, _ := from.View(uint32(at), n)
			y, _ := other.Memory().View(uint32(at), n)
			copy(y, x)
		}
	}
}

// Close closes every instance.
func (in *instance) Close(ctx context.Context) error {
	if in.state == running {
		return errInUse
	}
	in.state = ended
	return in.closeAll(ctx)
}

func (in *instance) closeAll(ctx context.Context) error {
	var errs []error
	for _, one := range in.instances {
		if one != nil {
			errs = append(errs, one.Close(ctx))
		}
	}
	return errors.Join(errs...)
}

// Image isn't kept: all engines would have to begin with one.
func (in *instance) Image() (engine.Image, error) { return nil, errors.ErrUnsupported }

// Memory is the first engine's, watched.
func (in *instance) Memory() engine.Memory {
	if in.instances[0].Memory() == nil {
		return nil
	}
	return watchedMemory{in}
}

// watchedMemory is the first engine's memory. What is done with it in a host function is recorded; what is done
// between calls is brought to the others before the next one.
type watchedMemory struct{ in *instance }

func (m watchedMemory) memory() engine.Memory {
	if m.in.lent != nil {
		return m.in.lent // there is no instance yet while its start section runs
	}
	return m.in.instances[0].Memory()
}

// Size implements engine.Memory.
func (m watchedMemory) Size() uint64 {
	size := m.memory().Size()
	if c := m.in.current; c != nil {
		c.add(event{kind: sawSize, value: int64(size)})
	}
	return size
}

// View implements engine.Memory.
func (m watchedMemory) View(ptr, n uint32) ([]byte, bool) {
	if c := m.in.current; c != nil {
		return c.view(m.memory(), ptr, n)
	}
	m.in.viewed = true
	return m.memory().View(ptr, n)
}

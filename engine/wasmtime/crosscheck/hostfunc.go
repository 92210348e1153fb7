package crosscheck

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/soltihq/soltiwasm/engine"
)

// wrapAll wraps host functions for the engine of an index. One that engines refuse stays as it is, and is refused.
func wrapAll(funcs []engine.HostFunc, i int, wrap func(f engine.HostFunc, t engine.FuncType, i int) hostFn) []engine.HostFunc {
	wrapped := slices.Clone(funcs)
	for n, f := range funcs {
		if t, err := engine.ParseFuncType(f.Type); err == nil && f.Fn != nil {
			wrapped[n].Fn = wrap(f, t, i)
		}
	}
	return wrapped
}

type hostFn = func(ctx context.Context, host any, memory engine.Memory, stack []uint64) error

// recording calls the function and records what it does.
func recording(f engine.HostFunc, t engine.FuncType, _ int) hostFn {
	name := f.Module + "." + f.Name
	return func(ctx context.Context, host any, memory engine.Memory, stack []uint64) error {
		in := host.(*instance)
		c := in.tape.begin(name, t, stack)
		in.current, in.lent = c, memory
		var seen engine.Memory
		if memory != nil {
			seen = watchedMemory{in}
		}
		err := calling(ctx, f, in.host, seen, stack)
		in.current, in.lent = nil, nil
		var result uint64
		if t.Result != "" {
			result = narrow(t.Result, stack[0])
		}
		return c.end(result, err)
	}
}

// calling calls the function; a panic is an error here already, since it has to be recorded.
func calling(ctx context.Context, f engine.HostFunc, host any, memory engine.Memory, stack []uint64) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &engine.PanicError{Func: f.Module + "." + f.Name, Value: p, Stack: debug.Stack()}
		}
	}()
	return f.Fn(ctx, host, memory, stack)
}

// replaying does what was recorded, if the guest has called the same function with the same arguments, and what was
// read then would be read now.
func replaying(f engine.HostFunc, t engine.FuncType, i int) hostFn {
	name := f.Module + "." + f.Name
	return func(_ context.Context, host any, memory engine.Memory, stack []uint64) error {
		in := host.(*instance)
		args := make([]uint64, len(t.Params))
		for n, p := range t.Params {
			args[n] = narrow(p, stack[n])
		}
		n := in.replayed
		in.replayed++
		if n >= len(in.tape.calls) {
			return in.differ(i, n, "none", describe(name, args))
		}
		c := in.tape.calls[n]
		if c.name != name || !slices.Equal(c.args, args) {
			return in.differ(i, n, c.String(), describe(name, args))
		}
		for _, e := range c.events {
			if was, is := e.repeat(in, memory, i); was != is {
				return in.differ(i, n, c.String()+" "+was, is)
			}
		}
		if t.Result != "" {
			stack[0] = c.result
		}
		return c.err
	}
}

// differ notes a difference between the first engine and the engine of an index, and returns the error that ends the call.
func (in *instance) differ(i, n int, was, is string) error {
	in.found = &Difference{What: fmt.Sprintf("host call %d", n), Sides: []Side{{Engine: in.names[0], Saw: was}, {Engine: in.names[i], Saw: is}}}
	return in.found
}

// repeat repeats an event in another engine's instance, and returns in words what was seen then and is seen now.
func (e event) repeat(in *instance, memory engine.Memory, i int) (was, is string) {
	switch e.kind {
	case sawGlobal:
		return fmt.Sprintf("sees a global of %d", e.value), fmt.Sprintf("sees a global of %d", e.global.globals[i].Get())
	case setGlobal:
		e.global.globals[i].Set(e.value)
		return "", ""
	}
	if memory == nil {
		return "has a memory", "no memory"
	}
	if e.kind == sawSize {
		return fmt.Sprintf("sees a memory of %d bytes", e.value), fmt.Sprintf("sees a memory of %d bytes", memory.Size())
	}
	seen, ok := memory.View(e.ptr, e.n)
	if e.kind == wrote {
		copy(seen, e.bytes)
		return fmt.Sprint(true), fmt.Sprint(ok)
	}
	if ok != e.ok {
		return fmt.Sprintf("%d bytes at %d in memory: %t", e.n, e.ptr, e.ok), fmt.Sprint(ok)
	}
	if e.n > 0 && ok && in.tape.sum(seen) != e.sum {
		return fmt.Sprintf("reads %d bytes at %d, of the sum %08x", e.n, e.ptr, uint32(e.sum)), fmt.Sprintf("%08x", uint32(in.tape.sum(seen)))
	}
	return "", ""
}

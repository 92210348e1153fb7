package enginetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/engine"
)

// Stops holds an engine to stopping a running guest when the context of the call ends.
func Stops(t *testing.T, e engine.Engine) {
	t.Helper()
	r := open(t, e)
	t.Run("canceled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		in := instantiate(t, load(t, r, "spin"), engine.InstanceConfig{Host: lent{"call": func(context.Context, engine.Memory, []uint64) error {
			cancel()
			return nil
		}}})
		nothing := find(t, in, "nothing")
		_, err := find(t, in, "spin").Call(ctx)
		if wantTrap(t, err, engine.TrapDeadline); !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
		_, err = nothing.Call(t.Context())
		wantTrap(t, err, engine.TrapClosed)
	})
	t.Run("deadline", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		_, err := find(t, instantiate(t, load(t, r, "spin"), engine.InstanceConfig{}), "spin").Call(ctx)
		if wantTrap(t, err, engine.TrapDeadline); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("start section", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		in, err := load(t, r, "spin_start").Instantiate(ctx, engine.InstanceConfig{Host: lent{}})
		if wantTrap(t, err, engine.TrapDeadline); in != nil || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Instantiate = %v, %v", in, err)
		}
	})
	t.Run("in time", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		in := instantiate(t, load(t, r, "traps"), engine.InstanceConfig{})
		f := find(t, in, "answer")
		if got, err := f.Call(ctx); got != 42 || err != nil {
			t.Errorf("answer = %d, %v", got, err)
		}
		cancel() // of a call that is over
		call(t, in, "answer", 42)
	})
}

// NoAllocs holds an engine to calls that don't allocate, with host functions and without.
func NoAllocs(t *testing.T, e engine.Engine) {
	t.Helper()
	m := load(t, open(t, e), "host")
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	nothing := func(context.Context, engine.Memory, []uint64) error { return nil }
	in := instantiate(t, m, engine.InstanceConfig{Host: lent{
		"call": nothing, "types": nothing, "i64": nothing, "f32": nothing, "f64": nothing, "many": nothing,
		"i32": func(_ context.Context, memory engine.Memory, stack []uint64) error {
			view, ok := memory.View(uint32(stack[0]), 1)
			if !ok {
				return errors.New("no view")
			}
			view[0]++
			return nil
		},
	}})
	for _, name := range []string{"call", "call_twice", "types", "read", "reexported"} {
		f := find(t, in, name)
		var failed error
		if n := testing.AllocsPerRun(200, func() {
			if _, err := f.Call(ctx); err != nil {
				failed = err
			}
		}); n != 0 || failed != nil {
			t.Errorf("%s allocates %v times a call (%v)", name, n, failed)
		}
	}
	count := start(t, e, "exports", engine.InstanceConfig{}).Global("count")
	if n := testing.AllocsPerRun(200, func() { count.Set(count.Get() + 1) }); n != 0 {
		t.Errorf("reading and writing a global allocates %v times", n)
	}
}

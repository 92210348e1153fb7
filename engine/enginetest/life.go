package enginetest

import (
	"context"
	"errors"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
)

func testLife(t *testing.T, e engine.Engine) {
	t.Run("use after close", func(t *testing.T) {
		in := start(t, e, "memory", engine.InstanceConfig{})
		f, memory := find(t, in, "first"), in.Memory()
		call(t, in, "first", 'h')
		for range 2 {
			if err := in.Close(t.Context()); err != nil {
				t.Fatalf("Close: %v", err)
			}
		}
		_, err := f.Call(t.Context())
		wantTrap(t, err, engine.TrapClosed)
		if f := in.Func("first"); f != nil {
			_, err := f.Call(t.Context())
			wantTrap(t, err, engine.TrapClosed)
		}
		if view, ok := memory.View(0, 0); ok || memory.Size() != 0 {
			t.Errorf("after Close View = %v, %t and Size = %d", view, ok, memory.Size())
		}
	})
	t.Run("close after a trap", func(t *testing.T) {
		in := start(t, e, "traps", engine.InstanceConfig{})
		_, err := find(t, in, "unreachable").Call(t.Context())
		wantTrap(t, err, engine.TrapUnreachable)
		if err := in.Close(t.Context()); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	t.Run("ended context", func(t *testing.T) {
		ran := false
		in := start(t, e, "host", engine.InstanceConfig{Host: lent{"call": func(context.Context, engine.Memory, []uint64) error {
			ran = true
			return nil
		}}})
		_, err := find(t, in, "call").Call(ended(t))
		if wantTrap(t, err, engine.TrapDeadline); ran || !errors.Is(err, context.Canceled) {
			t.Errorf("the guest ran: %t; the error is %v", ran, err)
		}
	})
	t.Run("close in an ended context", func(t *testing.T) {
		in := start(t, e, "memory", engine.InstanceConfig{})
		if err := in.Close(ended(t)); err != nil || in.Memory().Size() != 0 {
			t.Errorf("Close: %v, and %d bytes are left", err, in.Memory().Size())
		}
	})
	t.Run("runtime closes instances", func(t *testing.T) {
		r, err := e.Open(t.Context(), lend())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := load(t, r, "memory").Instantiate(t.Context(), engine.InstanceConfig{Host: lent{}}); err != nil {
			t.Fatal(err)
		}
		if err := r.Close(t.Context()); err != nil {
			t.Errorf("Runtime.Close: %v", err)
		}
	})
	t.Run("module closes", func(t *testing.T) {
		r := open(t, e)
		m := load(t, r, "traps")
		in, err := m.Instantiate(t.Context(), engine.InstanceConfig{Host: lent{}})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(in.Close(t.Context()), m.Close(t.Context())); err != nil {
			t.Fatal(err)
		}
		call(t, instantiate(t, load(t, r, "traps"), engine.InstanceConfig{}), "answer", 42)
	})
}

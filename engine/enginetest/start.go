package enginetest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
)

func testStart(t *testing.T, e engine.Engine) {
	r := open(t, e)
	m := load(t, r, "start_call")
	t.Run("calls the host", func(t *testing.T) {
		var seen string
		in := instantiate(t, m, engine.InstanceConfig{Host: lent{"call": func(_ context.Context, memory engine.Memory, _ []uint64) error {
			view, _ := memory.View(0, 5)
			seen += string(view)
			return nil
		}}})
		if seen != "ready" {
			t.Errorf("the host function saw %q, want the data segment, once", seen)
		}
		call(t, in, "started", 1)
	})
	t.Run("host error", func(t *testing.T) {
		in, err := m.Instantiate(t.Context(), engine.InstanceConfig{Host: lent{"call": func(context.Context, engine.Memory, []uint64) error {
			return &refusal{code: 3}
		}}})
		var r *refusal
		if wantTrap(t, err, engine.TrapHost); in != nil || !errors.As(err, &r) || r.code != 3 {
			t.Errorf("Instantiate = %v, %v", in, err)
		}
	})
	t.Run("host panic", func(t *testing.T) {
		_, err := m.Instantiate(t.Context(), engine.InstanceConfig{Host: lent{"call": func(context.Context, engine.Memory, []uint64) error {
			panic("boom")
		}}})
		var p *engine.PanicError
		if wantTrap(t, err, engine.TrapHost); !errors.As(err, &p) {
			t.Errorf("no PanicError in %v", err)
		}
	})
	for _, test := range []struct {
		module string
		kind   engine.TrapKind
	}{
		{"start_trap", engine.TrapDivideByZero},
		{"start_recurse", engine.TrapStackOverflow},
		{"data_beyond", engine.TrapOutOfBounds},
	} {
		t.Run(test.module, func(t *testing.T) {
			in, err := load(t, r, test.module).Instantiate(t.Context(), engine.InstanceConfig{Host: lent{}})
			if wantTrap(t, err, test.kind); in != nil || strings.Contains(err.Error(), "\n") {
				t.Errorf("Instantiate = %v, %q", in, err)
			}
		})
	}
	t.Run("elem_beyond", func(t *testing.T) { // trapping at once is right; leaving the entry empty does no harm
		in, err := load(t, r, "elem_beyond").Instantiate(t.Context(), engine.InstanceConfig{Host: lent{}})
		if err == nil {
			ran := in.Global("ran")
			if _, err = tryCall(in, "call"); ran.Get() != 0 {
				t.Error("a function of the segment was called")
			}
			_ = in.Close(t.Context())
		}
		wantTrap(t, err, engine.TrapTable)
	})
	t.Run("ended context", func(t *testing.T) {
		if _, err := m.Instantiate(ended(t), engine.InstanceConfig{Host: lent{}}); !errors.Is(err, context.Canceled) {
			t.Errorf("Instantiate: %v", err)
		}
	})
}

package enginetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/engine"
)

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

package registry_test

import "testing"

// TestSupportsAllocates holds the promise that asking a runner allocates nothing, on a compiled engine.
func TestSupportsAllocates(t *testing.T) {
	for _, fixture := range []string{"ok", "no"} {
		t.Run(fixture, func(t *testing.T) {
			r, ctx := newBench(t, fixture).one(t), t.Context()
			doc := spec(t)
			if _, err := r.Supports(ctx, doc, nil); err != nil { // the first call finds the function
				t.Fatal(err)
			}
			if n := testing.AllocsPerRun(100, func() { _, _ = r.Supports(ctx, doc, nil) }); n != 0 {
				t.Errorf("one supports makes %v allocations, want none", n)
			}
		})
	}
}

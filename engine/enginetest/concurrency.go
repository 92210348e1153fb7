package enginetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
)

func testConcurrency(t *testing.T, e engine.Engine) {
	t.Run("a hundred instances", func(t *testing.T) {
		m := load(t, open(t, e), "exports")
		counts := make([]engine.Global, 100)
		bumps := make([]engine.Func, len(counts))
		for i := range counts {
			in := instantiate(t, m, engine.InstanceConfig{Memory: page})
			counts[i], bumps[i] = in.Global("count"), find(t, in, "bump")
			counts[i].Set(int64(1000 * i))
		}
		for range 3 {
			for _, bump := range bumps {
				if _, err := bump.Call(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		for i, count := range counts {
			if got, want := count.Get(), int64(1000*i+3); got != want {
				t.Errorf("instance %d counts %d, want %d", i, got, want)
			}
		}
	})
	t.Run("goroutines", func(t *testing.T) {
		r := open(t, e)
		m := load(t, r, "host")
		together(t, 8, func(id int) error {
			for range 20 {
				if err := oneLife(t.Context(), m, id); err != nil {
					return err
				}
			}
			return nil
		})
	})
	t.Run("compiling", func(t *testing.T) {
		r := open(t, e)
		names := []string{"traps", "host", "memory", "exports"}
		together(t, 8, func(id int) error {
			name := names[id%len(names)]
			wasm, err := modules.ReadFile("testdata/" + name + ".wasm")
			if err != nil {
				return err
			}
			m, err := r.Compile(t.Context(), wasm)
			if err != nil {
				return err
			}
			in, err := m.Instantiate(t.Context(), engine.InstanceConfig{Host: lent{}})
			if err != nil {
				return err
			}
			return errors.Join(in.Close(t.Context()), m.Close(t.Context()))
		})
	})
}

// oneLife makes an instance, calls through it to a host of its own, and traps it in half of the cases.
func oneLife(ctx context.Context, m engine.Module, id int) error {
	calls := 0
	in, err := m.Instantiate(ctx, engine.InstanceConfig{Host: lent{
		"call": func(context.Context, engine.Memory, []uint64) error {
			if calls++; id%2 == 0 && calls == 8 {
				return &refusal{code: id}
			}
			return nil
		},
		"i32": func(_ context.Context, memory engine.Memory, stack []uint64) error {
			view, _ := memory.View(uint32(id), 1)
			view[0] = byte(id)
			stack[0] = uint64(id)
			return nil
		},
	}})
	if err != nil {
		return err
	}
	read, twice := in.Func("read"), in.Func("call_twice")
	if read == nil || twice == nil {
		return fmt.Errorf("goroutine %d doesn't find the instance's functions", id)
	}
	var r *refusal
	for range 4 {
		if got, err := read.Call(ctx); err != nil || got != int32(id) {
			return fmt.Errorf("goroutine %d read %d, %w", id, got, err)
		}
		if _, err := twice.Call(ctx); err != nil && (!errors.As(err, &r) || r.code != id) {
			return fmt.Errorf("goroutine %d: %w", id, err)
		}
	}
	if calls != 8 || (r != nil) != (id%2 == 0) {
		return fmt.Errorf("goroutine %d called %d times and ended with %v", id, calls, r)
	}
	return in.Close(ctx)
}

// together runs n goroutines and reports their errors.
func together(t *testing.T, n int, run func(id int) error) {
	t.Helper()
	errs := make([]error, n)
	var wg sync.WaitGroup
	for id := range n {
		wg.Go(func() { errs[id] = run(id) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
}

package enginetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
)

func testHost(t *testing.T, e engine.Engine) {
	m := load(t, open(t, e), "host")
	t.Run("parameters", func(t *testing.T) { testParameters(t, m) })
	t.Run("results", func(t *testing.T) { testResults(t, m) })
	t.Run("error", func(t *testing.T) { testHostError(t, m) })
	t.Run("panic", func(t *testing.T) { testHostPanic(t, m) })
	t.Run("context", func(t *testing.T) { testHostContext(t, m) })
	t.Run("memory", func(t *testing.T) { testHostMemory(t, m) })
	t.Run("reexported", func(t *testing.T) {
		calls := 0
		in := instantiate(t, m, engine.InstanceConfig{Host: lent{"call": func(context.Context, engine.Memory, []uint64) error {
			calls++
			return nil
		}}})
		if call(t, in, "reexported", 0); calls != 1 {
			t.Errorf("the host function ran %d times", calls)
		}
	})
	t.Run("into its own instance", func(t *testing.T) {
		var in engine.Instance
		var inner, closing error
		in = instantiate(t, m, engine.InstanceConfig{Host: lent{"call": func(ctx context.Context, _ engine.Memory, _ []uint64) error {
			_, inner = find(t, in, "results").Call(ctx)
			closing = in.Close(ctx)
			return nil
		}}})
		call(t, in, "call", 0)
		wantTrap(t, inner, engine.TrapClosed)
		if closing == nil {
			t.Error("Close during a call is no error")
		}
		call(t, in, "call", 0) // neither did any harm
	})
}

func testParameters(t *testing.T, m engine.Module) {
	var got []string
	in := instantiate(t, m, engine.InstanceConfig{Host: lent{
		"types": func(_ context.Context, _ engine.Memory, stack []uint64) error {
			got = append(got, fmt.Sprint(int32(uint32(stack[0])), int64(stack[1]),
				math.Float32frombits(uint32(stack[2])), math.Float64frombits(stack[3])))
			return nil
		}}})
	call(t, in, "types", 0)
	call(t, in, "types", 0)
	if want := []string{"7 -2 1.5 -0.25", "7 -2 1.5 -0.25"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the host function got %q, want %q", got, want)
	}
}

func testResults(t *testing.T, m engine.Module) {
	in := instantiate(t, m, engine.InstanceConfig{Host: lent{
		"i32": func(_ context.Context, _ engine.Memory, stack []uint64) error {
			stack[0] = uint64(int32(uint32(stack[0])) + 1) // sign extended: the upper half is not the guest's business
			return nil
		},
		"i64": func(_ context.Context, _ engine.Memory, stack []uint64) error {
			stack[0]++
			return nil
		},
		"f32": func(_ context.Context, _ engine.Memory, stack []uint64) error {
			stack[0] = uint64(math.Float32bits(math.Float32frombits(uint32(stack[0])) + 1))
			return nil
		},
		"f64": func(_ context.Context, _ engine.Memory, stack []uint64) error {
			stack[0] = math.Float64bits(-math.Float64frombits(stack[0]))
			return nil
		},
		"many": func(_ context.Context, _ engine.Memory, stack []uint64) error {
			var sum uint64
			for _, v := range stack[:10] {
				sum += v & math.MaxUint32
			}
			stack[0] = sum
			return nil
		},
	}})
	call(t, in, "results", 0b11111)
}

// refusal is an error with something to find by errors.As.
type refusal struct{ code int }

func (r *refusal) Error() string { return fmt.Sprintf("refused with %d", r.code) }

func testHostError(t *testing.T, m engine.Module) {
	sentinel := errors.New("out of phase")
	calls := 0
	in := instantiate(t, m, engine.InstanceConfig{Host: lent{"call": func(context.Context, engine.Memory, []uint64) error {
		calls++
		return fmt.Errorf("%w: %w", sentinel, &refusal{code: 7})
	}}})
	_, err := find(t, in, "call_twice").Call(t.Context())
	wantTrap(t, err, engine.TrapHost)
	var r *refusal
	if !errors.Is(err, sentinel) || !errors.As(err, &r) || r.code != 7 {
		t.Errorf("the host function's error is not in %v", err)
	}
	if want := "out of phase: refused with 7"; err.Error() != want {
		t.Errorf("the error reads %q, want %q", err, want)
	}
	if calls != 1 {
		t.Errorf("the guest went on after the error: %d calls", calls)
	}
}

func testHostPanic(t *testing.T, m engine.Module) {
	sentinel := errors.New("lost")
	for _, test := range []struct {
		name  string
		panic func()
		text  string
		is    error
	}{
		{"text", func() { panic("boom") }, "boom", nil},
		{"error", func() { panic(sentinel) }, "lost", sentinel},
		{"runtime error", func() { _ = []int{}[len(t.Name())] }, "index out of range", nil},
		{"nil pointer", func() { _ = *(*int)(nil) }, "nil pointer", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := instantiate(t, m, engine.InstanceConfig{Host: lent{"call": func(context.Context, engine.Memory, []uint64) error {
				test.panic()
				return nil
			}}})
			_, err := find(t, in, "call").Call(t.Context())
			wantTrap(t, err, engine.TrapHost)
			var p *engine.PanicError
			if !errors.As(err, &p) {
				t.Fatalf("no PanicError in %v", err)
			}
			if p.Func != "host.call" || !strings.Contains(string(p.Stack), "testHostPanic") {
				t.Errorf("the panic is laid to %q, with the stack %q", p.Func, p.Stack)
			}
			if text := err.Error(); !strings.Contains(text, test.text) || strings.Contains(text, "\n") {
				t.Errorf("the error reads %q", text)
			}
			if test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("errors.Is doesn't find the panic's value in %v", err)
			}
			_, err = tryCall(in, "results")
			wantTrap(t, err, engine.TrapClosed)
		})
	}
}

type contextKey struct{}

func testHostContext(t *testing.T, m engine.Module) {
	var values []any
	var ended error
	in := instantiate(t, m, engine.InstanceConfig{Host: lent{"call": func(ctx context.Context, _ engine.Memory, _ []uint64) error {
		values, ended = append(values, ctx.Value(contextKey{})), ctx.Err()
		return nil
	}}})
	f := find(t, in, "call")
	for _, value := range []string{"first", "second"} {
		if _, err := f.Call(context.WithValue(t.Context(), contextKey{}, value)); err != nil {
			t.Fatal(err)
		}
	}
	if want := []any{"first", "second"}; fmt.Sprint(values) != fmt.Sprint(want) || ended != nil {
		t.Errorf("the host function saw %v (%v), want the values of each call's context %v", values, ended, want)
	}
}

func testHostMemory(t *testing.T, m engine.Module) {
	in := instantiate(t, m, engine.InstanceConfig{Host: lent{"i32": func(_ context.Context, memory engine.Memory, stack []uint64) error {
		view, ok := memory.View(100, 4)
		if !ok {
			return errors.New("no view")
		}
		copy(view, "abcd")
		stack[0] = 102
		return nil
	}}})
	call(t, in, "read", 'c')
	if view, ok := in.Memory().View(100, 4); !ok || string(view) != "abcd" {
		t.Errorf("after the call the memory holds %q, %t", view, ok)
	}
}

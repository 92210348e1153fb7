package enginetest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
)

func testOpen(t *testing.T, e engine.Engine) {
	if e.Name() == "" {
		t.Error("the engine has no name")
	}
	nothing := func(context.Context, any, engine.Memory, []uint64) error { return nil }
	for name, funcs := range map[string][]engine.HostFunc{
		"given twice":  {{Module: "a", Name: "b", Type: "() -> ()", Fn: nothing}, {Module: "a", Name: "b", Type: "() -> i32", Fn: nothing}},
		"bad type":     {{Module: "a", Name: "b", Type: "(i31) -> ()", Fn: nothing}},
		"no type":      {{Module: "a", Name: "b", Fn: nothing}},
		"no function":  {{Module: "a", Name: "b", Type: "() -> ()"}},
		"no module":    {{Name: "b", Type: "() -> ()", Fn: nothing}},
		"one of three": {{Module: "a", Name: "a", Type: "() -> ()", Fn: nothing}, {Module: "a", Name: "b", Type: "()", Fn: nothing}, {Module: "a", Name: "c", Type: "() -> ()", Fn: nothing}},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := e.Open(t.Context(), funcs)
			if err == nil {
				_ = r.Close(t.Context())
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), "b") {
				t.Errorf("the error doesn't name the function: %v", err)
			}
		})
	}
	t.Run("ended context", func(t *testing.T) {
		if _, err := e.Open(ended(t), nil); !errors.Is(err, context.Canceled) {
			t.Errorf("Open: %v", err)
		}
	})
	t.Run("context ends afterwards", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r, err := e.Open(ctx, lend())
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		call(t, instantiate(t, load(t, r, "traps"), engine.InstanceConfig{}), "answer", 42)
		t.Cleanup(func() { _ = r.Close(context.Background()) })
	})
}

func ended(t testing.TB) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func testCompile(t *testing.T, e engine.Engine) {
	r := open(t, e)
	good := binary(t, "traps")
	for name, wasm := range map[string][]byte{
		"nothing":       nil,
		"text":          []byte("(module)"),
		"magic only":    good[:4],
		"version 2":     append([]byte("\x00asm\x02\x00\x00\x00"), good[8:]...),
		"cut":           good[:len(good)-10],
		"trailing":      append(append([]byte{}, good...), 0xff),
		"invalid body":  []byte("\x00asm\x01\x00\x00\x00\x01\x05\x01\x60\x00\x01\x7f\x03\x02\x01\x00\x0a\x04\x01\x02\x00\x0b"),     // () -> i32 without a value
		"invalid index": []byte("\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x0a\x06\x01\x04\x00\x10\x09\x0b"), // call 9
		"export twice":  []byte("\x00asm\x01\x00\x00\x00\x05\x03\x01\x00\x01\x07\x09\x02\x01a\x02\x00\x01a\x02\x00"),
	} {
		t.Run(name, func(t *testing.T) {
			if m, err := r.Compile(t.Context(), wasm); err == nil {
				t.Errorf("compiled to %v", m)
			} else if strings.Contains(err.Error(), "\n") {
				t.Errorf("the error is of several lines: %q", err)
			}
		})
	}
	t.Run("after errors", func(t *testing.T) {
		call(t, instantiate(t, load(t, r, "traps"), engine.InstanceConfig{}), "answer", 42)
	})
	t.Run("empty module", func(t *testing.T) {
		m, err := r.Compile(t.Context(), good[:8])
		if err != nil {
			t.Fatal(err)
		}
		in := instantiate(t, m, engine.InstanceConfig{})
		if in.Func("answer") != nil || in.Memory() != nil {
			t.Error("an empty module has exports")
		}
	})
	t.Run("same bytes twice", func(t *testing.T) {
		first, second := load(t, r, "traps"), load(t, r, "traps")
		if err := first.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		call(t, instantiate(t, second, engine.InstanceConfig{}), "answer", 42)
	})
	t.Run("ended context", func(t *testing.T) {
		if _, err := r.Compile(ended(t), good); !errors.Is(err, context.Canceled) {
			t.Errorf("Compile: %v", err)
		}
	})
	for _, name := range []string{"import_unknown", "import_mistyped"} {
		t.Run(name, func(t *testing.T) {
			m, err := r.Compile(t.Context(), binary(t, name))
			if err == nil {
				_, err = m.Instantiate(t.Context(), engine.InstanceConfig{Host: lent{}})
			}
			var trap *engine.TrapError
			if err == nil || errors.As(err, &trap) {
				t.Errorf("error %v, want one that isn't a trap", err)
			}
		})
	}
}

func testExports(t *testing.T, e engine.Engine) {
	in := start(t, e, "exports", engine.InstanceConfig{})
	for _, name := range []string{"parameter", "long", "real", "two", "absent", "memory", "count"} {
		if f := in.Func(name); f != nil {
			t.Errorf("Func(%q) isn't nil", name)
		}
	}
	for _, name := range []string{"constant", "narrow", "float", "absent", "memory", "nothing"} {
		if g := in.Global(name); g != nil {
			t.Errorf("Global(%q) isn't nil", name)
		}
	}
	call(t, in, "nothing", 0)
	call(t, in, "number", 1)
	call(t, in, "", 3)

	count := in.Global("count")
	if count == nil {
		t.Fatal("Global(count) = nil")
	}
	for _, step := range []struct{ set, want int64 }{{-5, -4}, {-1, 0}, {1<<63 - 1, -1 << 63}} {
		if count.Set(step.set); count.Get() != step.set {
			t.Errorf("Get after Set(%d) = %d", step.set, count.Get())
		}
		if call(t, in, "bump", 0); count.Get() != step.want {
			t.Errorf("%d and one is %d", step.set, count.Get())
		}
	}
	negative := start(t, e, "traps", engine.InstanceConfig{})
	call(t, negative, "minus_one", -1)
}

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
			if _, err = find2(in, "call"); ran.Get() != 0 {
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

// find2 calls a function that is there if the instance lives.
func find2(in engine.Instance, name string) (int32, error) {
	f := in.Func(name)
	if f == nil {
		return 0, &engine.TrapError{Kind: engine.TrapClosed}
	}
	return f.Call(context.Background())
}

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

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

package crosscheck_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	wt "github.com/bytecodealliance/wasmtime-go/v37"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/wasmtime/crosscheck"
	"github.com/soltihq/soltiwasm/engine/wazero"
)

// liar is an engine that compiles another module than it is given.
type liar struct {
	engine.Engine
	other []byte
}

func (liar) Name() string { return "liar" }

func (l liar) Open(ctx context.Context, funcs []engine.HostFunc) (engine.Runtime, error) {
	r, err := l.Engine.Open(ctx, funcs)
	return liarRuntime{r, l.other}, err
}

type liarRuntime struct {
	engine.Runtime
	other []byte
}

func (r liarRuntime) Compile(ctx context.Context, _ []byte) (engine.Module, error) {
	return r.Runtime.Compile(ctx, r.other)
}

// assemble makes a module of its text.
func assemble(t testing.TB, text string) []byte {
	t.Helper()
	wasm, err := wt.Wat2Wasm("(module " + text + ")")
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return wasm
}

// What the modules of TestNotices import and begin with.
const preamble = `
	(import "h" "add" (func $add (param i32 i64) (result i32)))
	(import "h" "read" (func $read (param i32 i32)))
	(import "h" "write" (func $write (param i32)))
	(import "h" "fail" (func $fail))
	(memory (export "memory") 1 4)
	(global $g (export "g") (mut i64) (i64.const 0))
`

// lend are the host functions, which write to calls what they are called with.
func lend(calls *[]string) []engine.HostFunc {
	note := func(format string, args ...any) { *calls = append(*calls, fmt.Sprintf(format, args...)) }
	return []engine.HostFunc{
		{Module: "h", Name: "add", Type: "(i32, i64) -> i32", Fn: func(_ context.Context, _ any, _ engine.Memory, stack []uint64) error {
			note("add %d %d", uint32(stack[0]), stack[1])
			stack[0] = uint64(uint32(stack[0])) + stack[1]
			return nil
		}},
		{Module: "h", Name: "read", Type: "(i32, i32) -> ()", Fn: func(_ context.Context, _ any, memory engine.Memory, stack []uint64) error {
			view, ok := memory.View(uint32(stack[0]), uint32(stack[1]))
			note("read %q %t of %d", view, ok, memory.Size())
			return nil
		}},
		{Module: "h", Name: "write", Type: "(i32) -> ()", Fn: func(_ context.Context, _ any, memory engine.Memory, stack []uint64) error {
			view, _ := memory.View(uint32(stack[0]), 4)
			copy(view, "host")
			note("write %d", uint32(stack[0]))
			return nil
		}},
		{Module: "h", Name: "fail", Type: "() -> ()", Fn: func(context.Context, any, engine.Memory, []uint64) error {
			note("fail")
			return errors.New("no")
		}},
	}
}

func body(text string) string { return preamble + `(func (export "f") (result i32) ` + text + `)` }

// TestNotices has engines differ in each thing that is compared.
func TestNotices(t *testing.T) {
	for _, test := range []struct {
		name, a, b string
		want       string
	}{
		{"result", body("i32.const 1"), body("i32.const 2"), `the call of "f": wazero: returned 1; liar: returned 2`},
		{"trap", body("unreachable"), body("i32.const 2"), `the call of "f": wazero: trap: unreachable; liar: returned 2`},
		{"no trap", body("i32.const 2"), body("unreachable"), `the call of "f": wazero: returned 2; liar: trap: unreachable`},
		{"kind of trap", body("unreachable"), body("(i32.div_u (i32.const 1) (i32.const 0))"), "liar: trap: integer divide by zero"},
		{"stack", body("i32.const 1"), preamble + `(func $f (export "f") (result i32) call $f)`, "liar: trap: stack overflow"},
		{"argument", body("(call $add (i32.const 1) (i64.const 2))"), body("(call $add (i32.const 1) (i64.const 3))"),
			"host call 0: wazero: h.add[1 2]; liar: h.add[1 3]"},
		{"another host function", body("(call $add (i32.const 1) (i64.const 2))"), body("(call $fail) i32.const 3"), "liar: h.fail[]"},
		{"one host call more", body("i32.const 1"), body("(call $write (i32.const 8)) i32.const 1"), "host call 0: wazero: none; liar: h.write[8]"},
		{"one host call less", body("(call $write (i32.const 8)) i32.const 1"), body("i32.const 1"), "host call 0: wazero: h.write[8]; liar: none"},
		{"read by the host", body("(call $read (i32.const 8) (i32.const 2)) i32.const 1"),
			body("(i32.store8 (i32.const 9) (i32.const 7)) (call $read (i32.const 8) (i32.const 2)) (i32.store8 (i32.const 9) (i32.const 0)) i32.const 1"),
			"host call 0: wazero: h.read[8 2] reads 2 bytes at 8, of the sum"},
		{"memory", body("i32.const 1"), body("(i32.store8 (i32.const 65000) (i32.const 7)) i32.const 1"),
			`the call of "f", memory: wazero: 0x00 at 65000; liar: 0x07`},
		{"size of memory", body("i32.const 1"), body("(drop (memory.grow (i32.const 1))) i32.const 1"), "wazero: 65536 bytes; liar: 131072 bytes"},
		{"size of memory for the host", body("(call $read (i32.const 0) (i32.const 0)) i32.const 1"),
			body("(drop (memory.grow (i32.const 1))) (call $read (i32.const 0) (i32.const 0)) i32.const 1"), "sees a memory of 131072 bytes"},
		{"global", body("i32.const 1"), body("(global.set $g (i64.const 5)) i32.const 1"), `global "g": wazero: 0; liar: 5`},
		{"no function", body("i32.const 1"), preamble, `liar: there is no function "f"`},
		{"start section", preamble + "(func $s) (start $s)", preamble + "(func $s unreachable) (start $s)", "instantiating"},
		{"initial memory", preamble, preamble + `(data (i32.const 5) "x")`, "instantiating, memory: wazero: 0x00 at 5; liar: 0x78"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := confront(t, assemble(t, test.a), assemble(t, test.b))
			var d *crosscheck.Difference
			if !errors.As(err, &d) || !strings.Contains(d.Error(), test.want) {
				t.Errorf("the error is %v, want a difference with %q", err, test.want)
			}
		})
	}
	t.Run("compiling", func(t *testing.T) {
		err := confront(t, assemble(t, preamble), []byte("\x00asm\x01\x00\x00\x00\x09"))
		var d *crosscheck.Difference
		if !errors.As(err, &d) || !strings.Contains(d.Error(), "wazero: compiles; liar: compile") {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("nothing", func(t *testing.T) {
		same := assemble(t, body("(call $write (i32.const 8)) (i32.load8_u (i32.const 9))"))
		if err := confront(t, same, same); err != nil {
			t.Error(err)
		}
	})
	t.Run("no memory, which differs in names alone", func(t *testing.T) {
		if err := confront(t, assemble(t, `(func (export "f") (result i32) i32.const 1)`),
			assemble(t, `(memory (export "m") 1) (func (export "f") (result i32) i32.const 1)`)); err == nil {
			t.Error("no difference")
		}
	})
}

// confront calls f of a module on wazero, and of another on the liar.
func confront(t *testing.T, honest, other []byte) error {
	t.Helper()
	var calls []string
	e := crosscheck.Engine{Engines: []engine.Engine{wazero.Engine{}, liar{wazero.Engine{}, other}}}
	r, err := e.Open(t.Context(), lend(&calls))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(context.Background())
	m, err := r.Compile(t.Context(), honest)
	if err != nil {
		return err
	}
	in, err := m.Instantiate(t.Context(), engine.InstanceConfig{})
	if err != nil {
		return err
	}
	defer in.Close(context.Background())
	in.Global("g")
	f := in.Func("f")
	if f == nil {
		return errors.New("no engine has f")
	}
	_, err = f.Call(t.Context())
	var trap *engine.TrapError
	if err != nil && !errors.As(err, &trap) {
		t.Errorf("Call: %T, want a TrapError", err)
	}
	if _, again := f.Call(t.Context()); err != nil && again == nil {
		t.Error("after a difference the instance can be called")
	}
	return err
}

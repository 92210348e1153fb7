package crosscheck_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/wasmtime/crosscheck"
	"github.com/soltihq/soltiwasm/engine/wazero"
)

// TestSideEffectsHappenOnce holds that the world sees one engine, and that what it does to memory reaches all.
func TestSideEffectsHappenOnce(t *testing.T) {
	var calls []string
	r, err := all().Open(t.Context(), lend(&calls))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(context.Background())
	m, err := r.Compile(t.Context(), assemble(t, body(`
		(call $write (i32.const 16))
		(call $read (i32.const 16) (i32.const 4))
		(drop (call $add (i32.load8_u (i32.const 16)) (i64.const 1)))
		(i32.load8_u (i32.const 64))`)))
	if err != nil {
		t.Fatal(err)
	}
	in, err := m.Instantiate(t.Context(), engine.InstanceConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close(context.Background())
	view, _ := in.Memory().View(64, 1)
	view[0] = 42 // between calls
	if got, err := in.Func("f").Call(t.Context()); got != 42 || err != nil {
		t.Errorf("f = %d, %v", got, err)
	}
	if want := []string{"write 16", `read "host" true of 65536`, "add 104 1"}; !slices.Equal(calls, want) {
		t.Errorf("the host saw %q, want %q", calls, want)
	}
}

// TestViewsThatOverlap has a host function write through several views of the same bytes, and read what it wrote.
func TestViewsThatOverlap(t *testing.T) {
	busy := engine.HostFunc{Module: "h", Name: "busy", Type: "() -> ()", Fn: func(_ context.Context, _ any, memory engine.Memory, _ []uint64) error {
		first, _ := memory.View(0, 8)
		copy(first, "aaaaaaaa")
		second, _ := memory.View(4, 8) // sees four of them
		copy(second, "bbbb")
		first[0] = 'c' // written after the second view was taken
		third, _ := memory.View(2, 4)
		if string(third) != "aabb" {
			return fmt.Errorf("the third view is %q", third)
		}
		third[0] = 'd'
		if _, ok := memory.View(1<<16, 1); ok {
			return errors.New("there is a view beyond the memory")
		}
		return nil
	}}
	r, err := all().Open(t.Context(), []engine.HostFunc{busy})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(context.Background())
	m, err := r.Compile(t.Context(), assemble(t, `(import "h" "busy" (func $busy)) (memory (export "memory") 1)
		(func (export "f") (result i32) (call $busy) (i32.load (i32.const 0)))`))
	if err != nil {
		t.Fatal(err)
	}
	in, err := m.Instantiate(t.Context(), engine.InstanceConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close(context.Background())
	if got, err := in.Func("f").Call(t.Context()); err != nil || got != 'c'|'a'<<8|'d'<<16|'a'<<24 {
		t.Errorf("f = %#x, %v", got, err)
	}
}

// TestGlobalsInHostFunctions has a host function read and set a global, which the guest then reads.
func TestGlobalsInHostFunctions(t *testing.T) {
	var g engine.Global
	r, err := both().Open(t.Context(), []engine.HostFunc{{Module: "h", Name: "set", Type: "() -> ()",
		Fn: func(context.Context, any, engine.Memory, []uint64) error { g.Set(g.Get() + 40); return nil }}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(context.Background())
	m, err := r.Compile(t.Context(), assemble(t, `(import "h" "set" (func $set)) (global $g (export "g") (mut i64) (i64.const 0))
		(func (export "f") (result i32) (global.set $g (i64.const 2)) (call $set) (i32.wrap_i64 (global.get $g)))`))
	if err != nil {
		t.Fatal(err)
	}
	in, err := m.Instantiate(t.Context(), engine.InstanceConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close(context.Background())
	g = in.Global("g")
	if got, err := in.Func("f").Call(t.Context()); got != 42 || err != nil || g.Get() != 42 {
		t.Errorf("f = %d, %v, and the global is %d", got, err, g.Get())
	}
}

// TestTapeIsBounded has a host function write so much that it isn't recorded to the end.
func TestTapeIsBounded(t *testing.T) {
	n := byte(0)
	fill := engine.HostFunc{Module: "h", Name: "fill", Type: "() -> ()", Fn: func(_ context.Context, _ any, memory engine.Memory, _ []uint64) error {
		n++
		view, _ := memory.View(0, 16<<20)
		for i := 0; i < len(view); i += 4096 {
			view[i] = n
		}
		return nil
	}}
	r, err := both().Open(t.Context(), []engine.HostFunc{fill})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(context.Background())
	m, err := r.Compile(t.Context(), assemble(t, `(import "h" "fill" (func $fill)) (memory (export "memory") 256)
		(func (export "f") (loop (call $fill) (br 0)))`))
	if err != nil {
		t.Fatal(err)
	}
	in, err := m.Instantiate(t.Context(), engine.InstanceConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close(context.Background())
	var trap *engine.TrapError
	if _, err := in.Func("f").Call(t.Context()); !errors.As(err, &trap) || trap.Kind != engine.TrapHost || !strings.Contains(err.Error(), "record") {
		t.Errorf("f ended with %v", err)
	}
	if n < 8 || n > 32 {
		t.Errorf("after %d calls of 16 MiB", n)
	}
}

func TestNeedsTwo(t *testing.T) {
	if _, err := (crosscheck.Engine{Engines: []engine.Engine{wazero.Engine{}}}).Open(t.Context(), nil); err == nil {
		t.Error("one engine checks itself")
	}
	if got := all().Name(); got != "wazero+wazero-interpreter+wasmtime" {
		t.Errorf("Name = %q", got)
	}
}

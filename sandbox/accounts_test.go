package sandbox_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/sandbox"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// TestCirclesEnd lets functions call one another in circles without end, in each order in which they can stand in the
// module. The meter has to end them all, since an engine would go on to where its own stack ends.
func TestCirclesEnd(t *testing.T) {
	indirect := func(f int) string { return "\x41" + leb(f) + "\x11\x00\x00" }
	for _, tt := range []struct {
		name  string
		calls []string // by function
	}{
		{"itself", []string{"\x10\x01"}},
		{"two", []string{"\x10\x02", "\x10\x01"}},
		{"two, the later one first", []string{"", "\x10\x03", "\x10\x02", "\x10\x03"}},
		{"three, up", []string{"\x10\x02", "\x10\x03", "\x10\x01"}},
		{"three, down", []string{"\x10\x03", "\x10\x01", "\x10\x02"}},
		{"two circles", []string{"\x10\x02\x10\x03", "\x10\x01", "\x10\x04", "\x10\x03\x10\x02"}},
		{"through the table", []string{indirect(1), "\x10\x01"}},
		{"through the table, in the middle", []string{"\x10\x02", "\x10\x03", indirect(0)}},
		{"through the host", []string{"\x10\x00"}},
		{"through the host, later", []string{"\x10\x02", "\x10\x03", "\x10\x00"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			declared, bodies := make([]string, len(tt.calls)), make([]string, len(tt.calls))
			elements := "\x00\x41\x00\x0b" + leb(len(tt.calls))
			for i, calls := range tt.calls {
				declared[i], bodies[i] = "\x00", sized("\x00"+calls+"\x0b")
				elements += leb(i + 1)
			}
			last := leb(len(tt.calls))
			guest := newCaller(t, module(section(1, vector(typeVoid)), section(2, vector("\x01h\x04call\x00\x00")), section(3, vector(declared...)),
				section(4, "\x01\x70\x00"+leb(len(tt.calls))), section(7, vector("\x03run\x00\x01", "\x04last\x00"+last)),
				section(9, vector(elements)), section(10, vector(bodies...))))
			_, err := guest.ExportedFunction("run").Call(t.Context())
			if tt.calls[0] == "" {
				_, err = guest.ExportedFunction("last").Call(t.Context())
			}
			if !errors.Is(err, sandbox.ErrStackExhausted) {
				t.Errorf("ended with %.300v", err)
			}
		})
	}
}

// TestCirclesAreCounted has a function with an account call a later one that needs none of its own, and takes more.
func TestCirclesAreCounted(t *testing.T) {
	const values, pushed, popped = 80, "\x23\x01", "\x24\x01" // that are kept over a call, 8 bytes each
	count := "\x23\x00\x41\x01\x6a\x24\x00"
	guest := newGuest(t, module(section(1, vector(typeVoid)), section(3, "\x02\x00\x00"),
		section(6, vector("\x7f\x01\x41\x00\x0b", "\x7f\x01\x41\x00\x0b")), section(7, vector("\x03run\x00\x00", "\x05count\x03\x00")),
		section(10, vector(
			sized("\x00"+count+pushed+"\x04\x40\x10\x00\x0b\x10\x01\x0b"),
			sized("\x00"+strings.Repeat(pushed, values)+"\x10\x00"+strings.Repeat(popped, values)+"\x0b")))))
	if _, err := guest.instance.ExportedFunction("run").Call(t.Context()); !errors.Is(err, sandbox.ErrStackExhausted) {
		t.Error(err)
	}
	if n := int64(guest.instance.ExportedGlobal("count").Get()); n*values*8 > guest.protected.Stack {
		t.Errorf("%d calls of functions that keep %d values, in a stack of %d bytes", n, values, guest.protected.Stack)
	}
}

// newCaller instantiates a module, metered, whose import h.call calls its export run.
func newCaller(t *testing.T, wasm []byte) (guest api.Module) {
	ctx := context.Background()
	engine := wazero.NewRuntime(ctx)
	t.Cleanup(func() { engine.Close(ctx) })
	export(t, engine, sandbox.ImportModule, sandbox.YieldImport, yield)
	depth := 0
	export(t, engine, "h", "call", func(ctx context.Context) {
		if depth++; depth > 1000 {
			panic("the host was called too deeply")
		}
		if _, err := guest.ExportedFunction("run").Call(ctx); err != nil {
			panic(err)
		}
	})
	limits := sandbox.DefaultLimits()
	limits.Memory = 1 << 20 // a small stack, since the host's grows too
	p, err := sandbox.Protect(wasm, limits)
	if err != nil {
		t.Fatal(err)
	}
	if guest, err = engine.Instantiate(ctx, p.Wasm); err != nil {
		t.Fatal(err)
	}
	return guest
}

// TestEveryWayOutGivesTheStackBack leaves functions by all the ways that there are, often enough that the stack would be
// used up if one kept any, and compares results with those of the module as it was. One instance yields at each entry.
func TestEveryWayOutGivesTheStackBack(t *testing.T) {
	const deep = 1000 // of the calls that are in one another
	// Each calls itself with its parameter less 1, if that isn't 0, whose results it drops.
	for _, tt := range []struct{ name, results, code string }{
		{"end", "", ""},
		{"return", "", "\x0f"},
		{"return, in a block", "", "\x02\x40\x0f\x0b"},
		{"br", "", "\x02\x40\x0c\x01\x0b"},
		{"br_if", "", "\x20\x00\x0d\x00"},
		{"br_table", "", "\x02\x40\x20\x00\x0e\x01\x00\x01\x0b"},
		{"end, with a result", "\x7f", "\x20\x00"},
		{"return, with a result", "\x7f", "\x20\x00\x0f"},
		{"return, with more than the result", "\x7f", "\x41\x05\x20\x00\x0f"},
		{"br, with a result", "\x7f", "\x02\x7f\x20\x00\x0c\x01\x0b"},
		{"br_if, with a result", "\x7f", "\x20\x00\x20\x00\x0d\x00\x1a\x41\x05"},
		{"br_table, with a result", "\x7f", "\x02\x7f\x41\x07\x20\x00\x0e\x01\x00\x01\x0b"},
		{"br_if, with two results", "\x7f\x7e", "\x20\x00\x42\x07\x20\x00\x0d\x00\x1a\x42\x05"},
		{"return, with two results", "\x7f\x7e", "\x20\x00\x42\x07\x0f"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			again := "\x20\x00\x04\x40\x20\x00\x41\x01\x6b\x10\x00" + strings.Repeat("\x1a", len(tt.results)) + "\x0b"
			wasm := module(section(1, vector("\x60\x01\x7f"+sized(tt.results))), section(3, "\x01\x00"),
				section(7, vector("\x03run\x00\x00")), section(10, vector(sized("\x00"+again+tt.code+"\x0b"))))
			metered := []api.Module{newMeter(t, wasm, sandbox.Quantum).instance, newMeter(t, wasm, 1).instance}
			plain, err := wazero.NewRuntime(t.Context()).Instantiate(t.Context(), wasm)
			if err != nil {
				t.Fatal(err)
			}
			for round := range 100 {
				argument := uint64(deep * (round % 2))
				want, _ := plain.ExportedFunction("run").Call(t.Context(), argument)
				for i, instance := range metered {
					got, err := instance.ExportedFunction("run").Call(t.Context(), argument)
					if err != nil || !slices.Equal(got, want) {
						t.Fatalf("round %d, instance %d: %v, %v, want %v", round, i, got, err, want)
					}
				}
			}
			run := metered[1].ExportedFunction("run")
			for n := range 50_000 {
				if _, err := run.Call(t.Context(), 0); err != nil {
					t.Fatalf("call %d: %v", n, err)
				}
			}
		})
	}
}

package sandbox_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/sandbox"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// TestFuelIsDeterministic counts the fuel of the same calls with different quanta.
func TestFuelIsDeterministic(t *testing.T) {
	wasm, err := os.ReadFile("testdata/c/bench.wasm")
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int64{}
	for _, quantum := range []int64{sandbox.Quantum, 1, 777, 1 << 40} {
		m := newMeter(t, wasm, quantum)
		for _, c := range benchArguments {
			used := m.fuel(t, c.export, min(c.argument, 300))
			if want, known := counts[c.export]; known && used != want {
				t.Errorf("%s used %d units with a quantum of %d, and %d before", c.export, used, quantum, want)
			}
			counts[c.export] = used
		}
	}
	// The loop has a handful of instructions a turn.
	if n := counts["loop"]; n < 300*2 || n > 300*10 {
		t.Errorf("300 turns of a loop used %d units", n)
	}
}

// TestFuelFollowsTheWork doubles the work of each benchmark and expects about twice the fuel.
func TestFuelFollowsTheWork(t *testing.T) {
	wasm, err := os.ReadFile("testdata/c/bench.wasm")
	if err != nil {
		t.Fatal(err)
	}
	m := newMeter(t, wasm, sandbox.Quantum)
	for _, export := range []string{"loop", "xorshift", "scan", "bytecopy", "sha", "vm", "copysmall", "indirect"} {
		once, twice := m.fuel(t, export, 10_000), m.fuel(t, export, 20_000)
		if ratio := float64(twice) / float64(once); ratio < 1.9 || ratio > 2.1 {
			t.Errorf("%s: %d units for 10,000, %d for 20,000", export, once, twice)
		}
	}
}

// TestCallsDoNotAllocate makes calls that yield many times.
func TestCallsDoNotAllocate(t *testing.T) {
	wasm, err := os.ReadFile("testdata/c/bench.wasm")
	if err != nil {
		t.Fatal(err)
	}
	m := newMeter(t, wasm, sandbox.Quantum)
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	loop := m.instance.ExportedFunction("loop")
	stack := make([]uint64, 1)
	before := m.yields
	allocated := testing.AllocsPerRun(10, func() {
		stack[0] = 5_000_000
		if err := loop.CallWithStack(ctx, stack); err != nil {
			t.Fatal(err)
		}
	})
	if allocated != 0 || m.yields-before < 500 {
		t.Errorf("%v allocations in calls that yielded %d times", allocated, m.yields-before)
	}
}

// TestStackComesBack recurses deeply many times, and then too deeply.
func TestStackComesBack(t *testing.T) {
	// rec(n): n and again with n-1, called from outside by an export of itself and by one that calls it.
	guest := newGuest(t, module(
		section(1, vector("\x60\x01\x7f\x00")), section(3, "\x02\x00\x00"),
		section(7, vector("\x03rec\x00\x00", "\x05outer\x00\x01")),
		section(10, vector(sized("\x00\x20\x00\x04\x40\x20\x00\x41\x01\x6b\x10\x00\x0b\x0b"), sized("\x00\x20\x00\x10\x00\x0b"))),
	))
	deepest := uint32(guest.protected.Stack / 300)
	for range 20 {
		for _, export := range []string{"rec", "outer"} {
			if err := guest.call(export, deepest); err != nil {
				t.Fatalf("%s(%d): %v", export, deepest, err)
			}
		}
	}
	_, err := guest.instance.ExportedFunction("rec").Call(t.Context(), uint64(20*deepest))
	if !errors.Is(err, sandbox.ErrStackExhausted) {
		t.Errorf("rec(%d): %v", 20*deepest, err)
	}
}

// TestStackExhaustedEndsTheCall even if the host goes on.
func TestStackExhaustedEndsTheCall(t *testing.T) {
	wasm, err := os.ReadFile("testdata/wat/endless.wasm")
	if err != nil {
		t.Fatal(err)
	}
	p, err := sandbox.Protect(wasm, sandbox.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	engine := wazero.NewRuntime(ctx)
	defer engine.Close(ctx)
	said := false
	export(t, engine, sandbox.ImportModule, sandbox.YieldImport, func(_ context.Context, fuel int64) int64 {
		said = said || fuel == sandbox.StackExhausted
		return sandbox.Quantum
	})
	instance, err := engine.Instantiate(ctx, p.Wasm)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = instance.ExportedFunction("recurse").Call(ctx); err == nil || !strings.Contains(err.Error(), "unreachable") || !said {
		t.Errorf("%v; the host was told: %v", err, said)
	}
}

// meter is an instance whose host counts fuel.
type meter struct {
	instance api.Module
	left     api.MutableGlobal
	quantum  int64
	used     int64
	yields   int
}

// newMeter instantiates a metered module on a host that gives so much fuel at a time.
func newMeter(t testing.TB, wasm []byte, quantum int64) *meter {
	p, err := sandbox.Protect(wasm, sandbox.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	engine := wazero.NewRuntime(ctx)
	t.Cleanup(func() { engine.Close(ctx) })
	m := &meter{quantum: quantum}
	_, err = engine.NewHostModuleBuilder(sandbox.ImportModule).NewFunctionBuilder().
		WithGoFunction(api.GoFunc(m.yield), []api.ValueType{api.ValueTypeI64}, []api.ValueType{api.ValueTypeI64}).
		Export(sandbox.YieldImport).Instantiate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if m.instance, err = engine.Instantiate(ctx, p.Wasm); err != nil {
		t.Fatal(err)
	}
	m.left = m.instance.ExportedGlobal(sandbox.FuelExport).(api.MutableGlobal)
	return m
}

// yield takes account of what was used and gives a quantum.
func (m *meter) yield(ctx context.Context, stack []uint64) {
	if _, err := new(sandbox.Pace).Yield(ctx, int64(stack[0])); err != nil {
		panic(err)
	}
	m.yields++
	m.used += -int64(stack[0]) + m.quantum
	stack[0] = uint64(m.quantum)
}

// fuel calls an export and says how much it used.
func (m *meter) fuel(t *testing.T, export string, argument uint64) int64 {
	m.used = int64(m.left.Get())
	stack := []uint64{argument}
	if err := m.instance.ExportedFunction(export).CallWithStack(t.Context(), stack); err != nil {
		t.Fatal(err)
	}
	return m.used - int64(m.left.Get())
}

// TestHostCallsAreDear, since they take the longer the more of them there are between two yields.
func TestHostCallsAreDear(t *testing.T) {
	wasm := module(
		section(1, vector(typeVoid)), section(2, vector(sized(sandbox.ImportModule+"-not")+"\x01f\x00\x00")), section(3, "\x03\x00\x00\x00"),
		oneTable, section(7, vector("\x04host\x00\x01", "\x03own\x00\x02", "\x05table\x00\x03")), section(9, "\x01\x00\x41\x00\x0b\x01\x00"),
		section(10, vector(sized("\x00"+strings.Repeat("\x10\x00", 100)+"\x0b"), sized("\x00"+strings.Repeat("\x01", 100)+"\x0b"),
			sized("\x00"+strings.Repeat("\x41\x00\x11\x00\x00", 100)+"\x0b"))))
	p, err := sandbox.Protect(wasm, sandbox.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	engine := wazero.NewRuntime(t.Context())
	defer engine.Close(t.Context())
	export(t, engine, sandbox.ImportModule, sandbox.YieldImport, yield)
	export(t, engine, sandbox.ImportModule+"-not", "f", func() {})
	instance, err := engine.Instantiate(t.Context(), p.Wasm)
	if err != nil {
		t.Fatal(err)
	}
	fuel := instance.ExportedGlobal(sandbox.FuelExport).(api.MutableGlobal)
	used := func(export string) int64 {
		fuel.Set(sandbox.Quantum) // so that there is no yield
		if _, err := instance.ExportedFunction(export).Call(t.Context()); err != nil {
			t.Fatal(err)
		}
		return sandbox.Quantum - int64(fuel.Get())
	}
	if host, table, own := used("host"), used("table"), used("own"); host < 6000 || table < 6000 || own > 10 {
		t.Errorf("100 calls of the host use %d units, by a table %d, and nothing at all %d", host, table, own)
	}
}

package sandbox_test

import (
	"errors"
	"testing"

	"github.com/soltihq/soltiwasm/sandbox"
	"github.com/tetratelabs/wazero"
)

// growing is a module that grows its memory and a table.
var growing = module(
	section(1, vector("\x60\x01\x7f\x01\x7f")), section(3, "\x02\x00\x00"),
	section(4, "\x01\x70\x00\x05"), section(5, "\x01\x00\x02"),
	section(7, vector("\x05pages\x00\x00", "\x07entries\x00\x01")),
	section(10, vector(sized("\x00\x20\x00\x40\x00\x0b"), sized("\x00\xd0\x70\x20\x00\xfc\x0f\x00\x0b"))),
)

// TestGrowthIsBounded holds memory and tables to their limits.
func TestGrowthIsBounded(t *testing.T) {
	guest := newGuest(t, growing)
	// An eighth of the memory is for the stack, and a 32nd is for the table to grow by 8 bytes an entry.
	limit := int(sandbox.DefaultLimits().Memory)
	entries := limit / 32 / 8
	pages := (limit - limit/8 - (entries+5)*8) >> 16
	for _, step := range []struct {
		export    string
		n, former int
	}{
		{"pages", pages - 1, -1}, {"pages", pages - 2, 2}, {"pages", 0, pages}, {"pages", 1, -1}, {"pages", 1 << 16, -1},
		{"entries", entries + 1, -1}, {"entries", entries, 5}, {"entries", 1, -1}, {"entries", 0, entries + 5},
	} {
		if got, err := guest.instance.ExportedFunction(step.export).Call(t.Context(), uint64(step.n)); err != nil || int32(got[0]) != int32(step.former) {
			t.Errorf("growing %s by %d = %d, %v, want %d", step.export, step.n, int32(got[0]), err, step.former)
		}
	}
}

// TestGrowthIsPaid compares what growth costs by what was added.
func TestGrowthIsPaid(t *testing.T) {
	m := newMeter(t, growing, sandbox.Quantum)
	for _, tt := range []struct {
		export  string
		n, fuel int64 // how much more it costs than to grow by nothing
	}{
		{"pages", 1, 16_384}, {"pages", 100, 1_638_400}, {"pages", 65536, 0}, {"entries", 1, 1}, {"entries", 1000, 1000}, {"entries", 1 << 30, 0},
	} {
		nothing := m.fuel(t, tt.export, 0)
		if more := m.fuel(t, tt.export, uint64(tt.n)) - nothing; more != tt.fuel {
			t.Errorf("growing %s by %d costs %d units more than by nothing, want %d", tt.export, tt.n, more, tt.fuel)
		}
	}
}

// TestImportedSizesAreBounded links a module to memories and tables with and without a bound of their own.
func TestImportedSizesAreBounded(t *testing.T) {
	const memory, table = "\x01h\x01m\x02\x00\x01", "\x01h\x01t\x01\x70\x00\x01"
	p, err := sandbox.Protect(module(section(2, vector(memory, table))), sandbox.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, memory, table string
		links               bool
	}{
		{"bounded", "\x01\x01\x05", "\x01\x01\x01", true},
		{"unbounded memory", "\x00\x01", "\x01\x01\x01", false},
		{"unbounded table", "\x01\x01\x05", "\x00\x01", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			engine := interpreter(t)
			export(t, engine, sandbox.ImportModule, sandbox.YieldImport, yield)
			host := module(section(4, "\x01\x70"+tt.table), section(5, "\x01"+tt.memory), section(7, vector("\x01m\x02\x00", "\x01t\x01\x00")))
			if _, err := engine.InstantiateWithConfig(t.Context(), host, wazero.NewModuleConfig().WithName("h")); err != nil {
				t.Fatal(err)
			}
			if _, err := engine.Instantiate(t.Context(), p.Wasm); (err == nil) != tt.links {
				t.Error(err)
			}
		})
	}
}

// TestMemoryIsDivided holds the division of the memory to what Protect says of it.
func TestMemoryIsDivided(t *testing.T) {
	table := func(least int) string { return section(4, "\x01\x70\x00"+leb(least)) }
	memory := func(sizes string) string { return section(5, "\x01"+sizes) }
	for _, tt := range []struct {
		name   string
		limit  int64
		wasm   []byte
		stack  int64
		memory int64 // -1: refused
	}{
		{"nothing", 64 << 20, module(), 4 << 20, 0},
		{"memory", 64 << 20, module(memory("\x00\x01")), 4 << 20, 56 << 20},
		{"memory with a lower maximum", 64 << 20, module(memory("\x01\x01\x07")), 4 << 20, 7 << 16},
		{"table", 64 << 20, module(table(1<<16), memory("\x00\x01")), 4 << 20, 56<<20 - 1<<19},
		{"all but too small", 8 << 16, module(memory("\x00\x07")), 8 << 12, 7 << 16},
		{"too small", 8<<16 - 8, module(memory("\x00\x07")), 0, -1},
		{"too small for a table", 1 << 16, module(table(10_000), memory("\x00\x01")), 0, -1},
		{"too small for a table alone", 1 << 16, module(table(10_000)), 0, -1},
		{"no limit", 0, module(memory("\x00\x01")), 0, -1},
		{"no limit and no memory", 0, module(memory("\x00\x00")), 0, 0},
		{"more than there can be", 1 << 50, module(memory("\x00\x01")), 1 << 46, 1 << 32},
	} {
		t.Run(tt.name, func(t *testing.T) {
			limits := sandbox.DefaultLimits()
			limits.Memory = tt.limit
			p, err := sandbox.Protect(tt.wasm, limits)
			var refusal *sandbox.Error
			switch {
			case tt.memory < 0 && (!errors.As(err, &refusal) || refusal.Code != "limit_memory" || refusal.Class != sandbox.Limit):
				t.Errorf("%+v, %v", p, err)
			case tt.memory < 0:
			case err != nil:
				t.Error(err)
			case p.Stack != tt.stack || p.Memory != tt.memory:
				t.Errorf("stack %d and memory %d, want %d and %d", p.Stack, p.Memory, tt.stack, tt.memory)
			}
		})
	}
}

// TestGrowthYields grows by much at once: between its pieces the host gets its turn.
func TestGrowthYields(t *testing.T) {
	m := newMeter(t, growing, sandbox.Quantum)
	before := m.yields
	m.fuel(t, "pages", 800)
	if n := m.yields - before; n < 800/32 {
		t.Errorf("%d yields while the memory grew by 800 pages", n)
	}
}

// TestImportedMemoryGrowsAsAWhole asks for more than a memory may reach whose maximum only its owner knows.
func TestImportedMemoryGrowsAsAWhole(t *testing.T) {
	p, err := sandbox.Protect(module(section(1, vector("\x60\x01\x7f\x01\x7f")), section(2, vector("\x01h\x01m\x02\x00\x01")), section(3, "\x01\x00"),
		section(7, vector("\x04grow\x00\x00")), code("\x20\x00\x40\x00")), sandbox.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	engine := interpreter(t)
	export(t, engine, sandbox.ImportModule, sandbox.YieldImport, yield)
	host, err := engine.InstantiateWithConfig(t.Context(), module(section(5, "\x01\x01\x01\x64"), section(7, vector("\x01m\x02\x00"))),
		wazero.NewModuleConfig().WithName("h"))
	if err != nil {
		t.Fatal(err)
	}
	guest, err := engine.Instantiate(t.Context(), p.Wasm)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ by, former, size uint32 }{{150, 1<<32 - 1, 1}, {99, 1, 100}, {1, 1<<32 - 1, 100}} {
		got, err := guest.ExportedFunction("grow").Call(t.Context(), uint64(step.by))
		if err != nil || uint32(got[0]) != step.former || host.Memory().Size() != step.size<<16 {
			t.Errorf("growing by %d = %v, %v, and %d pages, want %d and %d", step.by, got, err, host.Memory().Size()>>16, step.former, step.size)
		}
	}
}

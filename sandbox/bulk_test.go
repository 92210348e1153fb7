package sandbox_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/sandbox"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// bulkMemory is the size of the memory of bulkModule.
const bulkMemory = 32 << 16

// bulkSegment is a passive data segment, longer than a piece.
var bulkSegment = func() []byte {
	b := make([]byte, 600_000)
	random := rand.New(rand.NewPCG(5, 6))
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return b
}()

// bulkModule exports memory.fill, memory.copy and memory.init as functions of three parameters.
func bulkModule() []byte {
	operands := "\x20\x00\x20\x01\x20\x02"
	return module(
		section(1, vector("\x60\x03\x7f\x7f\x7f\x00", typeVoid)), section(3, "\x04\x00\x00\x00\x01"), section(5, "\x01\x01\x20\x20"),
		section(7, vector("\x04fill\x00\x00", "\x04copy\x00\x01", "\x04init\x00\x02", "\x04drop\x00\x03", "\x06memory\x02\x00")),
		"\x0c\x01\x01",
		section(10, vector(sized("\x00"+operands+"\xfc\x0b\x00\x0b"), sized("\x00"+operands+"\xfc\x0a\x00\x00\x0b"),
			sized("\x00"+operands+"\xfc\x08\x00\x00\x0b"), sized("\x00\xfc\x09\x00\x0b"))),
		section(11, vector("\x01"+sized(string(bulkSegment)))),
	)
}

// TestBulkInPieces compares bulk instructions of all lengths with what Go does, and counts their yields.
func TestBulkInPieces(t *testing.T) {
	guest := newGuest(t, bulkModule())
	random := rand.New(rand.NewPCG(7, 8))
	want := make([]byte, bulkMemory)
	for i := range want {
		want[i] = byte(random.Uint32())
	}
	guest.memory().Write(0, want)

	lengths := []uint32{0, 1, 4095, 4096, 4097, 1 << 18, 1<<18 + 1, 600_000, 600_001, 1 << 20, bulkMemory - 1, bulkMemory, bulkMemory + 1, 1<<32 - 1}
	places := []uint32{0, 1, 5000, 1 << 18, bulkMemory - 4097, bulkMemory - 600_000, bulkMemory, bulkMemory + 1, 1<<32 - 4097, 1<<32 - 1}
	for range 1500 {
		name := []string{"fill", "copy", "init"}[random.IntN(3)]
		to, from, n := places[random.IntN(len(places))], places[random.IntN(len(places))], lengths[random.IntN(len(lengths))]
		before := guest.yields
		err := guest.call(name, to, from, n)
		fits := model(want, name, to, from, n)
		if fits != (err == nil) || err != nil && !strings.Contains(err.Error(), "out of bounds memory access") {
			t.Fatalf("%s(%d, %d, %d) = %v", name, to, from, n, err)
		}
		if got, _ := guest.memory().Read(0, bulkMemory); !bytes.Equal(got, want) {
			t.Fatalf("%s(%d, %d, %d) left something else than it should", name, to, from, n)
		}
		if yields := guest.yields - before; err == nil && int64(yields) < int64(n)/16/sandbox.Quantum {
			t.Errorf("%s(%d, %d, %d) yielded %d times", name, to, from, n, yields)
		}
	}
	if err := guest.call("drop"); err != nil {
		t.Fatal(err)
	}
	if err := guest.call("init", 0, 0, 0); err != nil {
		t.Error(err)
	}
	for _, n := range []uint32{1, 500_000} {
		if err := guest.call("init", 0, 0, n); err == nil {
			t.Errorf("%d bytes of a dropped segment", n)
		}
	}
}

// model does in Go what an instruction does, and reports whether its ranges exist.
func model(memory []byte, name string, to, from, n uint32) bool {
	inside := func(start uint32, all []byte) bool { return uint64(start)+uint64(n) <= uint64(len(all)) }
	if !inside(to, memory) {
		return false
	}
	target := memory[to : uint64(to)+uint64(n)]
	switch name {
	case "fill":
		for i := range target {
			target[i] = byte(from)
		}
	case "copy":
		if !inside(from, memory) {
			return false
		}
		copy(target, memory[from:])
	case "init":
		if !inside(from, bulkSegment) {
			return false
		}
		copy(target, bulkSegment[from:])
	}
	return true
}

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
		{"pages", 1, 4096}, {"pages", 100, 409_600}, {"pages", 65536, 0}, {"entries", 1, 1}, {"entries", 1000, 1000}, {"entries", 1 << 30, 0},
	} {
		nothing := m.fuel(t, tt.export, 0)
		if more := m.fuel(t, tt.export, uint64(tt.n)) - nothing; more != tt.fuel {
			t.Errorf("growing %s by %d costs %d units more than by nothing, want %d", tt.export, tt.n, more, tt.fuel)
		}
	}
}

// guest is an instance of a metered module that counts its yields.
type guest struct {
	instance  api.Module
	protected *sandbox.Protected
	yields    int
}

// newGuest protects and instantiates a module without imports.
func newGuest(t testing.TB, wasm []byte) *guest {
	p, err := sandbox.Protect(wasm, sandbox.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	engine := wazero.NewRuntime(ctx)
	t.Cleanup(func() { engine.Close(ctx) })
	g := &guest{protected: p}
	export(t, engine, sandbox.ImportModule, sandbox.YieldImport, func(ctx context.Context, fuel int64) int64 {
		g.yields++
		return yield(ctx, fuel)
	})
	if g.instance, err = engine.Instantiate(ctx, p.Wasm); err != nil {
		t.Fatal(err)
	}
	return g
}

func (g *guest) memory() api.Memory { return g.instance.Memory() }

// call calls an export with some i32s.
func (g *guest) call(name string, arguments ...uint32) error {
	stack := make([]uint64, max(1, len(arguments)))
	for i, a := range arguments {
		stack[i] = uint64(a)
	}
	return g.instance.ExportedFunction(name).CallWithStack(context.Background(), stack)
}

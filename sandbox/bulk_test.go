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

// TestOutOfRangeIsNotPaidFor gives bulk instructions more to do than there is: they trap, and nobody has to wait for
// what was never going to be done.
func TestOutOfRangeIsNotPaidFor(t *testing.T) {
	operands := "\x20\x00\x20\x01\x20\x02"
	wasm := module(
		section(1, vector("\x60\x03\x7f\x7f\x7f\x00")), section(3, "\x06"+strings.Repeat("\x00", 6)), oneTable, section(5, "\x01\x00\x01"),
		section(7, vector("\x04fill\x00\x00", "\x04copy\x00\x01", "\x04init\x00\x02", "\x05tfill\x00\x03", "\x05tcopy\x00\x04", "\x05tinit\x00\x05")),
		section(9, vector("\x01\x00\x01\x00")),
		"\x0c\x01\x01",
		section(10, vector(sized("\x00"+operands+"\xfc\x0b\x00\x0b"), sized("\x00"+operands+"\xfc\x0a\x00\x00\x0b"),
			sized("\x00"+operands+"\xfc\x08\x00\x00\x0b"), sized("\x00\x20\x00\xd0\x70\x20\x02\xfc\x11\x00\x0b"),
			sized("\x00"+operands+"\xfc\x0e\x00\x00\x0b"), sized("\x00"+operands+"\xfc\x0c\x00\x00\x0b"))),
		section(11, vector("\x01\x04data")),
	)
	for _, name := range []string{"fill", "copy", "init", "tfill", "tcopy", "tinit"} {
		guest := newGuest(t, wasm)
		if err := guest.call(name, 0, 0, 1<<32-1); err == nil || !strings.Contains(err.Error(), "out of bounds") && !strings.Contains(err.Error(), "invalid table access") {
			t.Errorf("%s: %v", name, err)
		}
		_ = guest.call(name, 0, 0, 0) // yields, if much was owed
		if guest.debt > 1000 {
			t.Errorf("%s: %d units were used", name, guest.debt)
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

// guest is an instance of a metered module that counts its yields.
type guest struct {
	instance  api.Module
	protected *sandbox.Protected
	yields    int
	debt      int64 // the most that was used beyond what there was, when it yielded
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
		g.debt = max(g.debt, -fuel)
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

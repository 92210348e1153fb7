package sandbox_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/sandbox"
)

// TestProtectChangesNothing runs the corpus with and without the meter and compares all that can be seen.
func TestProtectChangesNothing(t *testing.T) {
	calls, cuts, yields := 0, 0, 0
	for path, wasm := range corpus(t) {
		t.Run(path, func(t *testing.T) {
			if strings.HasPrefix(path, "../") && len(wasm) > 200_000 {
				t.Skip("takes too long to compile twice")
			}
			c := compare(t, wasm, rand.Uint64(), 20_000_000)
			calls += c.calls
			yields += c.yields
			if c.cut {
				t.Logf("cut short after %d calls", c.calls)
				cuts++
			}
		})
	}
	t.Logf("%d calls compared, with %d yields, %d modules cut short", calls, yields, cuts)
	if calls < 500 || yields < calls || cuts > calls/100 {
		t.Error("that does not show much")
	}
}

// comparison is what was compared.
type comparison struct {
	calls, yields int
	cut           bool // whether a call was cut short, and the rest left out
}

// compare runs a module with and without the meter and compares all that can be seen.
func compare(t *testing.T, wasm []byte, seed uint64, fuel int64) comparison {
	limits := sandbox.DefaultLimits()
	limits.Memory = 256 << 20
	p, err := sandbox.Protect(wasm, limits)
	if err != nil {
		t.Skip(err)
	}
	m := newMachine(t, p)
	defer m.close()
	m.budget = fuel
	metered, cut := m.transcript(p.Wasm, rand.New(rand.NewPCG(seed, 0)), 1000)
	yields := m.yields
	plain, plainCut := m.transcript(wasm, rand.New(rand.NewPCG(seed, 0)), len(metered))
	if len(plain) < len(metered) && plainCut {
		metered = metered[:len(plain)]
	}
	if !slices.Equal(plain, metered) {
		t.Fatalf("seed %#x:\n  plain: %s\nmetered: %s", seed, strings.Join(plain, "\n         "), strings.Join(metered, "\n         "))
	}
	return comparison{len(metered), yields, cut}
}

// FuzzProtect compares anything that Inspect accepts, with little fuel.
func FuzzProtect(f *testing.F) {
	for path, wasm := range corpus(f) {
		if len(wasm) < 4096 && strings.HasPrefix(path, "testdata/") {
			f.Add(wasm, uint64(1))
		}
	}
	f.Fuzz(func(t *testing.T, wasm []byte, seed uint64) {
		limits := sandbox.DefaultLimits()
		limits.Score = 100
		m, err := sandbox.Inspect(wasm, limits)
		if err != nil {
			t.Skip(err)
		}
		for _, table := range m.Tables {
			if !table.HasMax {
				t.Skip("without the meter, the table might take all memory")
			}
		}
		compare(t, wasm, seed, 200_000)
	})
}

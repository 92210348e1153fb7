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
	calls, cuts := 0, 0
	for path, wasm := range corpus(t) {
		t.Run(path, func(t *testing.T) {
			if len(wasm) > 200_000 {
				t.Skip("too large to run with made-up imports")
			}
			n, cut := compare(t, wasm)
			calls += n
			if cut {
				t.Logf("cut short after %d calls", n)
				cuts++
			}
		})
	}
	t.Logf("%d calls compared, %d modules cut short", calls, cuts)
	if calls < 500 || cuts > calls/100 {
		t.Errorf("%d calls compared and %d modules cut short do not show much", calls, cuts)
	}
}

// compare runs a module with and without the meter.
func compare(t *testing.T, wasm []byte) (calls int, cut bool) {
	limits := sandbox.DefaultLimits()
	limits.Memory = 256 << 20
	p, err := sandbox.Protect(wasm, limits)
	if err != nil {
		t.Skip(err)
	}
	seed := rand.Uint64()
	m := newMachine(t, p)
	defer m.close()
	metered, cut := m.transcript(p.Wasm, rand.New(rand.NewPCG(seed, 0)), 1000)
	yields := m.yields
	plain, plainCut := m.transcript(wasm, rand.New(rand.NewPCG(seed, 0)), len(metered))
	if len(plain) < len(metered) && plainCut {
		metered = metered[:len(plain)]
	}
	if !slices.Equal(plain, metered) {
		t.Fatalf("seed %#x:\n  plain: %s\nmetered: %s", seed, strings.Join(plain, "\n         "), strings.Join(metered, "\n         "))
	}
	if strings.HasPrefix(metered[0], "instantiate: state") && yields == 0 {
		t.Error("the metered module never yielded")
	}
	return len(metered), cut
}

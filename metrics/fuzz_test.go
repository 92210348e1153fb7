package metrics_test

import (
	"math"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/soltihq/soltiwasm/metrics"
)

var (
	grammar = regexp.MustCompile(`\A[a-z_][a-z0-9_]*\z`)
	suffix  = regexp.MustCompile(`_(bucket|sum|count)\z`)
)

// FuzzObserve holds Observe to the ABI's sentences, said once more by regular expressions.
func FuzzObserve(f *testing.F) {
	f.Add(uint8(0), "requests_total", "code", "200", 1.0)
	f.Add(uint8(2), "x_sum", "le", "\xff", math.Inf(1))
	f.Add(uint8(1), "__x", "__y", "", math.NaN())
	f.Add(uint8(0), strings.Repeat("A", 129), "quantile", strings.Repeat("v", 129), -1.0)
	f.Add(uint8(3), "", "", "", 0.0)
	f.Fuzz(func(t *testing.T, typ uint8, name, label, value string, v float64) {
		word := func(s string) bool { return grammar.MatchString(s) && !strings.HasPrefix(s, "__") }
		tooBig := len(name) > 128 || len(label) > 128 || len(value) > 128
		traps := !word(name) || suffix.MatchString(name) || !word(label) || label == "runner" || label == "le" ||
			label == "quantile" || !utf8.ValidString(value) || v != v || math.IsInf(v, 0) || typ == 0 && v < 0 || typ > 2
		dropped := tooBig || name == metrics.DroppedName

		m := metrics.NewMemory()
		e := metrics.NewGuests(m).Emitter("probe", 1, nil)
		for range 2 { // the second time the series may be known
			err := e.Observe(metrics.Type(typ), name, lb(label, value), v)
			if want := traps && !tooBig; (err != nil) != want {
				t.Fatalf("got error %v, want one: %v", err, want)
			}
		}
		lines := m.String()
		if got := strings.HasPrefix(lines, "dropped probe "); got != (dropped && (tooBig || !traps)) {
			t.Fatalf("dropped %v, want %v:\n%s", got, !got, lines)
		}
		if got := len(m.Observations("probe", name, lb(label, value)...)); (got == 2) != (!traps && !dropped) {
			t.Fatalf("%d observations arrived", got)
		}
	})
}

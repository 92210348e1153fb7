package rows_test

import (
	"slices"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/bench/compare"
	"github.com/soltihq/soltiwasm/bench/rows"
)

// wide is how many times past its bound a ratio has to be for this test to fail: it runs on machines that do other things,
// and looks for what got slower by a multiple. Whether a bound is met is for the bench itself to say.
const wide = 3

// guarded are the rows that are measured within one process, without other projects, and don't depend on the processor's
// caches or cores being free.
var guarded = []int{1, 3, 4, 6, 9, 13}

func TestGuard(t *testing.T) {
	b := &rows.Bench{
		Method: compare.Method{Rounds: 5, Turn: 2 * time.Millisecond}, Quick: true,
		Root: "../..", Temp: t.TempDir(), Log: t.Logf,
	}
	for _, row := range rows.All() {
		if !slices.Contains(guarded, row.Number) {
			continue
		}
		results, err := row.Measure(b)
		if err != nil {
			t.Errorf("row %d, %s: %v", row.Number, row.Title, err)
		}
		for _, r := range results {
			t.Logf("row %d, %s: %s", row.Number, r.What, r.Bound.Format(r.Got.Median))
			if !within(r) {
				t.Errorf("row %d, %s, %s: %s, far from %s; go -C bench run . -rows %d measures it well",
					row.Number, row.Title, r.What, r.Bound.Format(r.Got.Median), r.Bound, row.Number)
			}
		}
	}
}

// within holds allocations to their bound, and ratios widely to theirs, by the better quartile of the rounds.
func within(r rows.Result) bool {
	switch {
	case r.Bound.Unit == rows.Allocs:
		return r.Met()
	case r.Bound.AtLeast:
		return r.Got.High*wide >= r.Bound.Value
	}
	return r.Got.Low <= r.Bound.Value*wide
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		bound rows.Bound
		value float64
		want  string
	}{
		{rows.AtLeast(1, rows.Times), 1234.5, "1234x"},
		{rows.AtLeast(1, rows.Times), 0.01234, "0.0123x"},
		{rows.AtLeast(1, rows.Allocs), 0, "0 allocations"},
		{rows.AtLeast(1, rows.MiB), 15.349, "15.3 MiB"},
	} {
		if got := c.bound.Format(c.value); got != c.want {
			t.Errorf("%v is written %q, want %q", c.value, got, c.want)
		}
	}
	for d, want := range map[time.Duration]string{35: "35 ns", 1234: "1.23 µs", 1500 * time.Millisecond: "1.5 s"} {
		if got := rows.Duration(d); got != want {
			t.Errorf("%d ns is written %q, want %q", d, got, want)
		}
	}
}

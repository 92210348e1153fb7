package compare_test

import (
	"errors"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/bench/compare"
)

var sink []byte

func subject(name string, do func()) compare.Subject {
	return compare.Subject{Name: name, Do: func(n int) error {
		for range n {
			do()
		}
		return nil
	}}
}

// work is arithmetic that takes time in proportion to n.
func work(n int) func() {
	return func() {
		x := uint32(1)
		for range n {
			x = x*1664525 + 1013904223
		}
		if x == 0 {
			sink = nil
		}
	}
}

func TestRun(t *testing.T) {
	m := compare.Method{Rounds: 9, Turn: time.Millisecond}
	s, err := m.Run(subject("one", work(2_000)), subject("ten", work(20_000)), subject("allocates", func() { sink = make([]byte, 64) }))
	if err != nil {
		t.Fatal(err)
	}
	// A bound that only a mistake in the measuring passes.
	if r := s.Ratio("ten", "one"); r.Median < 3 || r.Low > r.Median || r.Median > r.High {
		t.Errorf("ten times the work took %+v of the time", r)
	}
	if s.Time("one") <= 0 || s.Time("ten") <= s.Time("one") {
		t.Errorf("times %v and %v", s.Time("one"), s.Time("ten"))
	}
	if a, b := s.Allocs("allocates"), s.Allocs("one"); a != 1 || b != 0 {
		t.Errorf("%v and %v allocations, want 1 and 0", a, b)
	}
}

func TestRunFails(t *testing.T) {
	want := errors.New("broken")
	m := compare.Method{Rounds: 1, Turn: time.Millisecond}
	if _, err := m.Run(compare.Subject{Name: "b", Do: func(int) error { return want }}); !errors.Is(err, want) {
		t.Errorf("error %v, want one that wraps %v", err, want)
	}
}

func TestOf(t *testing.T) {
	if got, want := compare.Of(5, 1, 4, 2, 3), (compare.Spread{Low: 2, Median: 3, High: 4}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

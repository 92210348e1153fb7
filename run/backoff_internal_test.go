package run

import (
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/task"
)

// base is First·Factor^i, at most Max, reckoned step by step in numbers without bounds.
func base(b task.Backoff, i int) time.Duration {
	product, limit := new(big.Float).SetInt64(int64(b.First)), new(big.Float).SetInt64(int64(b.Max))
	factor := big.NewFloat(b.Factor)
	for range i {
		if product.Cmp(limit) >= 0 || b.Factor == 1 {
			break
		}
		product.Mul(product, factor)
	}
	if product.Cmp(limit) >= 0 {
		return b.Max
	}
	n, _ := product.Int64()
	return time.Duration(n)
}

// band is what the reference says about a jitter, before the floor.
func band(b task.Backoff, i int) (low, high time.Duration) {
	d := base(b, i)
	switch b.Jitter {
	case task.JitterFull:
		return 0, d
	case task.JitterEqual:
		return d / 2, d
	case task.JitterDecorrelated:
		return b.First, min(3*d, b.Max)
	}
	return d, d
}

// checkBackoff holds one pause to its bounds, and its ends to the ends of the band.
func checkBackoff(t *testing.T, b task.Backoff, i int, r float64) {
	t.Helper()
	low, high := band(b, i)
	floor := min(time.Millisecond, b.Max)
	// Floats have 53 bits, a power is off by a few of the last ones, and three times the base by three times that.
	slack := 4 + time.Duration(float64(high)*1e-9)
	at := func(r float64) time.Duration { return backoff(b, i, func() float64 { return r }) }
	if got := at(r); got < max(low-slack, floor) || got > max(high+slack, floor) || got > b.Max {
		t.Errorf("%+v, retry %d, random %v: pause %v, want one from %v to %v, at least %v", b, i, r, got, low, high, floor)
	}
	for _, end := range []struct {
		r    float64
		want time.Duration
	}{{0, low}, {math.Nextafter(1, 0), high}} {
		if got, want := at(end.r), max(end.want, floor); got < want-slack || got > want+slack {
			t.Errorf("%+v, retry %d: the end of the band is %v, want %v", b, i, got, want)
		}
	}
}

func TestBackoff(t *testing.T) {
	const ms = time.Millisecond
	policies := []task.Backoff{
		task.DefaultBackoff(),
		{First: ms, Max: ms, Factor: 1},
		{First: 100 * ms, Max: 100 * ms, Factor: 1000},
		{First: 3 * ms, Max: task.MaxDuration, Factor: 1.5},
		{First: task.MaxDuration, Max: task.MaxDuration, Factor: math.MaxFloat64},
		{First: 7 * ms, Max: time.Hour, Factor: 1},
	}
	for _, b := range policies {
		for _, b.Jitter = range []task.Jitter{task.JitterNone, task.JitterFull, task.JitterEqual, task.JitterDecorrelated} {
			for _, i := range []int{0, 1, 2, 3, 10, 63, 64, 1000, math.MaxInt32} {
				for _, r := range []float64{0, 0.25, 0.5, 0.75} {
					checkBackoff(t, b, i, r)
				}
			}
		}
	}
}

func TestBackoffByHand(t *testing.T) {
	b := task.Backoff{First: time.Second, Max: 10 * time.Second, Factor: 2}
	tests := []struct {
		jitter task.Jitter
		i      int
		r      float64
		want   time.Duration
	}{
		{task.JitterNone, 0, 0.9, time.Second},
		{task.JitterNone, 2, 0.9, 4 * time.Second},
		{task.JitterNone, 4, 0.9, 10 * time.Second},
		{task.JitterFull, 0, 0, time.Millisecond},
		{task.JitterFull, 2, 0.5, 2 * time.Second},
		{task.JitterEqual, 1, 0, time.Second},
		{task.JitterEqual, 1, 0.5, 1500 * time.Millisecond},
		{task.JitterDecorrelated, 1, 0, time.Second},
		{task.JitterDecorrelated, 1, 0.5, 3500 * time.Millisecond},
		{task.JitterDecorrelated, 2, 0.5, 5500 * time.Millisecond},
	}
	for _, test := range tests {
		b.Jitter = test.jitter
		if got := backoff(b, test.i, func() float64 { return test.r }); got != test.want {
			t.Errorf("%s, retry %d, random %v: %v, want %v", test.jitter, test.i, test.r, got, test.want)
		}
	}
}

func FuzzBackoff(f *testing.F) {
	f.Add(int64(1000), int64(30000), 2.0, 3, 0.5)
	f.Add(int64(1), int64(1), 1.0, 0, 0.0)
	f.Add(int64(56), int64(146), 8.0/7, 1, 0.0)
	f.Add(task.MaxDuration.Milliseconds(), task.MaxDuration.Milliseconds(), math.MaxFloat64, math.MaxInt32, 0.999)
	f.Fuzz(func(t *testing.T, first, limit int64, factor float64, i int, r float64) {
		b := task.Backoff{
			Jitter: task.JitterNone, Factor: factor,
			First: time.Duration(first) * time.Millisecond, Max: time.Duration(limit) * time.Millisecond,
		}
		spec := task.Spec{Slot: "a", Kind: task.Embedded{}, Timeout: time.Second, Backoff: b}
		if tooLong := task.MaxDuration.Milliseconds(); first > tooLong || limit > tooLong || spec.Validate() != nil {
			return // first of all what would overflow above
		}
		if b == (task.Backoff{}) || i < 0 || r < 0 || r >= 1 || r != r || factor < 1+1e-3 && factor > 1 {
			return // factors that near 1 take too long to reckon step by step
		}
		for _, b.Jitter = range []task.Jitter{task.JitterNone, task.JitterFull, task.JitterEqual, task.JitterDecorrelated} {
			checkBackoff(t, b, i, r)
		}
	})
}

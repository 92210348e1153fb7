package run

import (
	"math"
	"time"

	"github.com/soltihq/soltiwasm/task"
)

// backoff is the pause before retry i, from 0, in a row of failures. Before jitter it is First·Factor^i, at most Max.
// The jitters are taskvisor's, which keep no memory of earlier pauses: none is the base itself, full is from 0 to the
// base, equal from its half to the base, and decorrelated (taskvisor's RandomizedBand) from First to three times the
// base, at most Max. No pause is shorter than a millisecond.
func backoff(b task.Backoff, i int, rand func() float64) time.Duration {
	base := b.Max
	// Compared as floats, since the product may be beyond any Duration, or infinite.
	if grown := float64(b.First) * math.Pow(b.Factor, float64(i)); grown < float64(b.Max) {
		base = time.Duration(grown)
	}
	low, high := base, base
	switch b.Jitter {
	case task.JitterFull:
		low = 0
	case task.JitterEqual:
		low = base / 2
	case task.JitterDecorrelated:
		low, high = b.First, min(3*base, b.Max) // no overflow: task.MaxDuration is far below that
	}
	pause := low + time.Duration(rand()*float64(high-low))
	return max(min(pause, high), min(time.Millisecond, b.Max))
}

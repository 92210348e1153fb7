package author

import (
	"slices"
	"sync"

	"github.com/soltihq/soltiwasm/metrics"
)

// figures is a metrics.Backend that remembers which metrics a guest emits and why some were dropped. It is safe for
// concurrent use.
type figures struct {
	metrics.NoOp
	mu      sync.Mutex
	emitted []*metrics.Metric
	dropped []string // reasons
}

// maxEmitted bounds what is remembered.
const maxEmitted = 1_000

// GuestMetric implements metrics.Backend.
func (f *figures) GuestMetric(_ string, metric *metrics.Metric, _ []string, _ float64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.emitted) < maxEmitted && !slices.Contains(f.emitted, metric) {
		f.emitted = append(f.emitted, metric)
	}
}

// GuestDropped implements metrics.Backend.
func (f *figures) GuestDropped(_, reason string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Contains(f.dropped, reason) {
		f.dropped = append(f.dropped, reason)
	}
}

// seen returns what was emitted and why something was dropped, and forgets it.
func (f *figures) seen() (emitted []*metrics.Metric, dropped []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	emitted, dropped = f.emitted, f.dropped
	f.emitted, f.dropped = nil, nil
	return emitted, dropped
}

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

// logRecords is under which dropped log records are counted. Check asks so often that some always are.
const logRecords = "log"

// GuestDropped implements metrics.Backend.
func (f *figures) GuestDropped(_, reason string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if reason != logRecords && !slices.Contains(f.dropped, reason) {
		f.dropped = append(f.dropped, reason)
	}
}

// takeDropped returns why metrics were dropped since it was last called.
func (f *figures) takeDropped() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	dropped := f.dropped
	f.dropped = nil
	return dropped
}

// takeEmitted returns the metrics that were emitted since it was last called.
func (f *figures) takeEmitted() []*metrics.Metric {
	f.mu.Lock()
	defer f.mu.Unlock()
	emitted := f.emitted
	f.emitted = nil
	return emitted
}

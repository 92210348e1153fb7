package author

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/metrics"
)

// record takes what a runner logs and measures, as lines that begin with the phase. It is the logger's handler and the
// metrics' backend, and is safe for concurrent use; phase is set between calls.
type record struct {
	metrics.NoOp
	phase string

	mu            sync.Mutex
	logs, metrics keptLines
	measured      int  // observations, of all specs since it was last set to 0; there are no more series than that
	faulty        bool // whether a call went wrong
}

// begin forgets what was recorded before, and says whether a call went wrong since the last time.
func (r *record) begin() (faulty bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	faulty = r.faulty
	r.logs, r.metrics, r.faulty = keptLines{}, keptLines{}, false
	return faulty
}

// RunnerError implements metrics.Backend.
func (r *record) RunnerError(string, string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faulty = true
}

// GuestMetric implements metrics.Backend.
func (r *record) GuestMetric(_ string, m *metrics.Metric, labels []string, value float64) {
	line := r.phase + " " + m.Type.String() + " " + m.Name
	if len(labels) > 0 {
		pairs := make([]string, len(labels))
		for i, v := range labels {
			pairs[i] = m.Labels[i] + "=" + strconv.Quote(v)
		}
		line += "{" + strings.Join(pairs, ",") + "}"
	}
	line += " " + strconv.FormatFloat(value, 'g', -1, 64)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.measured++
	r.metrics.add(line)
}

// GuestDropped implements metrics.Backend. A guest drops the same over and over, which is one line with a count.
func (r *record) GuestDropped(_, reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.metrics.repeat(r.phase + " dropped " + reason)
}

// Enabled is true for every level.
func (*record) Enabled(context.Context, slog.Level) bool { return true }

// Handle keeps what supports, build and run log. What is logged at an instance's start is left out: how many instances
// there are is the host's choice.
func (r *record) Handle(_ context.Context, l slog.Record) error {
	phase := ""
	l.Attrs(func(a slog.Attr) bool {
		if a.Key == "phase" {
			phase = a.Value.String()
		}
		return phase == ""
	})
	switch phase {
	case abi.ExportSupports, abi.ExportBuild, abi.ExportRun:
		r.mu.Lock()
		defer r.mu.Unlock()
		r.logs.add(fmt.Sprintf("%s %s %s", phase, strings.ToLower(l.Level.String()), l.Message))
	}
	return nil
}

// WithAttrs returns r: what it would add is the runner's name.
func (r *record) WithAttrs([]slog.Attr) slog.Handler { return r }

// WithGroup returns r.
func (r *record) WithGroup(string) slog.Handler { return r }

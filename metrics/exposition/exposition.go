// Package exposition keeps the host's figures and writes them in Prometheus' text format, without any library of
// Prometheus'. Names, labels and buckets of the solti_runner_ metrics, and solti_ctrl_rejections_total, are those of
// solti-prometheus.
package exposition

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/soltihq/soltiwasm/metrics"
)

// Options say how a [Backend] presents itself. The zero value is fine.
type Options struct {
	// Labels are constant labels of every metric. What a guest emits with a label of the same name is dropped.
	Labels map[string]string
	// Build are the labels of solti_build_info, such as version, go and engine. Without any there is no such metric.
	Build map[string]string
}

// Backend is a [metrics.Backend] that keeps figures. It is safe for concurrent use.
//
// It keeps every series for as long as it lives; [metrics.Guests] bounds those of guests. A series that it knows is
// updated without allocating.
type Backend struct {
	labels    map[string]string
	host      []*family // those that follow, and the build's if any
	started   *family
	completed *family
	durations *family
	rejected  *family
	errors    *family
	dropped   *family

	mu     sync.RWMutex
	guests map[string]*guestFamily // by the guests' own name
}

var _ metrics.Backend = (*Backend)(nil)

// New returns a Backend with no figures yet. It fails when labels of the options are no label names, are not UTF-8, are
// labels that metrics of the host have themselves, or are in both of Labels and Build.
func New(opts Options) (*Backend, error) {
	b := &Backend{labels: maps.Clone(opts.Labels), guests: map[string]*guestFamily{}}
	b.started = b.family("solti_runner_tasks_started_total", "Attempts at tasks that began.",
		metrics.Counter, nil, "runner")
	b.completed = b.family("solti_runner_tasks_completed_total", "Attempts at tasks that ended, by outcome.",
		metrics.Counter, nil, "runner", "outcome")
	b.durations = b.family("solti_runner_task_duration_seconds", "How long attempts at tasks took, by outcome.",
		metrics.Histogram, metrics.DurationBuckets(), "runner", "outcome")
	b.rejected = b.family("solti_ctrl_rejections_total", "Tasks that were not admitted to their slots, by reason.",
		metrics.Counter, nil, "reason")
	b.errors = b.family("solti_runner_errors_total", "What went wrong with runners rather than with their tasks.",
		metrics.Counter, nil, "runner", "error")
	b.dropped = b.family(guestPrefix+metrics.DroppedName, "What guests emitted and the host dropped, by reason.",
		metrics.Counter, nil, "runner", "reason")
	b.host = []*family{b.started, b.completed, b.durations, b.rejected, b.errors, b.dropped}
	if err := checkLabels(opts.Labels); err != nil {
		return nil, err
	}
	for _, f := range b.host {
		if name := f.clash(); name != "" {
			return nil, fmt.Errorf("metrics: duplicate label names: %q is a label that %s has itself", name, f.name)
		}
	}
	if len(opts.Build) == 0 {
		return b, nil
	}
	if err := checkLabels(opts.Build); err != nil {
		return nil, err
	}
	for name := range opts.Build {
		if _, taken := opts.Labels[name]; taken {
			return nil, fmt.Errorf("metrics: %q is in Options.Build and in Options.Labels; give it once", name)
		}
	}
	b.host = append(b.host, b.buildInfo(opts.Build))
	return b, nil
}

// buildInfo returns the metric that is always 1 and says what was built by its labels.
func (b *Backend) buildInfo(build map[string]string) *family {
	f := b.family("solti_build_info", "What this program was built from, in labels; always 1.", metrics.Gauge, nil)
	f.constant = maps.Clone(build)
	maps.Copy(f.constant, b.labels)
	f.observe(key{}, 1)
	return f
}

func checkLabels(labels map[string]string) error {
	for name, value := range labels {
		if !isLabelName(name) {
			return fmt.Errorf("metrics: %q is not a valid label name", name)
		}
		if !utf8.ValidString(value) {
			return fmt.Errorf("metrics: the value of the label %q is not valid UTF-8", name)
		}
	}
	return nil
}

// isLabelName says whether the text format has name as a label, and leaves it to programs: [a-zA-Z_][a-zA-Z0-9_]*, not
// beginning with __, and none that a histogram or a summary has itself.
func isLabelName(name string) bool {
	return isName(name) && !strings.HasPrefix(name, "__") && name != "le" && name != "quantile"
}

// isName says whether name is [a-zA-Z_][a-zA-Z0-9_]*.
func isName(name string) bool {
	for i, c := range []byte(name) {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}

// TaskStarted implements [metrics.Backend].
func (b *Backend) TaskStarted(runner string) {
	b.started.observe(key{runner}, 1)
}

// TaskCompleted implements [metrics.Backend].
func (b *Backend) TaskCompleted(runner string, outcome metrics.Outcome, d time.Duration) {
	values := key{runner, string(outcome)}
	b.completed.observe(values, 1)
	b.durations.observe(values, d.Seconds())
}

// TaskRejected implements [metrics.Backend].
func (b *Backend) TaskRejected(reason string) {
	b.rejected.observe(key{reason}, 1)
}

// RunnerError implements [metrics.Backend].
func (b *Backend) RunnerError(runner, kind string) {
	b.errors.observe(key{runner, kind}, 1)
}

// GuestDropped implements [metrics.Backend].
func (b *Backend) GuestDropped(runner, reason string) {
	b.dropped.observe(key{runner, reason}, 1)
}

// families are the host's, and then those of guests that can be shown, in no order.
func (b *Backend) families() []*family {
	all := slices.Clone(b.host)
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, g := range b.guests {
		if g.family != nil {
			all = append(all, g.family)
		}
	}
	return all
}

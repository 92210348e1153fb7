// Package prometheus shows the host's figures to Prometheus: it implements [metrics.Backend], and gathers or writes
// what it was told. Names, labels and buckets of the solti_runner_ metrics, and
// solti_ctrl_rejections_total, are those of solti-prometheus.
package prometheus

import (
	"fmt"
	"maps"
	"sync"
	"time"

	client "github.com/prometheus/client_golang/prometheus"

	"github.com/soltihq/soltiwasm/metrics"
)

// Options say how a [Backend] presents itself. The zero value is fine.
type Options struct {
	// Registerer, when not nil, gets the metrics too, so that they are exposed with those of the embedding program.
	// It takes one Backend, which several hosts may share. No other collector in it may use names that begin with
	// solti_runner_, solti_ctrl_ or solti_guest_, or solti_build_info.
	Registerer client.Registerer
	// Labels are constant labels of every metric. Use them rather than prometheus.WrapRegistererWith: what a guest
	// emits with a label of the same name is dropped, while behind the wrapper it would make all gathering fail.
	Labels map[string]string
	// Build are the labels of solti_build_info, such as version, go and engine. Without any there is no such metric.
	Build map[string]string
}

// Backend is a [metrics.Backend] that keeps figures for Prometheus. It is safe for concurrent use.
//
// It keeps every series for as long as it lives; [metrics.Guests] bounds those of guests. A series that it knows is
// updated without allocating.
type Backend struct {
	registry  *client.Registry // has only what is this backend's
	labels    client.Labels
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

// New returns a Backend with no figures yet. It registers all of its metrics with opts.Registerer, or none and fails:
// when another Backend is registered there, or a name is taken otherwise. It fails as well when labels of the options
// are no label names, are not UTF-8, or are labels that the metrics have themselves.
func New(opts Options) (*Backend, error) {
	b := &Backend{
		registry: client.NewRegistry(),
		labels:   maps.Clone(client.Labels(opts.Labels)),
		guests:   map[string]*guestFamily{},
	}
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

	host := group{b.started, b.completed, b.durations, b.rejected, b.errors, b.dropped}
	if len(opts.Build) > 0 {
		info, err := b.buildInfo(opts.Build)
		if err != nil {
			return nil, err
		}
		host = append(host, info)
	}
	for _, r := range []client.Registerer{b.registry, opts.Registerer} {
		if r == nil {
			continue
		}
		if err := b.register(r, host); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// buildInfo returns the metric that is always 1 and says what was built by its labels.
func (b *Backend) buildInfo(build map[string]string) (client.Collector, error) {
	labels := client.Labels{}
	maps.Copy(labels, b.labels)
	for name, value := range build {
		if _, taken := labels[name]; taken {
			return nil, fmt.Errorf("metrics: %q is in Options.Build and in Options.Labels; give it once", name)
		}
		labels[name] = value
	}
	return client.NewGaugeFunc(client.GaugeOpts{
		Name:        "solti_build_info",
		Help:        "What this program was built from, in labels; always 1.",
		ConstLabels: labels,
	}, func() float64 { return 1 }), nil
}

// register adds the host's metrics as one collector, which the registry takes whole or not at all, and the guests' as
// one that describes nothing beforehand, since nobody knows their names.
func (b *Backend) register(r client.Registerer, host group) error {
	if err := r.Register(host); err != nil {
		return fmt.Errorf("metrics: registering the host's: %w", err)
	}
	if err := r.Register(guestCollector{b}); err != nil {
		r.Unregister(host)
		return fmt.Errorf("metrics: registering the guests': %w", err)
	}
	return nil
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

// Gatherer gathers the backend's own metrics, whatever else is registered with Options.Registerer. promhttp.HandlerFor
// serves it. Nothing that guests emit makes it fail.
func (b *Backend) Gatherer() client.Gatherer { return b.registry }

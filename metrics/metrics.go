// Package metrics says where the host's figures go: what happened to tasks, which runners went wrong, and the metrics
// that guests emit themselves.
package metrics

import "time"

// Outcome is how an attempt at a task ended, as the label that metrics carry.
type Outcome string

// The outcomes that are counted. A fatal failure counts as a failure.
const (
	Success  Outcome = "success"
	Failure  Outcome = "failure"
	Canceled Outcome = "canceled"
	Timeout  Outcome = "timeout"
)

// Backend takes the figures. Runner is the runner's name throughout. Implementations are safe for concurrent use and
// don't block; the host contains their panics by wrapping them with [Contain].
type Backend interface {
	// TaskStarted counts an attempt that began.
	TaskStarted(runner string)
	// TaskCompleted counts an attempt that ended, and how long it took.
	TaskCompleted(runner string, outcome Outcome, d time.Duration)
	// TaskRejected counts a task that was not admitted to its slot, and so never began. Reason is a word of the host's
	// own.
	TaskRejected(reason string)
	// RunnerError counts something that went wrong with the runner rather than with a task. Kind is a word of the
	// host's own, never text from outside.
	RunnerError(runner, kind string)
	// GuestMetric takes one observation that a guest made. It has passed the rules of [Guests]; labels are values in
	// the order of metric.Labels. The slice and the metric are not to be changed; the strings may be kept. The same
	// *Metric comes with every observation of a name by way of the same Guests.
	GuestMetric(runner string, metric *Metric, labels []string, value float64)
	// GuestDropped counts something from a guest that was dropped: an observation, or a log record. Reason is a word
	// of the host's own.
	GuestDropped(runner, reason string)
}

// Type is what a guest's metric is.
type Type uint8

// The types.
const (
	Counter Type = iota
	Gauge
	Histogram
)

// String returns the type's word in a manifest: "counter", "gauge" or "histogram".
func (t Type) String() string {
	switch t {
	case Counter:
		return "counter"
	case Gauge:
		return "gauge"
	case Histogram:
		return "histogram"
	}
	return "unknown"
}

// Label is one label of an observation.
type Label struct{ Name, Value string }

// Metric is what is fixed about a guest's metric by its first use, or what a manifest declares about one.
type Metric struct {
	Name    string
	Type    Type
	Help    string    // may be empty
	Labels  []string  // names; sorted in what a [Backend] gets
	Buckets []float64 // of a histogram: upper bounds in seconds or whatever the guest measures; ascending
}

// DurationBuckets returns the bucket bounds, in seconds, of the task duration histogram, which are also those of a
// guest's histogram that names none. They are solti-prometheus's.
func DurationBuckets() []float64 {
	return []float64{0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600}
}

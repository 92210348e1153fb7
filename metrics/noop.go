package metrics

import "time"

// NoOp is the [Backend] of a host that keeps no figures. It has no size and does nothing.
type NoOp struct{}

var _ Backend = NoOp{}

// TaskStarted does nothing.
func (NoOp) TaskStarted(string) {}

// TaskCompleted does nothing.
func (NoOp) TaskCompleted(string, Outcome, time.Duration) {}

// TaskRejected does nothing.
func (NoOp) TaskRejected(string) {}

// RunnerError does nothing.
func (NoOp) RunnerError(string, string) {}

// GuestMetric does nothing.
func (NoOp) GuestMetric(string, *Metric, []string, float64) {}

// GuestDropped does nothing.
func (NoOp) GuestDropped(string, string) {}

package metrics

import (
	"sync/atomic"
	"time"
)

// Contain returns a [Backend] that passes every call on to b until b panics. The panic ends there: nothing reaches b
// from then on, since its state is unknown, and onPanic is told once which method it was and what it panicked with.
// A nil onPanic tells nobody. Calls that were already inside b when another one panicked run to their end.
//
// The rule is solti-metrics's, where a configured backend is disabled by its first panic.
func Contain(b Backend, onPanic func(method string, value any)) Backend {
	return &contained{backend: b, onPanic: onPanic}
}

type contained struct {
	backend  Backend
	onPanic  func(method string, value any)
	disabled atomic.Bool
}

// contain is deferred around each call of the backend.
func (c *contained) contain(method string) {
	value := recover()
	if value == nil || !c.disabled.CompareAndSwap(false, true) {
		return
	}
	if c.onPanic != nil {
		c.onPanic(method, value)
	}
}

func (c *contained) TaskStarted(runner string) {
	if c.disabled.Load() {
		return
	}
	defer c.contain("TaskStarted")
	c.backend.TaskStarted(runner)
}

func (c *contained) TaskCompleted(runner string, outcome Outcome, d time.Duration) {
	if c.disabled.Load() {
		return
	}
	defer c.contain("TaskCompleted")
	c.backend.TaskCompleted(runner, outcome, d)
}

func (c *contained) TaskRejected(reason string) {
	if c.disabled.Load() {
		return
	}
	defer c.contain("TaskRejected")
	c.backend.TaskRejected(reason)
}

func (c *contained) RunnerError(runner, kind string) {
	if c.disabled.Load() {
		return
	}
	defer c.contain("RunnerError")
	c.backend.RunnerError(runner, kind)
}

func (c *contained) GuestMetric(runner string, metric *Metric, labels []string, value float64) {
	if c.disabled.Load() {
		return
	}
	defer c.contain("GuestMetric")
	c.backend.GuestMetric(runner, metric, labels, value)
}

func (c *contained) GuestDropped(runner, reason string) {
	if c.disabled.Load() {
		return
	}
	defer c.contain("GuestDropped")
	c.backend.GuestDropped(runner, reason)
}

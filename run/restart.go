package run

import (
	"fmt"
	"time"

	"github.com/soltihq/soltiwasm/task"
)

// restarts decides what follows an attempt of one task. It is for one goroutine.
type restarts struct {
	spec     *task.Spec
	rand     func() float64
	failures int // in a row
}

// after takes the outcome of an attempt, or of a failed build, and says whether another one follows and after what
// pause. A success ends a row of failures, and the next one's backoff starts anew.
func (p *restarts) after(o task.Outcome) (pause time.Duration, again bool) {
	switch o {
	case task.Success:
		p.failures = 0
		// Instant successes without an interval would keep a core busy.
		return max(p.spec.Restart.Interval, time.Millisecond), p.spec.Restart.Policy == task.RestartAlways
	case task.Failure, task.TimedOut:
		p.failures++
		if p.spec.Restart.Policy == task.RestartNever || p.exhausted() {
			return 0, false
		}
		return backoff(p.spec.Backoff, p.failures-1, p.rand), true
	}
	return 0, false
}

func (p *restarts) exhausted() bool { return p.spec.MaxRetries > 0 && p.failures > p.spec.MaxRetries }

// last is the result of an attempt that no other follows. Where that is for want of retries, its error says so.
func (p *restarts) last(r task.Result) task.Result {
	if te, ok := r.Err.(*task.Error); ok && p.exhausted() {
		r.Err = &task.Error{
			Code: te.Code, Runner: te.Runner, Err: r.Err,
			Message: fmt.Sprintf("%s; gave up after %d of %d retries", te.Message, p.failures-1, p.spec.MaxRetries),
		}
	}
	return r
}

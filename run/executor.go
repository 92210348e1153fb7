package run

import (
	"context"
	"time"

	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/task"
)

// Action carries out one attempt at a task. It ends soon after ctx does. A nil Err is a success.
type Action func(ctx context.Context) Attempt

// Executor makes single attempts. It is safe for concurrent use. Both fields are required.
type Executor struct {
	Metrics metrics.Backend
	Now     func() time.Time
}

// Once makes one attempt under the timeout and counts it, as started and as completed, whatever becomes of it. A panic
// of the action is a failure.
func (x Executor) Once(ctx context.Context, runner string, timeout time.Duration, action Action) task.Result {
	x.Metrics.TaskStarted(runner)
	start := x.Now()
	r := makeAttempt(ctx, runner, timeout, action)
	r.Attempts, r.Duration = 1, x.Now().Sub(start)
	x.Metrics.TaskCompleted(runner, counted(r.Outcome), r.Duration)
	return r
}

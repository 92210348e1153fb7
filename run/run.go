// Package run carries out tasks in time: attempts under a timeout, and what came of them.
package run

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/task"
)

// Action carries out one attempt at a task. It ends soon after ctx does. A nil Err is a success.
type Action func(ctx context.Context) Attempt

// Attempt is what one attempt came to. Err is nil for a success; a *[task.Error] with [task.CodeTaskFatal] is fatal,
// one with [task.CodeTaskTimeout] a timeout, anything else a failure that may be retried.
type Attempt struct {
	ExitCode *int
	Text     string // the result
	Err      error
}

// Executor carries out tasks. It is safe for concurrent use. Both fields are required.
type Executor struct {
	Metrics metrics.Backend
	Now     func() time.Time
}

// Once makes one attempt under the timeout and counts it, as started and as completed, whatever becomes of it. A panic
// of the action is a failure.
func (x Executor) Once(ctx context.Context, runner string, timeout time.Duration, action Action) task.Result {
	x.Metrics.TaskStarted(runner)
	start := x.Now()
	bounded, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	a := contained(bounded, action)
	result := task.Result{Attempts: 1, ExitCode: a.ExitCode, Duration: x.Now().Sub(start), Text: a.Text}
	result.Outcome, result.Err = judge(ctx, bounded, runner, timeout, a.Err)
	x.Metrics.TaskCompleted(runner, counted(result.Outcome), result.Duration)
	return result
}

// contained runs the action and turns a panic into a failure.
func contained(ctx context.Context, action Action) (a Attempt) {
	defer func() {
		if p := recover(); p != nil {
			a = Attempt{Err: fmt.Errorf("the runner panicked: %v", p)}
		}
	}()
	return action(ctx)
}

// judge says what an attempt's error means. Outer is the caller's context, bounded the attempt's.
func judge(outer, bounded context.Context, runner string, timeout time.Duration, err error) (task.Outcome, error) {
	if err == nil {
		return task.Success, nil
	}
	fail := func(code task.Code, message string) error {
		return &task.Error{Code: code, Runner: runner, Message: message, Err: err}
	}
	te, typed := errors.AsType[*task.Error](err)
	switch {
	case outer.Err() != nil:
		return task.Canceled, fail(task.CodeCanceled, "canceled: "+context.Cause(outer).Error())
	case bounded.Err() != nil, typed && (te.Code == task.CodeTaskTimeout || te.Code == task.CodeTimeout):
		return task.TimedOut, fail(task.CodeTaskTimeout, fmt.Sprintf("did not end within the task's timeout of %v", timeout))
	case typed && te.Code == task.CodeTaskFatal:
		return task.Fatal, err
	case typed:
		return task.Failure, err
	}
	return task.Failure, fail(task.CodeTaskFailed, err.Error())
}

// counted is the label of an outcome in the metrics, where a fatal failure counts as a failure.
func counted(o task.Outcome) metrics.Outcome {
	switch o {
	case task.Success:
		return metrics.Success
	case task.Canceled:
		return metrics.Canceled
	case task.TimedOut:
		return metrics.Timeout
	}
	return metrics.Failure
}

package run

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/task"
)

// Attempt is what one attempt came to. Err is nil for a success. A *[task.Error] may say that it is more than a failure
// by its code: [task.CodeTaskFatal] is never retried, [task.CodeTaskTimeout] and [task.CodeTimeout] are timeouts,
// [task.CodeCanceled] ends the task as canceled. Anything else is a failure, which may be retried.
type Attempt struct {
	ExitCode *int
	Text     string // the result
	Dropped  int64  // bytes of output that a limit cut off
	Err      error
}

// errTimeout is why the context of an attempt ended when its time was up.
var errTimeout = errors.New("the task's timeout is over")

// makeAttempt makes one attempt within the timeout and says what it means. The result has neither Attempts nor Duration.
func makeAttempt(ctx context.Context, runner string, timeout time.Duration, do func(context.Context) Attempt) task.Result {
	bounded, cancel := context.WithTimeoutCause(ctx, timeout, errTimeout)
	defer cancel()
	a := contained(bounded, do)
	r := task.Result{ExitCode: a.ExitCode, Text: a.Text, Dropped: a.Dropped}
	r.Outcome, r.Err = judge(bounded, runner, timeout, a.Err)
	return r
}

// contained turns a panic into a failure.
func contained(ctx context.Context, do func(context.Context) Attempt) (a Attempt) {
	defer func() {
		if p := recover(); p != nil {
			a = Attempt{Err: newPanicError(p)}
		}
	}()
	return do(ctx)
}

// judge says what it means that an attempt under ctx ended with err. What ended after its context can't be trusted to be
// whole, even if it says so: a process that is told to stop may well exit with 0.
func judge(ctx context.Context, runner string, timeout time.Duration, err error) (task.Outcome, error) {
	fail := func(code task.Code, message string) error {
		return &task.Error{Code: code, Runner: runner, Message: message, Err: err}
	}
	if cause := context.Cause(ctx); cause == errTimeout {
		return task.TimedOut, fail(task.CodeTaskTimeout, fmt.Sprintf("did not end within the task's timeout of %v", timeout))
	} else if cause != nil {
		return task.Canceled, fail(task.CodeCanceled, "canceled during an attempt: "+cause.Error())
	}
	if err == nil {
		return task.Success, nil
	}
	te := withCode(err, task.CodeTaskFailed, runner)
	switch te.Code {
	case task.CodeTaskFatal:
		return task.Fatal, te
	case task.CodeCanceled:
		return task.Canceled, te
	case task.CodeTaskTimeout:
		return task.TimedOut, te
	case task.CodeTimeout: // of a limit that it names, such as that of the runner's start
		return task.TimedOut, fail(task.CodeTaskTimeout, te.Message)
	}
	return task.Failure, te
}

// withCode returns err itself when it is a *task.Error, and otherwise one around it, with the code of the one that err
// wraps, or else with the given code.
func withCode(err error, code task.Code, runner string) *task.Error {
	if te, ok := err.(*task.Error); ok {
		return te
	}
	if te, ok := errors.AsType[*task.Error](err); ok {
		code = te.Code
	}
	return &task.Error{Code: code, Runner: runner, Message: err.Error(), Err: err}
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

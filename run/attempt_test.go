package run_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/soltihq/soltiwasm/run"
	"github.com/soltihq/soltiwasm/task"
)

func returns(err error) do {
	return func(context.Context, int, run.Output) run.Attempt { return run.Attempt{Err: err} }
}

func TestAttemptOutcomes(t *testing.T) {
	second := func(s *task.Spec) { s.Timeout = time.Second }
	wrapped := fmt.Errorf("starting: %w", &task.Error{Code: task.CodeTaskFatal, Message: "no such file"})
	tests := []struct {
		name    string
		attempt do
		outcome task.Outcome
		code    task.Code
		text    string // the error
	}{
		{"success", ok, task.Success, "", ""},
		{"an error without code", fails, task.Failure, task.CodeTaskFailed, "runner tester: it failed"},
		{"failed", code(task.CodeTaskFailed), task.Failure, task.CodeTaskFailed, "runner tester: said so"},
		{"spawn failed", code(task.CodeSpawnFailed), task.Failure, task.CodeSpawnFailed, "runner tester: said so"},
		{"the guest's fault", code(task.CodeGuestFault), task.Failure, task.CodeGuestFault, "runner tester: said so"},
		{"fatal", code(task.CodeTaskFatal), task.Fatal, task.CodeTaskFatal, "runner tester: said so"},
		{"a wrapped code", returns(wrapped), task.Fatal, task.CodeTaskFatal, "runner tester: starting: no such file"},
		{"canceled by itself", code(task.CodeCanceled), task.Canceled, task.CodeCanceled, "runner tester: said so"},
		{"a timeout of its own", code(task.CodeTaskTimeout), task.TimedOut, task.CodeTaskTimeout, "runner tester: said so"},
		{"a limit", code(task.CodeTimeout), task.TimedOut, task.CodeTaskTimeout, "runner tester: said so"},
		{"another's context", returns(context.Canceled), task.Failure, task.CodeTaskFailed, "runner tester: context canceled"},
		{"timeout", blocks, task.TimedOut, task.CodeTaskTimeout, "runner tester: did not end within the task's timeout of 1s"},
		{"success after the timeout", takes(time.Minute, ok), task.TimedOut, task.CodeTaskTimeout, "runner tester: did not end within the task's timeout of 1s"},
		{"fatal after the timeout", takes(time.Minute, code(task.CodeTaskFatal)), task.TimedOut, task.CodeTaskTimeout, "runner tester: did not end within the task's timeout of 1s"},
		{"panic", func(context.Context, int, run.Output) run.Attempt { panic("boom") }, task.Failure, task.CodeTaskFailed, "runner tester: panicked: boom"},
		{"panic with a code", func(context.Context, int, run.Output) run.Attempt {
			panic(&task.Error{Code: task.CodeTaskFatal, Message: "boom"})
		}, task.Failure, task.CodeTaskFailed, "runner tester: panicked: boom"},
		{"end of the goroutine", func(context.Context, int, run.Output) run.Attempt { runtime.Goexit(); panic("unreachable") },
			task.Failure, task.CodeTaskFailed, "the task ended its goroutine, as runtime.Goexit does"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, run.Config{})
				r := wait(t, b.submit(t, b.job("a", second, test.attempt)))
				expect(t, r, test.outcome, 1, test.code)
				if test.text != "" && r.Err.Error() != test.text {
					t.Errorf("error %q, want %q", r.Err, test.text)
				}
				if got := len(strings.Split(completed(b), ", ")); got != 1 || b.figures.Started(runner) != 1 {
					t.Errorf("counted as:\n%s", b.figures)
				}
				// Whatever happened, the slot is free.
				expect(t, wait(t, b.submit(t, b.job("a", nil, ok))), task.Success, 1, "")
				b.shutdown(t)
			})
		})
	}
}

func TestPanicKeepsItsStack(t *testing.T) {
	b := newBench(t, run.Config{})
	r := wait(t, b.submit(t, b.job("a", nil, panicking)))
	pe, ok := errors.AsType[*run.PanicError](r.Err)
	if !ok || pe.Value != "boom" || !strings.Contains(string(pe.Stack), "panicking") {
		t.Errorf("got %v, want a PanicError with the stack of panicking", r.Err)
	}
}

func panicking(context.Context, int, run.Output) run.Attempt { panic("boom") }

func TestCanceledAttempts(t *testing.T) {
	for name, end := range map[string]error{"with an error": errors.New("stopped"), "as if it were done": nil} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, run.Config{})
				h := b.submit(t, b.job("a", restart(onFailure, 0), func(ctx context.Context, _ int, _ run.Output) run.Attempt {
					<-ctx.Done()
					time.Sleep(time.Second) // its clean-up
					return run.Attempt{Err: end}
				}))
				synctest.Wait()
				h.Cancel()
				h.Cancel()
				r := wait(t, h)
				expect(t, r, task.Canceled, 1, task.CodeCanceled)
				if want := "runner tester: canceled during an attempt: on request"; r.Err.Error() != want || r.Duration != time.Second {
					t.Errorf("error %q after %v, want %q after a second", r.Err, r.Duration, want)
				}
				h.Cancel()
				if got := completed(b); got != "1 canceled" {
					t.Errorf("counted %s", got)
				}
			})
		})
	}
}

// What timed out first and was canceled while it lingered has timed out.
func TestTimeoutBeforeCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, run.Config{})
		h := b.submit(t, b.job("a", func(s *task.Spec) { s.Timeout = time.Second }, takes(time.Minute, ok)))
		time.Sleep(2 * time.Second)
		h.Cancel()
		expect(t, wait(t, h), task.TimedOut, 1, task.CodeTaskTimeout)
	})
}

func TestBuilds(t *testing.T) {
	coded := func(c task.Code) error { return &task.Error{Code: c, Runner: runner, Message: "said so"} }
	tests := []struct {
		name    string
		errs    []error // of the builds, a nil one for a panic; then one succeeds
		outcome task.Outcome
		builds  int
		code    task.Code
	}{
		{"at once", nil, task.Success, 1, ""},
		{"no runner", []error{coded(task.CodeNoRunner)}, task.Fatal, 1, task.CodeNoRunner},
		{"invalid", []error{coded(task.CodeInvalidTaskSpec)}, task.Fatal, 1, task.CodeInvalidTaskSpec},
		{"denied", []error{fmt.Errorf("building: %w", coded(task.CodeDenied))}, task.Fatal, 1, task.CodeDenied},
		{"an unsupported action", []error{coded(task.CodeUnsupportedAction)}, task.Fatal, 1, task.CodeUnsupportedAction},
		{"faults that pass", []error{coded(task.CodeGuestFault), coded(task.CodeTimeout), coded(task.CodeInternal)}, task.Success, 4, ""},
		{"an error without code", []error{errors.New("busy")}, task.Success, 2, ""},
		{"a panic", []error{nil}, task.Success, 2, ""},
		{"retries used up", []error{nil, nil, nil, coded(task.CodeGuestFault)}, task.Failure, 4, task.CodeGuestFault},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, run.Config{})
				job := b.job("a", restart(onFailure, 3), ok)
				build, builds := job.Build, 0
				job.Build = func(ctx context.Context) (run.Built, error) {
					builds++
					if builds > len(test.errs) {
						return build(ctx)
					}
					if err := test.errs[builds-1]; err != nil {
						return run.Built{}, err
					}
					panic("boom")
				}
				r := wait(t, b.submit(t, job))
				attempts := 0
				if test.outcome == task.Success {
					attempts = 1
				}
				expect(t, r, test.outcome, attempts, test.code)
				if builds != test.builds || b.figures.Started(runner) != attempts {
					t.Errorf("%d builds, want %d; figures:\n%s", builds, test.builds, b.figures)
				}
			})
		})
	}
}

func TestBuildOfNothing(t *testing.T) {
	b := newBench(t, run.Config{})
	job := b.job("a", restart(onFailure, 0), nil)
	expect(t, wait(t, b.submit(t, job)), task.Fatal, 0, task.CodeInvalidReply)
}

// A cancellation reaches Build, and a task that was built in spite of it is not begun.
func TestCancelWhileBuilding(t *testing.T) {
	for name, late := range map[string]error{"with an error": errors.New("stopped"), "as if it were done": nil} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, run.Config{})
				job := b.job("a", nil, func(context.Context, int, run.Output) run.Attempt {
					t.Error("an attempt was made")
					return run.Attempt{}
				})
				build, closed := job.Build, 0
				job.Build = func(ctx context.Context) (run.Built, error) {
					<-ctx.Done()
					built, _ := build(ctx)
					built.Close = func() { closed++ }
					return built, late
				}
				h := b.submit(t, job)
				synctest.Wait()
				h.Cancel()
				expect(t, wait(t, h), task.Canceled, 0, task.CodeCanceled)
				if want := map[bool]int{true: 1, false: 0}[late == nil]; closed != want {
					t.Errorf("closed %d times, want %d", closed, want)
				}
			})
		})
	}
}

// What was built is closed once, after the last attempt and before the slot is free, and may do so badly.
func TestClose(t *testing.T) {
	for name, bad := range map[string]func(){"well": func() {}, "panic": func() { panic("boom") }, "exit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, run.Config{})
				var order []string
				job := b.job("a", restart(onFailure, 1), func(context.Context, int, run.Output) run.Attempt {
					order = append(order, "attempt")
					return run.Attempt{Err: errors.New("it failed")}
				})
				build := job.Build
				job.Build = func(ctx context.Context) (run.Built, error) {
					built, err := build(ctx)
					built.Close = func() {
						order = append(order, "close")
						bad()
					}
					return built, err
				}
				h := b.submit(t, job)
				next := b.submit(t, b.job("a", admission(task.Queue), func(context.Context, int, run.Output) run.Attempt {
					order = append(order, "next")
					return run.Attempt{}
				}))
				expect(t, wait(t, h), task.Failure, 2, task.CodeTaskFailed)
				expect(t, wait(t, next), task.Success, 1, "")
				if got := strings.Join(order, " "); got != "attempt attempt close next" {
					t.Errorf("order: %s", got)
				}
			})
		})
	}
}

func TestSubmitRefusesFaultyJobs(t *testing.T) {
	b := newBench(t, run.Config{})
	good := b.job("a", nil, ok)
	for name, job := range map[string]run.Job{
		"no build": {Spec: good.Spec},
		"bad slot": b.job("a/b", nil, ok),
	} {
		h, err := b.Submit(job)
		if te, ok := errors.AsType[*task.Error](err); h != nil || !ok || te.Code != task.CodeInvalidSpec {
			t.Errorf("%s: got %v, %v, want the code invalid_spec", name, h, err)
		}
	}
}

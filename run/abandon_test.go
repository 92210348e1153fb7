package run_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/run"
	"github.com/soltihq/soltiwasm/task"
)

func TestShutdownNamesTheStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		b := newBench(t, run.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
		sub := b.Subscribe(100)
		var late run.Output
		var sink bytes.Buffer
		var closed atomic.Bool
		job := b.job("late", nil, func(_ context.Context, _ int, out run.Output) run.Attempt {
			late = out
			time.Sleep(time.Hour)
			fmt.Fprintln(out.Stdout, "at last")
			return run.Attempt{}
		})
		job.Output.Stdout = &sink
		build := job.Build
		job.Build = func(ctx context.Context) (run.Built, error) {
			built, err := build(ctx)
			built.Close = func() { closed.Store(true) }
			return built, err
		}
		stuck := b.submit(t, job)
		synctest.Wait()
		job = b.job("building", nil, ok)
		inner := job.Build
		job.Build = func(ctx context.Context) (run.Built, error) {
			time.Sleep(time.Hour)
			return inner(ctx)
		}
		building := b.submit(t, job)
		well := b.submit(t, b.job("well", nil, blocks))
		synctest.Wait()

		err := b.Shutdown(t.Context(), 5*time.Second)
		se, typed := errors.AsType[*run.StuckError](err)
		if !typed || se.Grace != 5*time.Second || !slices.Equal(se.Tasks, []string{"building", "tester-late-1"}) {
			t.Fatalf("got %v, want the two by name", err)
		}
		if want := "2 task(s) did not stop within the grace of 5s and were abandoned: building, tester-late-1"; err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
		expect(t, wait(t, well), task.Canceled, 1, task.CodeCanceled)
		expect(t, wait(t, building), task.Canceled, 0, task.CodeCanceled)
		r := wait(t, stuck)
		expect(t, r, task.Canceled, 1, task.CodeCanceled)
		if want := "runner tester: canceled: the supervisor is shutting down; the task did not stop within the grace of 5s and was abandoned"; r.Err.Error() != want {
			t.Errorf("got %q, want %q", r.Err, want)
		}
		if r.Duration != 5*time.Second || closed.Load() {
			t.Errorf("duration %v, closed %v; want 5s, and to be closed later", r.Duration, closed.Load())
		}
		figures, events := b.figures.String(), read(t, sub)
		if got := completed(b); got != "2 canceled" {
			t.Errorf("counted %s", got)
		}

		// When it ends after all, that changes nothing but that it is cleaned up.
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		if again := wait(t, stuck); again != r {
			t.Errorf("the result changed to %+v", again)
		}
		if got := b.figures.String(); got != figures || sink.Len() > 0 || !closed.Load() {
			t.Errorf("figures:\n%s\nbefore:\n%s\nthe sink has %q, closed %v", got, figures, &sink, closed.Load())
		}
		if _, err := late.Stdout.Write(nil); err == nil {
			t.Error("the output is still open")
		}
		if got := strings.Count(log.String(), "an abandoned task has ended after all"); got != 2 {
			t.Errorf("logged:\n%s", &log)
		}
		for _, e := range events[len(events)-3:] {
			if e.Kind != run.EventEnded && e.Kind != run.EventAttemptEnded {
				t.Errorf("unexpected: %s", show(e))
			}
		}
	})
}

// Tasks that end at the very moment at which they are abandoned: each has one result, is counted once, and its end is
// its last event. They have timed out, so that those that end in time would have another turn.
func TestEndAtTheEndOfGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const tasks = 200
		b := newBench(t, run.Config{})
		sub := b.Subscribe(tasks * 10)
		short := func(s *task.Spec) {
			s.Timeout = time.Second
			s.Restart.Policy = onFailure
		}
		handles := make([]*run.Handle, tasks)
		for i := range handles {
			handles[i] = b.submit(t, b.job(fmt.Sprint(i), short, takes(time.Minute, ok)))
		}
		synctest.Wait()
		time.Sleep(30 * time.Second)
		err := b.Shutdown(t.Context(), 30*time.Second)
		synctest.Wait()
		abandoned := 0
		for _, h := range handles {
			r := wait(t, h)
			expect(t, r, task.Canceled, 1, task.CodeCanceled)
			if strings.Contains(r.Err.Error(), "abandoned") {
				abandoned++
			}
		}
		if se, stuck := errors.AsType[*run.StuckError](err); stuck != (abandoned > 0) || stuck && len(se.Tasks) != abandoned {
			t.Errorf("%d were abandoned, and the error is %v", abandoned, err)
		}
		n := 0
		for _, o := range []metrics.Outcome{metrics.Success, metrics.Failure, metrics.Canceled, metrics.Timeout} {
			n += b.figures.Completed(runner, o)
		}
		if n != tasks {
			t.Errorf("%d attempts were counted as ended, want %d", n, tasks)
		}
		ended := map[uint64]bool{}
		for _, e := range read(t, sub) {
			if ended[e.Task] {
				t.Errorf("%s after the end", show(e))
			}
			ended[e.Task] = ended[e.Task] || e.Kind == run.EventEnded
		}
		if len(ended) != tasks {
			t.Errorf("%d tasks have events, want %d", len(ended), tasks)
		}
		t.Logf("%d of %d were abandoned", abandoned, tasks)
	})
}

// hooked tells of an attempt that was counted as ended.
type hooked struct {
	metrics.NoOp
	completed func()
}

func (h hooked) TaskCompleted(string, metrics.Outcome, time.Duration) { h.completed() }

// Between the end of a task by being abandoned and the end of all events, nothing more is told of it. One task is held
// up in its choice of a pause until another one is abandoned, before or after it.
func TestNothingIsToldAfterTheEnd(t *testing.T) {
	for range 10 { // in both orders
		synctest.Test(t, func(t *testing.T) {
			choosing := make(chan struct{})
			var shutting atomic.Bool
			b := &bench{}
			b.Supervisor = run.New(t.Context(), run.Config{
				Rand: func() float64 { <-choosing; return 0 },
				Metrics: hooked{completed: func() {
					if shutting.Load() {
						close(choosing)
						time.Sleep(time.Second)
					}
				}},
			})
			sub := b.Subscribe(100)
			first := b.submit(t, b.job("a", restart(onFailure, 0), fails))
			second := b.submit(t, b.job("b", nil, takes(time.Hour-time.Second, ok)))
			synctest.Wait()
			shutting.Store(true)
			if err := b.Shutdown(t.Context(), time.Minute); err == nil {
				t.Error("nothing was stuck")
			}
			expect(t, wait(t, first), task.Canceled, 1, task.CodeCanceled)
			expect(t, wait(t, second), task.Canceled, 1, task.CodeCanceled)
			last := map[uint64]run.EventKind{}
			for _, e := range read(t, sub) {
				last[e.Task] = e.Kind
			}
			if last[1] != run.EventEnded || last[2] != run.EventEnded {
				t.Errorf("the last events are %v", last)
			}
			time.Sleep(time.Hour)
		})
	}
}

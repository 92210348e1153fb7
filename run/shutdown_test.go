package run_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/run"
	"github.com/soltihq/soltiwasm/task"
)

// The order of the reference: admission, the queues, the tasks, the grace.
func TestShutdownOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, run.Config{MaxParallel: 2})
		var order []string
		owner := b.submit(t, b.job("a", nil, func(ctx context.Context, _ int, _ run.Output) run.Attempt {
			<-ctx.Done()
			if _, err := b.Submit(b.job("z", nil, ok)); !errors.Is(err, run.ShuttingDown) {
				t.Errorf("a submission got %v, want %v", err, run.ShuttingDown)
			}
			order = append(order, "canceled: "+context.Cause(ctx).Error())
			time.Sleep(time.Minute)
			return run.Attempt{}
		}))
		pausing := b.submit(t, b.job("b", restart(onFailure, 0), fails))
		synctest.Wait()
		b.submit(t, b.job("c", nil, blocks))
		synctest.Wait()
		unpermitted := b.submit(t, b.job("d", nil, ok))
		queued := b.submit(t, b.job("a", admission(queue), ok))
		head := b.submit(t, b.job("b", admission(queue), ok))
		sub := b.Subscribe(100)

		begin := time.Now()
		if err := b.Shutdown(t.Context(), time.Hour); err != nil {
			t.Error(err)
		}
		if d := time.Since(begin); d != time.Minute {
			t.Errorf("the shutdown took %v, want 1m", d)
		}
		expect(t, wait(t, owner), task.Canceled, 1, task.CodeCanceled)
		expect(t, wait(t, pausing), task.Canceled, 1, task.CodeCanceled)
		expect(t, wait(t, unpermitted), task.Canceled, 0, task.CodeCanceled)
		for _, h := range []*run.Handle{queued, head} {
			r := wait(t, h)
			expect(t, r, task.Rejected, 0, task.CodeRejected)
			if !errors.Is(r.Err, run.ShuttingDown) {
				t.Errorf("a waiting task got %v, want %v", r.Err, run.ShuttingDown)
			}
		}
		if got := rejections(b); got != "controller_shutting_down 3" {
			t.Errorf("rejections: %s", got)
		}
		for _, e := range read(t, sub)[:2] {
			if e.Kind != run.EventEnded || e.Result.Outcome != task.Rejected {
				t.Errorf("%s comes before a rejection", show(e))
			}
		}
		if want := []string{"canceled: the supervisor is shutting down"}; !slices.Equal(order, want) {
			t.Errorf("order %v, want %v", order, want)
		}
	})
}

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

func TestFirstShutdownWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, run.Config{})
		b.submit(t, b.job("a", nil, takes(time.Hour, ok)))
		synctest.Wait()
		begin := time.Now()
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := b.Shutdown(impatient, time.Minute); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the context's error", err)
		}
		var all sync.WaitGroup
		errs := make([]error, 5)
		for i := range errs {
			all.Go(func() { errs[i] = b.Shutdown(t.Context(), time.Duration(i)) })
		}
		all.Wait()
		if d := time.Since(begin); d != time.Minute {
			t.Errorf("the shutdown took %v, want 1m", d)
		}
		for _, err := range append(errs, b.Shutdown(impatient, 0)) {
			if _, stuck := errors.AsType[*run.StuckError](err); !stuck || err != errs[0] {
				t.Errorf("got %v, want what the others got", err)
			}
		}
		time.Sleep(time.Hour) // the bubble ends when its goroutines have
	})
}

func TestShutdownWithoutGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, run.Config{})
		begin := time.Now()
		h := b.submit(t, b.job("a", nil, takes(time.Second, ok)))
		synctest.Wait()
		if err := b.Shutdown(t.Context(), 0); err == nil || time.Since(begin) != 0 {
			t.Errorf("got %v after %v, want an error at once", err, time.Since(begin))
		}
		expect(t, wait(t, h), task.Canceled, 1, task.CodeCanceled)
		h.Cancel()
		time.Sleep(time.Second) // the bubble ends when its goroutines have
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

func TestShutdownOfNothing(t *testing.T) {
	b := newBench(t, run.Config{})
	b.shutdown(t)
	_, err := b.Submit(b.job("a", nil, ok))
	if te, typed := errors.AsType[*task.Error](err); !typed || te.Code != task.CodeRejected || !errors.Is(err, run.ShuttingDown) {
		t.Errorf("got %v, want %v", err, run.ShuttingDown)
	}
	if want := "not admitted to slot a: the supervisor is shutting down"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}

// The end of the base context ends all tasks, those in queues included, and admission.
func TestBaseContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		s := run.New(ctx, run.Config{})
		b := &bench{Supervisor: s}
		owner := b.submit(t, b.job("a", restart(always, 0), blocks))
		next := b.job("a", admission(queue), ok)
		next.Build = func(context.Context) (run.Built, error) {
			t.Error("a task was built that can't be run")
			return run.Built{}, errors.New("too late")
		}
		queued := b.submit(t, next)
		synctest.Wait()
		cancel(errors.New("the program ends"))
		for i, h := range []*run.Handle{owner, queued} {
			r := wait(t, h)
			expect(t, r, task.Canceled, 1-i, task.CodeCanceled)
			if !strings.Contains(r.Err.Error(), "the program ends") {
				t.Errorf("got %v, want the cause in it", r.Err)
			}
		}
		if _, err := s.Submit(b.job("b", nil, ok)); !errors.Is(err, run.ShuttingDown) {
			t.Errorf("a submission got %v, want %v", err, run.ShuttingDown)
		}
		b.shutdown(t)
	})
}

package run_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

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

package run_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
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

// stormy is one task of the storm, with what was seen of it.
type stormy struct {
	spec     task.Spec
	handle   *run.Handle
	err      error // of Submit
	builds   atomic.Int64
	attempts atomic.Int64
	closes   atomic.Int64
	busy     atomic.Bool
}

// storm hands in tasks with random policies and faults, and cancels some of them.
type storm struct {
	t      *testing.T
	b      *bench
	owners [50]atomic.Pointer[stormy]
	parts  sync.WaitGroup // what attempts start besides
}

// dice is for one goroutine.
func dice(a, b uint64) *rand.Rand { return rand.New(rand.NewPCG(a, b)) }

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

func randomSpec(r *rand.Rand, slot int) task.Spec {
	return task.Spec{
		Slot: fmt.Sprintf("slot-%d", slot), Kind: task.Embedded{},
		Timeout:    time.Duration(1+r.IntN(5)) * time.Second,
		Restart:    task.Restart{Policy: pick(r, never, onFailure, onFailure, always)},
		MaxRetries: 1 + r.IntN(4),
		Admission:  pick(r, drop, replace, queue, queue, queue),
		Backoff: task.Backoff{
			Jitter: pick(r, task.JitterNone, task.JitterFull, task.JitterEqual, task.JitterDecorrelated),
			First:  100 * time.Millisecond, Max: 3 * time.Second, Factor: 2,
		},
	}
}

// attempt does something at random, and holds to the rules of Built.Attempt.
func (s *storm) attempt(x *stormy, slot int, r *rand.Rand) do {
	return func(ctx context.Context, n int, out run.Output) run.Attempt {
		if !x.busy.CompareAndSwap(false, true) {
			s.t.Errorf("%s: two attempts of one task at a time", x.spec.Slot)
		}
		defer x.busy.Store(false)
		if got := x.attempts.Add(1); got != int64(n) {
			s.t.Errorf("%s: attempt %d has the number %d", x.spec.Slot, got, n)
		}
		if s.owners[slot].Load() != x {
			s.t.Errorf("%s: an attempt of a task that is not the owner", x.spec.Slot)
		}
		fmt.Fprintf(out.Stdout, "attempt %d\n", n)
		select {
		case <-time.After(time.Duration(r.IntN(4000)) * time.Millisecond):
		case <-ctx.Done():
			time.Sleep(time.Duration(r.IntN(50)) * time.Millisecond)
		}
		switch r.IntN(10) {
		case 0:
			panic("at random")
		case 1:
			return run.Attempt{Err: &task.Error{Code: task.CodeTaskFatal, Message: "fatal at random"}}
		case 2:
			<-ctx.Done()
			return run.Attempt{Err: context.Cause(ctx)}
		case 3, 4, 5:
			return run.Attempt{Err: errors.New("failed at random")}
		}
		return run.Attempt{Text: "done"}
	}
}

// job takes and gives back its slot in owners, so that two owners at a time are noticed.
func (s *storm) job(x *stormy, slot int, seed uint64) run.Job {
	r := dice(seed, 1)
	return run.Job{Spec: x.spec, Build: func(ctx context.Context) (run.Built, error) {
		if x.builds.Add(1); !s.owners[slot].CompareAndSwap(nil, x) {
			s.t.Errorf("%s: two owners at a time", x.spec.Slot)
		}
		time.Sleep(time.Duration(r.IntN(100)) * time.Millisecond)
		leave := func() { s.owners[slot].CompareAndSwap(x, nil) }
		switch r.IntN(10) {
		case 0:
			leave()
			return run.Built{}, &task.Error{Code: pick(r, task.CodeNoRunner, task.CodeGuestFault), Message: "at random"}
		case 1:
			leave()
			panic("at random")
		}
		return run.Built{
			RunID:   task.RunID{Runner: runner, Slot: x.spec.Slot, Seq: seed},
			Attempt: s.attempt(x, slot, r),
			Close: func() {
				x.closes.Add(1)
				leave()
			},
		}, nil
	}}
}

// submit hands the task in at some time, and perhaps cancels it later.
func (s *storm) submit(x *stormy, slot int, seed uint64) {
	r := dice(seed, 2)
	time.Sleep(time.Duration(r.IntN(60_000)) * time.Millisecond)
	x.handle, x.err = s.b.Submit(s.job(x, slot, seed))
	if x.err == nil && r.IntN(3) == 0 {
		time.Sleep(time.Duration(r.IntN(10_000)) * time.Millisecond)
		x.handle.Cancel()
	}
}

// TestStorm runs 1,000 tasks over 50 slots and shuts down in the midst of them: nothing is lost, nothing run twice, a
// slot has one owner at any time, and every attempt is counted once. The bubble sees to it that no goroutine is left.
func TestStorm(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const tasks = 1000
				s := &storm{t: t, b: newBench(t, run.Config{MaxParallel: 30, MaxQueue: 2})}
				// The last one to end, so that every submission is one while events are told.
				anchor := s.b.submit(t, s.b.job("anchor", nil, func(ctx context.Context, _ int, _ run.Output) run.Attempt {
					<-ctx.Done()
					time.Sleep(time.Minute - time.Second)
					return run.Attempt{}
				}))
				synctest.Wait()
				sub := s.b.Subscribe(1 << 16)
				all := make([]stormy, tasks)
				for i := range all {
					x, id := &all[i], seed*tasks+uint64(i)
					slot := i % len(s.owners)
					x.spec = randomSpec(dice(id, 0), slot)
					s.parts.Go(func() { s.submit(x, slot, id) })
				}
				time.Sleep(55 * time.Second)
				if err := s.b.Shutdown(t.Context(), time.Minute); err != nil {
					t.Error(err)
				}
				s.parts.Wait()
				expect(t, wait(t, anchor), task.Canceled, 1, task.CodeCanceled)
				s.check(all, read(t, sub))
			})
		})
	}
}

// check compares what the tasks saw with their results, the events and the figures.
func (s *storm) check(all []stormy, events []run.Event) {
	outcomes, rejected, attempts := map[task.Outcome]int{}, 0, 0
	for i := range all {
		x := &all[i]
		built := x.closes.Load()
		if built > 1 || built == 0 && x.attempts.Load() > 0 {
			s.t.Errorf("task %d was closed %d times after %d attempts", i, built, x.attempts.Load())
		}
		attempts += int(x.attempts.Load())
		if x.err != nil {
			if te, ok := errors.AsType[*task.Error](x.err); !ok || te.Code != task.CodeRejected || x.builds.Load() > 0 {
				s.t.Errorf("task %d: %v after %d builds", i, x.err, x.builds.Load())
			}
			rejected++
			outcomes[task.Rejected]++
			continue
		}
		r := wait(s.t, x.handle)
		if int64(r.Attempts) != x.attempts.Load() {
			s.t.Errorf("task %d has %d attempts in its result, and made %d", i, r.Attempts, x.attempts.Load())
		}
		if r.Outcome == task.Rejected {
			rejected++
			if x.builds.Load() > 0 {
				s.t.Errorf("task %d was built and rejected", i)
			}
		}
		outcomes[r.Outcome]++
	}
	for i := range s.owners {
		if s.owners[i].Load() != nil {
			s.t.Errorf("slot %d still has an owner", i)
		}
	}
	s.checkFigures(attempts, rejected)
	s.checkEvents(len(all), attempts, outcomes, events)
	for _, o := range []task.Outcome{task.Success, task.Failure, task.Fatal, task.Canceled, task.TimedOut, task.Rejected} {
		if outcomes[o] == 0 {
			s.t.Errorf("no task ended with %s: %v", o, outcomes)
		}
	}
}

func (s *storm) checkFigures(attempts, rejected int) {
	completed, refused := 0, 0
	for _, o := range []metrics.Outcome{metrics.Success, metrics.Failure, metrics.Canceled, metrics.Timeout} {
		completed += s.b.figures.Completed(runner, o)
	}
	for _, why := range []run.Rejection{run.SlotBusy, run.QueueFull, run.Superseded, run.ShuttingDown} {
		n := s.b.figures.Rejected(string(why))
		if n == 0 {
			s.t.Errorf("nothing was rejected as %s", why)
		}
		refused += n
	}
	if started := s.b.figures.Started(runner); started != attempts+1 || completed != attempts+1 || refused != rejected { // with the anchor's
		s.t.Errorf("%d attempts were made, %d counted as started and %d as ended; %d tasks rejected, %d counted",
			attempts, started, completed, rejected, refused)
	}
}

// checkEvents finds each task's events whole and in order.
func (s *storm) checkEvents(tasks, attempts int, outcomes map[task.Outcome]int, events []run.Event) {
	anchor := events[len(events)-2:] // its last two
	events = events[:len(events)-2]
	if anchor[0].Task != 1 || anchor[1].Task != 1 {
		s.t.Errorf("the last events are %s and %s", show(anchor[0]), show(anchor[1]))
	}
	last, count, ended := map[uint64]run.EventKind{}, map[run.EventKind]int{}, map[task.Outcome]int{}
	follows := map[run.EventKind]string{
		run.EventSubmitted:    " ",
		run.EventBuilding:     "submitted backingOff",
		run.EventStarted:      "building backingOff",
		run.EventOutput:       "started",
		run.EventAttemptEnded: "output",
		run.EventBackingOff:   "attemptEnded building",
		run.EventEnded:        "submitted building attemptEnded backingOff",
	}
	for _, e := range events {
		if before := string(last[e.Task]); !strings.Contains(follows[e.Kind], before) || before == "" != (e.Kind == run.EventSubmitted) {
			s.t.Errorf("task %d: %s after %q", e.Task, e.Kind, before)
		}
		last[e.Task] = e.Kind
		count[e.Kind]++
		if e.Kind == run.EventEnded {
			ended[e.Result.Outcome]++
		}
	}
	if count[run.EventSubmitted] != tasks || count[run.EventEnded] != tasks || count[run.EventStarted] != attempts ||
		count[run.EventAttemptEnded] != attempts || fmt.Sprint(ended) != fmt.Sprint(outcomes) {
		s.t.Errorf("%d tasks with %d attempts and outcomes %v have these events: %v, ended %v", tasks, attempts, outcomes, count, ended)
	}
	s.t.Logf("%d attempts, outcomes %v", attempts, outcomes)
}

package run_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/soltihq/soltiwasm/run"
)

// show writes an event as tests compare it.
func show(e run.Event) string {
	s := fmt.Sprintf("%d %s", e.Task, e.Kind)
	switch e.Kind {
	case run.EventStarted:
		s += fmt.Sprintf(" %d %s", e.Attempt, e.RunID)
	case run.EventOutput:
		s += fmt.Sprintf(" %s %q", e.Stream, e.Data)
	case run.EventBackingOff:
		s += fmt.Sprintf(" %v after %s", e.Delay, e.Result.Outcome)
	case run.EventAttemptEnded, run.EventEnded:
		s += fmt.Sprintf(" %s %d %v", e.Result.Outcome, e.Result.Attempts, e.Result.Duration)
		if e.Result.RunID != e.RunID {
			s += fmt.Sprintf(" of %s", e.Result.RunID)
		}
	case run.EventLagged:
		s += fmt.Sprintf(" %d", e.Skipped)
	}
	return s
}

func TestEventsOfATask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, run.Config{})
		sub := b.Subscribe(100)
		begin := time.Now()
		job := b.job("a", restart(onFailure, 2), func(ctx context.Context, n int, out run.Output) run.Attempt {
			time.Sleep(time.Second)
			fmt.Fprintf(out.Stdout, "attempt %d\nand", n)
			fmt.Fprintf(out.Stderr, "oops\n")
			return series(fails, ok)(ctx, n, out)
		})
		build, builds := job.Build, 0
		job.Build = func(ctx context.Context) (run.Built, error) {
			if builds++; builds == 1 {
				return run.Built{}, errors.New("busy")
			}
			return build(ctx)
		}
		h := b.submit(t, job)
		wait(t, h)
		if _, err := b.Submit(run.Job{Spec: job.Spec}); err == nil {
			t.Error("a job without Build was taken")
		}
		b.submit(t, b.job("a", nil, blocks))
		synctest.Wait()
		if _, err := b.Submit(b.job("a", nil, ok)); err == nil {
			t.Error("a second owner was taken")
		}
		b.shutdown(t)
		var got []string
		last := begin
		for _, e := range read(t, sub) {
			got = append(got, show(e))
			if e.Slot != "a" || e.Time.Before(last) {
				t.Errorf("%v: slot %q, time %v", show(e), e.Slot, e.Time)
			}
			last = e.Time
		}
		want := `1 submitted
1 building
1 backingOff 1s after failure
1 building
1 started 1 tester-a-1
1 output stdout "attempt 1\n"
1 output stderr "oops\n"
1 output stdout "and"
1 attemptEnded failure 1 1s
1 backingOff 2s after failure
1 started 2 tester-a-1
1 output stdout "attempt 2\n"
1 output stderr "oops\n"
1 output stdout "and"
1 attemptEnded success 2 1s
1 ended success 2 4s
2 submitted
2 building
2 started 1 tester-a-2
3 submitted
3 ended rejected 0 0s
2 attemptEnded canceled 1 0s
2 ended canceled 1 0s`
		if got := strings.Join(got, "\n"); got != want {
			t.Errorf("got:\n%s\nwant:\n%s", got, want)
		}
		if h.ID() != 1 || h.RunID().String() != "tester-a-1" {
			t.Errorf("the handle has id %d and run id %v", h.ID(), h.RunID())
		}
	})
}

func TestSlowReaderLearnsWhatItMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, run.Config{})
		slow, none := b.Subscribe(3), b.Subscribe(-1)
		h := b.submit(t, b.job("a", nil, func(_ context.Context, _ int, out run.Output) run.Attempt {
			for i := range 10 {
				fmt.Fprintln(out.Stdout, i)
			}
			return run.Attempt{}
		}))
		wait(t, h)
		var got []string
		for range 2 {
			e, err := slow.Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, show(e))
		}
		wait(t, b.submit(t, b.job("b", nil, ok)))
		b.shutdown(t)
		for _, e := range read(t, slow) {
			got = append(got, show(e))
		}
		// The first task has 15 events, of which 3 stay; one is read; the second has 5.
		want := `0 lagged 12
1 output stdout "9\n"
0 lagged 4
2 started 1 tester-b-2
2 attemptEnded success 1 0s
2 ended success 1 0s`
		if got := strings.Join(got, "\n"); got != want {
			t.Errorf("got:\n%s\nwant:\n%s", got, want)
		}
		if all := read(t, none); len(all) != 2 || all[0].Skipped != 19 || all[1].Kind != run.EventEnded {
			t.Errorf("the smallest buffer gave %v", all)
		}
	})
}

func TestNextWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, run.Config{})
		sub := b.Subscribe(1)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := sub.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the context's error", err)
		}
		sub.Close()
		sub.Close()
		b.shutdown(t)
		if _, err := b.Subscribe(1).Next(t.Context()); err != io.EOF {
			t.Errorf("a subscription after the end: %v, want %v", err, io.EOF)
		}
	})
}

// The end reaches a reader that waits for an event.
func TestCloseWakesTheReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, run.Config{})
		sub := b.Subscribe(1)
		var reader sync.WaitGroup
		reader.Go(func() { read(t, sub) })
		synctest.Wait()
		sub.Close()
		reader.Wait()
	})
}

// No event is lost or doubled without being told, whatever comes and goes.
func TestSubscriptionHammer(t *testing.T) {
	b := newBench(t, run.Config{})
	const tasks, lines = 50, 40
	const perTask = 5 + lines // submitted, building, started, attemptEnded, ended
	var readers, writers sync.WaitGroup
	for i := range 4 {
		sub := b.Subscribe(8 << i)
		readers.Go(func() {
			var seen uint64
			for _, e := range read(t, sub) {
				if e.Kind == run.EventLagged {
					seen += e.Skipped
				} else {
					seen++
				}
			}
			if seen != tasks*perTask {
				t.Errorf("a reader got or missed %d events, want %d", seen, tasks*perTask)
			}
		})
	}
	readers.Go(func() {
		for range 100 {
			sub := b.Subscribe(1)
			sub.Close()
			read(t, sub)
		}
	})
	for i := range tasks {
		writers.Go(func() {
			wait(t, b.submit(t, b.job(fmt.Sprint(i), nil, func(_ context.Context, _ int, out run.Output) run.Attempt {
				for range lines {
					fmt.Fprintln(out.Stdout, "line")
				}
				return run.Attempt{}
			})))
		})
	}
	writers.Wait()
	b.shutdown(t)
	readers.Wait()
}

package run_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/soltihq/soltiwasm/run"
	"github.com/soltihq/soltiwasm/task"
)

const (
	never     = task.RestartNever
	onFailure = task.RestartOnFailure
	always    = task.RestartAlways
)

// TestRestarts says when attempts begin, from the submission on, and what becomes of the task.
func TestRestarts(t *testing.T) {
	s := func(list ...float64) (all []time.Duration) {
		for _, seconds := range list {
			all = append(all, time.Duration(seconds*float64(time.Second)))
		}
		return all
	}
	hourly := func(s *task.Spec) { s.Restart = task.Restart{Policy: always, Interval: time.Hour} }
	slow := takes(time.Second, fails)
	tests := []struct {
		name    string
		edit    func(*task.Spec)
		attempt do
		starts  []time.Duration
		outcome task.Outcome
		code    task.Code
		figures string // how attempts were counted
	}{
		{"never, success", restart(never, 0), ok, s(0), task.Success, "", "1 success"},
		{"never, failure", restart(never, 5), fails, s(0), task.Failure, task.CodeTaskFailed, "1 failure"},
		{"on failure, success", restart(onFailure, 0), ok, s(0), task.Success, "", "1 success"},
		{"on failure, success in the end", restart(onFailure, 0), series(fails, fails, fails, fails, fails, fails, ok),
			s(0, 1, 3, 7, 15, 25, 35), task.Success, "", "6 failure, 1 success"},
		{"pauses begin at an attempt's end", restart(onFailure, 2), slow, s(0, 2, 5), task.Failure, task.CodeTaskFailed, "3 failure"},
		{"retries are used up", restart(onFailure, 1), fails, s(0, 1), task.Failure, task.CodeTaskFailed, "2 failure"},
		{"fatal", restart(onFailure, 0), series(fails, code(task.CodeTaskFatal)), s(0, 1), task.Fatal, task.CodeTaskFatal, "2 failure"},
		{"fatal under always", restart(always, 0), series(ok, code(task.CodeTaskFatal)), s(0, .001), task.Fatal, task.CodeTaskFatal, "1 failure, 1 success"},
		{"canceled by itself", restart(always, 0), code(task.CodeCanceled), s(0), task.Canceled, task.CodeCanceled, "1 canceled"},
		{"timeouts are retried", restart(onFailure, 2), blocks, s(0, 3601, 7203), task.TimedOut, task.CodeTaskTimeout, "3 timeout"},
		{"a success ends the streak", restart(always, 2), series(fails, fails, ok, fails, fails, ok, fails, fails, fails),
			s(0, 1, 3, 3.001, 4.001, 6.001, 6.002, 7.002, 9.002), task.Failure, task.CodeTaskFailed, "7 failure, 2 success"},
		{"interval after success, backoff after failure", hourly, series(ok, fails, ok, code(task.CodeTaskFatal)),
			s(0, 3600, 3601, 7201), task.Fatal, task.CodeTaskFatal, "2 failure, 2 success"},
		{"panics are retried", restart(onFailure, 1), func(context.Context, int, run.Output) run.Attempt { panic("boom") },
			s(0, 1), task.Failure, task.CodeTaskFailed, "2 failure"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, run.Config{})
				begin := time.Now()
				var starts []time.Duration
				h := b.submit(t, b.job("a", test.edit, func(ctx context.Context, n int, out run.Output) run.Attempt {
					starts = append(starts, time.Since(begin))
					if n != len(starts) {
						t.Errorf("attempt %d has the number %d", len(starts), n)
					}
					return test.attempt(ctx, n, out)
				}))
				r := wait(t, h)
				expect(t, r, test.outcome, len(test.starts), test.code)
				if !slices.Equal(starts, test.starts) {
					t.Errorf("attempts began at %v, want %v", starts, test.starts)
				}
				if want := time.Since(begin); r.Duration != want {
					t.Errorf("duration %v, want %v", r.Duration, want)
				}
				if got := completed(b); got != test.figures {
					t.Errorf("counted %s, want %s", got, test.figures)
				}
				if got := b.figures.Started(runner); got != len(test.starts) {
					t.Errorf("%d attempts were counted as started, want %d", got, len(test.starts))
				}
			})
		})
	}
}

// completed shows the attempts that were counted as ended: "2 failure, 1 success".
func completed(b *bench) string {
	var parts []string
	for line := range strings.Lines(b.figures.String()) {
		if words := strings.Fields(line); words[0] == "completed" && words[1] == runner {
			parts = append(parts, words[3]+" "+words[2])
		}
	}
	return strings.Join(parts, ", ")
}

func TestExhaustedRetriesAreNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, run.Config{})
		r := wait(t, b.submit(t, b.job("a", restart(onFailure, 3), func(context.Context, int, run.Output) run.Attempt {
			exit := 7
			return run.Attempt{ExitCode: &exit, Text: "said", Err: &task.Error{Code: task.CodeSpawnFailed, Runner: runner, Message: "no such file"}}
		})))
		expect(t, r, task.Failure, 4, task.CodeSpawnFailed)
		if want := "runner tester: no such file; gave up after 3 of 3 retries"; r.Err.Error() != want {
			t.Errorf("error %q, want %q", r.Err, want)
		}
		if r.ExitCode == nil || *r.ExitCode != 7 || r.Text != "said" {
			t.Errorf("exit code %v and text %q, want the last attempt's", r.ExitCode, r.Text)
		}
	})
}

// Ten days of a task that runs every minute and fails every tenth time, and then is canceled in a pause.
func TestAlwaysRunsUntilCanceled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, run.Config{})
		const days = 10
		minutely := func(s *task.Spec) { s.Restart = task.Restart{Policy: always, Interval: time.Minute} }
		h := b.submit(t, b.job("a", minutely, func(ctx context.Context, n int, out run.Output) run.Attempt {
			if n%10 == 0 {
				return fails(ctx, n, out)
			}
			a := ok(ctx, n, out)
			a.ExitCode = &n
			return a
		}))
		time.Sleep(days*24*time.Hour + 30*time.Second)
		h.Cancel()
		// Ten attempts take nine intervals and one backoff of a second.
		const round = 9*time.Minute + time.Second
		whole, rest := int(days*24*time.Hour/round), days*24*time.Hour%round
		want := whole*10 + int(rest/time.Minute) + 1
		r := wait(t, h)
		expect(t, r, task.Canceled, want, task.CodeCanceled)
		if want := "runner tester: canceled between two attempts: on request"; r.Err.Error() != want {
			t.Errorf("error %q, want %q", r.Err, want)
		}
		if r.ExitCode == nil || *r.ExitCode != want {
			t.Errorf("exit code %v, want that of the last attempt, %d", r.ExitCode, want)
		}
	})
}

func TestPausesAndPermitsAreInterruptible(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, run.Config{MaxParallel: 1})
		holder := b.submit(t, b.job("a", nil, blocks))
		synctest.Wait()
		waiting := b.submit(t, b.job("b", nil, ok))
		synctest.Wait()
		begin := time.Now()
		waiting.Cancel()
		expect(t, wait(t, waiting), task.Canceled, 0, task.CodeCanceled)
		holder.Cancel()
		expect(t, wait(t, holder), task.Canceled, 1, task.CodeCanceled)

		pausing := b.submit(t, b.job("c", restart(onFailure, 0), fails))
		synctest.Wait()
		pausing.Cancel()
		expect(t, wait(t, pausing), task.Canceled, 1, task.CodeCanceled)
		if d := time.Since(begin); d != 0 {
			t.Errorf("canceling took %v", d)
		}
	})
}

// A permit is held for attempts alone: while tasks pause, others work.
func TestMaxParallel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, run.Config{MaxParallel: 2})
		var working, most, ended int
		gate := make(chan struct{}, 1) // a lock for the three
		count := func(by int) {
			gate <- struct{}{}
			working += by
			most = max(most, working)
			<-gate
		}
		begin := time.Now()
		var handles []*run.Handle
		for _, slot := range strings.Split("a b c d e f", " ") {
			handles = append(handles, b.submit(t, b.job(slot, restart(onFailure, 0), func(ctx context.Context, n int, out run.Output) run.Attempt {
				count(1)
				defer count(-1)
				return takes(time.Second, series(fails, ok))(ctx, n, out)
			})))
		}
		for _, h := range handles {
			expect(t, wait(t, h), task.Success, 2, "")
			ended++
		}
		if most != 2 || ended != 6 {
			t.Errorf("%d worked at a time and %d ended, want 2 and 6", most, ended)
		}
		// Twelve attempts of a second, two at a time, and every pause while others work.
		if d := time.Since(begin); d != 6*time.Second {
			t.Errorf("all took %v, want 6s", d)
		}
	})
}

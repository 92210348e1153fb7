package run_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/soltihq/soltiwasm/run"
	"github.com/soltihq/soltiwasm/task"
)

const (
	drop    = task.DropIfRunning
	replace = task.Replace
	queue   = task.Queue
)

// TestAdmission hands in one task a second, from the owner on, each named by its place. All take ten seconds and go when
// they are told to.
func TestAdmission(t *testing.T) {
	tests := []struct {
		name     string
		policies []task.Admission
		order    string // who ran, and from when
		ended    string // the outcomes, in the order of submission
		rejected string // by reason
	}{
		{"drop", []task.Admission{drop, drop, drop}, "0@0s", "success rejected rejected", "slot_busy 2"},
		{"drop is judged by the newcomer's policy", []task.Admission{replace, drop}, "0@0s", "success rejected", "slot_busy 1"},
		{"queue", []task.Admission{drop, queue, queue}, "0@0s 1@10s 2@20s", "success success success", ""},
		{"full queue", []task.Admission{queue, queue, queue, queue, queue}, "0@0s 1@10s 2@20s 3@30s",
			"success success success success rejected", "queue_full 1"},
		{"replace", []task.Admission{drop, replace}, "0@0s 1@1s", "canceled success", ""},
		{"replace again and again", []task.Admission{replace, replace, replace}, "0@0s 1@1s 2@2s", "canceled canceled success", ""},
		{"replace goes first", []task.Admission{drop, queue, queue, replace}, "0@0s 3@3s 2@13s",
			"canceled rejected success success", "superseded_by_replace 1"},
		{"replace needs no place", []task.Admission{drop, queue, queue, queue, replace}, "0@0s 4@4s 2@14s 3@24s",
			"canceled rejected success success success", "superseded_by_replace 1"},
		{"drop behind a queue", []task.Admission{drop, queue, drop}, "0@0s 1@10s", "success success rejected", "slot_busy 1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, run.Config{MaxQueue: 3})
				begin := time.Now()
				var order, ended []string
				var handles []*run.Handle
				for i, policy := range test.policies {
					h, err := b.Submit(b.job("a", admission(policy), func(ctx context.Context, _ int, _ run.Output) run.Attempt {
						order = append(order, fmt.Sprintf("%d@%v", i, time.Since(begin)))
						select {
						case <-time.After(10 * time.Second):
						case <-ctx.Done():
						}
						return run.Attempt{}
					}))
					if te, typed := errors.AsType[*task.Error](err); err != nil && (!typed || te.Code != task.CodeRejected) {
						t.Errorf("task %d: %v, want the code rejected", i, err)
					}
					handles = append(handles, h)
					time.Sleep(time.Second)
				}
				for _, h := range handles {
					if h == nil {
						ended = append(ended, "rejected")
						continue
					}
					ended = append(ended, string(wait(t, h).Outcome))
				}
				if got := strings.Join(order, " "); got != test.order {
					t.Errorf("ran %s, want %s", got, test.order)
				}
				if got := strings.Join(ended, " "); got != test.ended {
					t.Errorf("outcomes %s, want %s", got, test.ended)
				}
				if got := rejections(b); got != test.rejected {
					t.Errorf("rejections %q, want %q", got, test.rejected)
				}
			})
		})
	}
}

// rejections shows the tasks that were counted as rejected: "queue_full 1, slot_busy 2".
func rejections(b *bench) string {
	var parts []string
	for line := range strings.Lines(b.figures.String()) {
		if rest, found := strings.CutPrefix(line, "rejected "); found {
			parts = append(parts, strings.TrimSpace(rest))
		}
	}
	return strings.Join(parts, ", ")
}

// A replaced owner that takes its time is asked once and keeps the slot; those who wish to replace it replace each other.
func TestReplaceWaitsForTheOwner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, run.Config{})
		begin := time.Now()
		stubborn := b.submit(t, b.job("a", nil, takes(time.Hour, ok)))
		synctest.Wait()
		var freed time.Duration
		first := b.submit(t, b.job("a", admission(replace), ok))
		second := b.submit(t, b.job("a", admission(replace), func(context.Context, int, run.Output) run.Attempt {
			freed = time.Since(begin)
			return run.Attempt{}
		}))
		r := wait(t, first)
		expect(t, r, task.Rejected, 0, task.CodeRejected)
		if !errors.Is(r.Err, run.Superseded) || time.Since(begin) != 0 {
			t.Errorf("the first one got %v after %v, want %v at once", r.Err, time.Since(begin), run.Superseded)
		}
		r = wait(t, stubborn)
		expect(t, r, task.Canceled, 1, task.CodeCanceled)
		if want := "runner tester: canceled during an attempt: a newer task replaces it in its slot"; r.Err.Error() != want {
			t.Errorf("the owner got %q, want %q", r.Err, want)
		}
		expect(t, wait(t, second), task.Success, 1, "")
		if freed != time.Hour {
			t.Errorf("the slot was free after %v, want 1h", freed)
		}
	})
}

// A task keeps its slot while it pauses, and a replacement ends the pause.
func TestSlotIsKeptBetweenAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, run.Config{})
		owner := b.submit(t, b.job("a", restart(onFailure, 0), fails))
		synctest.Wait()
		if _, err := b.Submit(b.job("a", nil, ok)); !errors.Is(err, run.SlotBusy) {
			t.Errorf("got %v, want %v", err, run.SlotBusy)
		}
		next := b.submit(t, b.job("a", admission(replace), ok))
		expect(t, wait(t, owner), task.Canceled, 1, task.CodeCanceled)
		expect(t, wait(t, next), task.Success, 1, "")
	})
}

func TestNoQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, run.Config{MaxQueue: -1})
		owner := b.submit(t, b.job("a", admission(queue), blocks))
		synctest.Wait()
		if _, err := b.Submit(b.job("a", admission(queue), ok)); !errors.Is(err, run.QueueFull) {
			t.Errorf("got %v, want %v", err, run.QueueFull)
		}
		next := b.submit(t, b.job("a", admission(replace), ok))
		expect(t, wait(t, owner), task.Canceled, 1, task.CodeCanceled)
		expect(t, wait(t, next), task.Success, 1, "")
	})
}

func TestDefaultQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, run.Config{})
		b.submit(t, b.job("a", nil, blocks))
		for range run.DefaultMaxQueue {
			b.submit(t, b.job("a", admission(queue), ok))
		}
		if _, err := b.Submit(b.job("a", admission(queue), ok)); !errors.Is(err, run.QueueFull) {
			t.Errorf("got %v, want %v", err, run.QueueFull)
		}
		b.shutdown(t)
	})
}

// Slots know nothing of each other.
func TestSlotsSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, run.Config{})
		begin := time.Now()
		var handles []*run.Handle
		for i := range 20 {
			handles = append(handles, b.submit(t, b.job(fmt.Sprint(i), nil, takes(time.Minute, ok))))
		}
		for _, h := range handles {
			expect(t, wait(t, h), task.Success, 1, "")
		}
		if d := time.Since(begin); d != time.Minute {
			t.Errorf("all took %v, want 1m", d)
		}
	})
}

// Who leaves the queue frees a place in it, and those behind move up.
func TestCancelInTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, run.Config{MaxQueue: 2})
		owner := b.submit(t, b.job("a", nil, takes(time.Second, ok)))
		leaver := b.submit(t, b.job("a", admission(queue), ok))
		var order []string
		note := func(name string) do {
			return func(context.Context, int, run.Output) run.Attempt {
				order = append(order, name)
				return run.Attempt{}
			}
		}
		second := b.submit(t, b.job("a", admission(queue), note("second")))
		leaver.Cancel()
		leaver.Cancel()
		r := wait(t, leaver)
		expect(t, r, task.Canceled, 0, task.CodeCanceled)
		if want := "canceled while it waited for its slot: on request"; r.Err.Error() != want || r.Duration != 0 {
			t.Errorf("got %q after %v, want %q after nothing", r.Err, r.Duration, want)
		}
		third := b.submit(t, b.job("a", admission(queue), note("third")))
		for _, h := range []*run.Handle{owner, second, third} {
			expect(t, wait(t, h), task.Success, 1, "")
		}
		if want := []string{"second", "third"}; !slices.Equal(order, want) {
			t.Errorf("order %v, want %v", order, want)
		}
	})
}

// Who has waited for a task's end finds the slot free.
func TestSlotIsFreeAfterWait(t *testing.T) {
	b := newBench(t, run.Config{})
	for range 1000 {
		expect(t, wait(t, b.submit(t, b.job("a", nil, ok))), task.Success, 1, "")
	}
}

// A dropped waiter leaves the task alone.
func TestWaitIsNotTheTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, run.Config{})
		h := b.submit(t, b.job("a", nil, takes(time.Minute+time.Second, ok)))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := h.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the context's error", err)
		}
		expect(t, wait(t, h), task.Success, 1, "")
		if _, err := h.Wait(ctx); err != nil {
			t.Errorf("a result that is there was not given: %v", err)
		}
	})
}

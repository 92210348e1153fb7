package run_test

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/run"
	"github.com/soltihq/soltiwasm/task"
)

// runner is the name of the runner in all tests.
const runner = "tester"

// do is what an attempt does.
type do = func(ctx context.Context, n int, out run.Output) run.Attempt

// bench is a supervisor with the figures that it gave.
type bench struct {
	*run.Supervisor
	figures *metrics.Memory
	seq     atomic.Uint64
}

func newBench(t testing.TB, config run.Config) *bench {
	b := &bench{figures: metrics.NewMemory()}
	config.Metrics = b.figures
	b.Supervisor = run.New(t.Context(), config)
	return b
}

// job makes a job for the slot, without backoff's spread and with a timeout of an hour, as far as edit does not say
// otherwise.
func (b *bench) job(slot string, edit func(*task.Spec), attempt do) run.Job {
	spec := task.Spec{
		Slot: slot, Kind: task.Embedded{}, Timeout: time.Hour,
		Backoff: task.Backoff{Jitter: task.JitterNone, First: time.Second, Max: 10 * time.Second, Factor: 2},
	}
	if edit != nil {
		edit(&spec)
	}
	return run.Job{Spec: spec, Build: func(context.Context) (run.Built, error) {
		return run.Built{RunID: task.RunID{Runner: runner, Slot: slot, Seq: b.seq.Add(1)}, Attempt: attempt}, nil
	}}
}

func (b *bench) submit(t testing.TB, job run.Job) *run.Handle {
	t.Helper()
	h, err := b.Submit(job)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// shutdown ends the supervisor and expects nothing to be stuck.
func (b *bench) shutdown(t testing.TB) {
	t.Helper()
	if err := b.Shutdown(t.Context(), time.Minute); err != nil {
		t.Error(err)
	}
}

func wait(t testing.TB, h *run.Handle) task.Result {
	t.Helper()
	r, err := h.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// expect compares what most tests look at. A code of "" means no error.
func expect(t testing.TB, r task.Result, outcome task.Outcome, attempts int, code task.Code) {
	t.Helper()
	got := task.Code("")
	if te, ok := errors.AsType[*task.Error](r.Err); ok {
		got = te.Code
	}
	if r.Outcome != outcome || r.Attempts != attempts || got != code || (code == "") != (r.Err == nil) {
		t.Errorf("got %s after %d attempts with code %q (%v), want %s after %d with %q",
			r.Outcome, r.Attempts, got, r.Err, outcome, attempts, code)
	}
}

// ok and fails are attempts that end at once.
func ok(context.Context, int, run.Output) run.Attempt { return run.Attempt{Text: "fine"} }

func fails(context.Context, int, run.Output) run.Attempt {
	return run.Attempt{Err: errors.New("it failed")}
}

// blocks ends when it is told to.
func blocks(ctx context.Context, _ int, _ run.Output) run.Attempt {
	<-ctx.Done()
	return run.Attempt{Err: ctx.Err()}
}

// takes makes an attempt that takes d, whatever its context says.
func takes(d time.Duration, then do) do {
	return func(ctx context.Context, n int, out run.Output) run.Attempt {
		time.Sleep(d)
		return then(ctx, n, out)
	}
}

// series makes an attempt of several: each does what the one at its place says, and all that follow as the last one.
func series(all ...do) do {
	return func(ctx context.Context, n int, out run.Output) run.Attempt {
		return all[min(n, len(all))-1](ctx, n, out)
	}
}

func code(c task.Code) do {
	return func(context.Context, int, run.Output) run.Attempt {
		return run.Attempt{Err: &task.Error{Code: c, Runner: runner, Message: "said so"}}
	}
}

func restart(p task.RestartPolicy, retries int) func(*task.Spec) {
	return func(s *task.Spec) { s.Restart.Policy, s.MaxRetries = p, retries }
}

func admission(a task.Admission) func(*task.Spec) {
	return func(s *task.Spec) { s.Admission = a }
}

// read returns all events up to the end of the subscription.
func read(t testing.TB, sub *run.Subscription) (all []run.Event) {
	t.Helper()
	for {
		e, err := sub.Next(t.Context())
		if err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
}

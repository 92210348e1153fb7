package run

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/soltihq/soltiwasm/task"
)

// Why a task's context ended, where it wasn't the base context.
var (
	errCanceled = errors.New("on request")
	errReplaced = errors.New("a newer task replaces it in its slot")
	errShutdown = errors.New("the supervisor is shutting down")
)

// Handle is a job that was admitted. It is safe for concurrent use, and may be dropped: the job goes on.
type Handle struct {
	s      *Supervisor
	id     uint64
	job    Job
	ctx    context.Context
	cancel context.CancelCauseFunc
	done   chan struct{} // closed when the result is there

	mu       sync.Mutex // taken after Supervisor.mu and before any Subscription.mu
	built    Built      // written by the task's goroutine alone
	attempts int
	running  bool // an attempt
	output   *output
	first    time.Time // when the first attempt began
	begun    time.Time // when the last one did
	last     time.Time // when it ended
	result   task.Result
	settled  bool
}

// ID is the number of the submission, from 1, as events show it.
func (h *Handle) ID() uint64 { return h.id }

// RunID names the built task. It is zero before Build has succeeded.
func (h *Handle) RunID() task.RunID {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.built.RunID
}

// Wait returns how the task ended. The error is only ever that of ctx, whose end leaves the task alone.
//
// A task that ended without a single attempt has Attempts 0: it was rejected, it was canceled before, or it could not
// be built, with what Build said as its error, which is of outcome fatal where it was final and failure otherwise. The
// result of a task that has used up its retries is that of the last attempt.
func (h *Handle) Wait(ctx context.Context) (task.Result, error) {
	if err := await(ctx, h.done); err != nil {
		return task.Result{}, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.result, nil
}

// await waits for done or the end of ctx, and says why it ended if done hadn't come before.
func await(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	default:
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Cancel ends the task and doesn't wait: one that waits for its slot leaves the queue at once, one at work is told
// by its context. Its outcome is then canceled. After the task's end Cancel does nothing.
func (h *Handle) Cancel() {
	h.cancel(errCanceled)
	if h.s.withdraw(h) {
		h.settle(h.canceled("while it waited for its slot"))
		close(h.done)
	}
}

// canceled is the result of a task whose context ended while no attempt was running.
func (h *Handle) canceled(when string) task.Result {
	return task.Result{Outcome: task.Canceled, Err: &task.Error{
		Code: task.CodeCanceled, Runner: h.built.RunID.Runner,
		Message: fmt.Sprintf("canceled %s: %v", when, context.Cause(h.ctx)), Err: context.Cause(h.ctx),
	}}
}

// settle fixes the result and tells. It is false when that was done before, which is so for an abandoned task.
func (h *Handle) settle(r task.Result) bool {
	defer h.cancel(context.Canceled) // frees what the context holds
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.settled {
		return false
	}
	if h.running {
		h.output.cut()
		h.end(r)
	}
	r.RunID, r.Attempts, r.Duration = h.built.RunID, h.attempts, h.last.Sub(h.first)
	h.result, h.settled = r, true
	h.tell(Event{Kind: EventEnded, Result: r})
	return true
}

// abandon settles a task that didn't stop, and says whether there was a need to. Its goroutine keeps the slot.
func (h *Handle) abandon(grace time.Duration) bool {
	if !h.settle(task.Result{Outcome: task.Canceled, Err: &task.Error{
		Code: task.CodeCanceled, Runner: h.RunID().Runner, Err: errShutdown,
		Message: fmt.Sprintf("canceled: %v; the task did not stop within the grace of %v and was abandoned", errShutdown, grace),
	}}) {
		return false
	}
	close(h.done)
	return true
}

// name is how people know the task.
func (h *Handle) name() string {
	if id := h.RunID(); id != (task.RunID{}) {
		return id.String()
	}
	return h.job.Spec.Slot
}

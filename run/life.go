package run

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/soltihq/soltiwasm/task"
)

// run is the goroutine of a task that owns its slot.
func (h *Handle) run() {
	r := task.Result{Outcome: task.Failure, Err: &task.Error{
		Code: task.CodeTaskFailed, Message: "the task ended its goroutine, as runtime.Goexit does",
	}}
	defer func() { h.leave(r) }()
	r = h.carryOut()
}

// leave closes what was built, settles the task and frees its slot, whatever Close does.
func (h *Handle) leave(r task.Result) {
	defer func() {
		if !h.settle(r) {
			h.s.config.Logger.Warn("an abandoned task has ended after all", "task", h.name())
			return // nobody can have its slot after the shutdown
		}
		h.s.release(h)
	}()
	defer func() {
		if p := recover(); p != nil {
			h.s.config.Logger.Error("closing a task panicked", "task", h.name(), "panic", p, "stack", string(debug.Stack()))
		}
	}()
	if h.built.Close != nil {
		h.built.Close()
	}
}

// carryOut makes attempts for as long as the spec wants them.
func (h *Handle) carryOut() task.Result {
	p := restarts{spec: &h.job.Spec, rand: h.s.config.Rand}
	for {
		r := h.turn()
		pause, again := p.after(r.Outcome)
		if !again {
			return p.last(r)
		}
		h.emit(Event{Kind: EventBackingOff, Delay: pause, Result: r})
		if !sleep(h.ctx, pause) {
			end := h.canceled("between two attempts")
			end.ExitCode, end.Dropped = r.ExitCode, r.Dropped // those of the last attempt
			return end
		}
	}
}

// turn makes one attempt, after building the task if there is none yet. It holds a permit meanwhile.
func (h *Handle) turn() task.Result {
	if !h.s.enter(h.ctx) {
		return h.canceled("before it had its turn")
	}
	defer h.s.exit()
	if h.built.Attempt == nil {
		if err := h.build(); err != nil {
			return h.unbuilt(err)
		}
	}
	n, out := h.begin()
	if out == nil {
		return h.canceled("before its attempt")
	}
	r := makeAttempt(h.ctx, h.built.RunID.Runner, h.job.Spec.Timeout, func(ctx context.Context) Attempt {
		defer out.close()
		return h.built.Attempt(ctx, n, out.writers())
	})
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.settled {
		return r
	}
	return h.end(r)
}

// build has the job build its task.
func (h *Handle) build() (err error) {
	h.emit(Event{Kind: EventBuilding})
	defer func() {
		if p := recover(); p != nil {
			err = newPanicError(p)
		}
	}()
	b, err := h.job.Build(h.ctx)
	if err != nil {
		return err
	}
	if b.Attempt == nil {
		return &task.Error{Code: task.CodeInvalidReply, Runner: b.RunID.Runner, Message: "Build returned a task without Attempt"}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.built = b
	return nil
}

// unbuilt says what a failed build means.
func (h *Handle) unbuilt(err error) task.Result {
	if h.ctx.Err() != nil {
		return h.canceled("while it was built")
	}
	te := withCode(err, task.CodeInternal, "")
	switch te.Code {
	case task.CodeInternal, task.CodeGuestFault, task.CodeTimeout:
		return task.Result{Outcome: task.Failure, Err: te}
	}
	return task.Result{Outcome: task.Fatal, Err: te}
}

// begin counts an attempt that begins now. Without an output it must not: the task was canceled.
func (h *Handle) begin() (n int, out *output) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ctx.Err() != nil { // which is so for every abandoned task
		return 0, nil
	}
	h.begun = h.s.config.Now()
	if h.attempts == 0 {
		h.first = h.begun
	}
	h.attempts++
	h.running, h.output = true, newOutput(h)
	h.s.config.Metrics.TaskStarted(h.built.RunID.Runner)
	h.tell(Event{Kind: EventStarted})
	return h.attempts, h.output
}

// end counts the attempt that runs as ended, and adds to its result what it doesn't know itself. H.mu is held.
func (h *Handle) end(r task.Result) task.Result {
	h.running, h.last = false, h.s.config.Now()
	r.RunID, r.Attempts, r.Duration = h.built.RunID, h.attempts, h.last.Sub(h.begun)
	h.s.config.Metrics.TaskCompleted(h.built.RunID.Runner, counted(r.Outcome), r.Duration)
	h.tell(Event{Kind: EventAttemptEnded, Result: r})
	return r
}

// sleep is false when ctx ended before d was over.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// PanicError is a panic of a job's function, which became its failure.
type PanicError struct {
	Value any
	Stack []byte // of the goroutine that panicked
}

func newPanicError(value any) *PanicError { return &PanicError{Value: value, Stack: debug.Stack()} }

// Error shows the value, without the stack.
func (e *PanicError) Error() string { return fmt.Sprintf("panicked: %v", e.Value) }

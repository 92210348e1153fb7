package cli

import (
	"context"
	"errors"
	"slices"
	"sync"
	"syscall"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/task"
	"github.com/soltihq/soltiwasm/taskfile"
)

// tasks are the documents of one run on their way to their ends.
type tasks struct {
	app    *app
	host   *soltiwasm.Host // nil if no document is a spec
	flags  *runFlags
	base   context.Context // which does not end
	follow *follower
	ends   chan end // has room for all

	// Nothing is written under mu: the end of the tasks waits for nobody who reads.
	mu      sync.Mutex
	handles []*soltiwasm.Handle
	stopped bool
	broken  error // of the first write that failed
	closing sync.WaitGroup
}

// end is what became of one document.
type end struct {
	index int
	row   *runRow
	sink  *sink // nil if it was no spec
	code  int
}

// errStopped is why a document is not submitted any more.
var errStopped = errors.New("canceled before it was submitted")

// carryOut runs the documents to their ends and prints their rows.
func (a *app) carryOut(ctx context.Context, host *soltiwasm.Host, items []taskfile.Item, f *runFlags) error {
	rows := a.console.stdout()
	if a.flags.format == "" {
		rows = a.console.stderr()
	}
	out := a.outputTo(rows, "SOURCE", "SLOT", "RUNNER", "RUN ID", "OUTCOME", "ATTEMPTS", "EXIT", "TIME")
	t := &tasks{app: a, host: host, flags: f, base: context.WithoutCancel(ctx), ends: make(chan end, len(items))}
	t.follow = a.newFollower(t, out)
	defer t.follow.close()
	defer t.closing.Wait()
	a.tasksEndIn.Store(int64(f.killGrace + settle))
	defer context.AfterFunc(ctx, t.stop)()
	for i, item := range items {
		t.submit(ctx, i, item)
	}
	err := t.collect(ctx, len(items), out)
	t.mu.Lock()
	broken := t.broken
	t.mu.Unlock()
	if errors.Is(broken, syscall.EPIPE) {
		a.console.say("nobody reads the output any more, so what was left of the tasks was canceled")
	}
	return errors.Join(broken, err)
}

// submit hands one document to the host.
func (t *tasks) submit(ctx context.Context, i int, item taskfile.Item) {
	e := end{index: i, row: &runRow{Source: item.Source}}
	e.row.Slot, _ = slotAndKind(item)
	if item.Err != nil {
		e.row.Error, e.code = t.app.invalid(item.Err), exitUsage
		t.finish(e)
		return
	}
	spec := item.Spec
	if t.flags.once {
		spec.Restart = task.Restart{Policy: task.RestartNever}
	}
	e.sink = t.follow.newSink(spec.Slot)
	handle, err := t.admit(ctx, spec, e.sink)
	if err != nil {
		e.code = e.row.ended(t.app, notAdmitted(err))
		t.finish(e)
		return
	}
	t.follow.adopt(handle.ID(), e.sink)
	go func() {
		result, _ := handle.Wait(t.base) // the error is that of the base
		e.code = e.row.ended(t.app, result)
		t.finish(e)
	}()
}

// admit submits a spec, unless the tasks are being stopped.
func (t *tasks) admit(ctx context.Context, spec task.Spec, s *sink) (*soltiwasm.Handle, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped || ctx.Err() != nil {
		return nil, errStopped
	}
	handle, err := t.host.Submit(spec, s.output())
	if err == nil {
		t.handles = append(t.handles, handle)
	}
	return handle, err
}

// notAdmitted is the result of a task that was not submitted, for the reason err.
func notAdmitted(err error) task.Result {
	te, _ := errors.AsType[*task.Error](err)
	switch {
	case errors.Is(err, errStopped):
		return task.Result{Outcome: task.Canceled, Err: &task.Error{Code: task.CodeCanceled, Message: err.Error()}}
	case te != nil && te.Code == task.CodeRejected:
		return task.Result{Outcome: task.Rejected, Err: err}
	}
	return task.Result{Outcome: task.Fatal, Err: err}
}

// finish is called once for each document.
func (t *tasks) finish(e end) {
	if e.code != 0 && t.flags.failFast {
		t.stop()
	}
	t.ends <- e
}

// stop has all tasks end: nothing new is submitted, what waits leaves, what is at work is canceled. It does not wait.
func (t *tasks) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped {
		return
	}
	t.stopped = true
	// The last come first: whoever waits for a slot is to be gone when its owner ends.
	for _, handle := range slices.Backward(t.handles) {
		handle.Cancel()
	}
	if t.host == nil {
		return
	}
	t.closing.Go(func() {
		// It gives up the tasks that don't end, so that every Wait does.
		if err := t.host.Shutdown(t.base, t.flags.killGrace+settle); err != nil {
			t.app.console.say("%v", err)
		}
	})
}

// fail stops all tasks since nobody can read what they write.
func (t *tasks) fail(err error) {
	t.mu.Lock()
	if t.broken == nil {
		t.broken = err
	}
	t.mu.Unlock()
	t.stop()
}

// collect prints the rows of n documents: in a table in the order of the input, otherwise as they end.
func (t *tasks) collect(ctx context.Context, n int, out *output) error {
	rows := make([]*runRow, n)
	for range n {
		e := <-t.ends
		rows[e.index] = e.row
		t.app.raise(t.exitCode(ctx, e))
		t.follow.end(e)
	}
	if out.streams() {
		return nil
	}
	for _, r := range rows {
		if err := out.print(r); err != nil {
			return err
		}
	}
	t.app.console.breakLine()
	return out.flush()
}

// exitCode is what the end of a document adds to the command's exit code. That of a canceled one depends on who canceled it.
func (t *tasks) exitCode(ctx context.Context, e end) int {
	if e.row.Outcome != task.Canceled || ctx.Err() != nil {
		return e.code
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped {
		return 0 // what stopped them has a code of its own
	}
	return exitTaskFailed // another document replaced it
}

package soltiwasm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/run"
	"github.com/soltihq/soltiwasm/run/process"
	"github.com/soltihq/soltiwasm/run/wasi"
	"github.com/soltihq/soltiwasm/task"
)

// Handle is a task that was submitted. It may be dropped: the task goes on.
type Handle = run.Handle

// Event is something that happened to a task that was submitted.
type Event = run.Event

// Subscription is a reader of events.
type Subscription = run.Subscription

// Submit admits a task to its slot, by the spec's admission policy, and returns at once. When the slot is its own the
// task is routed and built as [Host.Route] does, and then attempted under the spec's timeout, restart and backoff. The
// error is a *[task.Error] with [task.CodeInvalidSpec], [task.CodeEmbedded] or [task.CodeRejected], or [ErrClosed];
// whatever goes wrong later is in the task's result. What the spec points to must not be changed until the task has
// ended.
func (h *Host) Submit(spec task.Spec, out Output) (*Handle, error) {
	if _, embedded := spec.Kind.(task.Embedded); embedded {
		return nil, &task.Error{Code: task.CodeEmbedded, Message: "an embedded task is a function of the program that submits it (Host.SubmitFunc); no runner takes it"}
	}
	return h.submit(run.Job{Spec: spec, Output: run.Output(out), Build: func(ctx context.Context) (run.Built, error) {
		v, err := h.acquire()
		if err != nil {
			return run.Built{}, err
		}
		// The attempts use the runners that the task was routed over, whatever is loaded meanwhile.
		held := true
		defer func() {
			if held {
				h.release(v)
			}
		}()
		j, err := h.route(ctx, v, spec)
		if err != nil {
			return run.Built{}, masked(h.mask, err)
		}
		attempt, err := j.attempt()
		if err != nil {
			return run.Built{}, err
		}
		held = false
		return run.Built{RunID: j.RunID, Attempt: attempt, Close: func() { h.release(v) }}, nil
	}})
}

// SubmitFunc submits a function of the program under the spec's policies. The spec's kind is [task.Embedded]. An error of f
// that is a *[task.Error] with [task.CodeTaskFatal] is never retried. The errors are those of [Host.Submit].
func (h *Host) SubmitFunc(spec task.Spec, f func(ctx context.Context, w Work) (result string, err error), out Output) (*Handle, error) {
	if _, embedded := spec.Kind.(task.Embedded); !embedded {
		return nil, &task.Error{Code: task.CodeInvalidSpec, Message: "kind: expected task.Embedded{} for a function of the program"}
	}
	return h.submit(run.Job{Spec: spec, Output: run.Output(out), Build: func(context.Context) (run.Built, error) {
		id := task.RunID{Runner: task.KindEmbedded, Slot: spec.Slot, Seq: h.seq.Add(1)}
		return run.Built{RunID: id, Attempt: func(ctx context.Context, n int, out run.Output) run.Attempt {
			text, err := f(ctx, Work{ID: id, Attempt: n, Spec: &spec, Output: Output(out)})
			return run.Attempt{Text: text, Err: masked(h.mask, err)}
		}}, nil
	}})
}

func (h *Host) submit(job run.Job) (*Handle, error) {
	if h.current.Load() == nil {
		return nil, ErrClosed
	}
	handle, err := h.supervisor.Submit(job)
	return handle, masked(h.mask, err)
}

// Run submits a task and waits for its end. When ctx ends first the task is canceled, and waited for. A task that was
// not admitted has the outcome rejected, one that Submit refuses for another reason the outcome fatal.
func (h *Host) Run(ctx context.Context, spec task.Spec, out Output) task.Result {
	handle, err := h.Submit(spec, out)
	if te, ok := errors.AsType[*task.Error](err); ok && te.Code == task.CodeRejected {
		return task.Result{Outcome: task.Rejected, Err: err}
	} else if err != nil {
		return task.Result{Outcome: task.Fatal, Err: err}
	}
	stop := context.AfterFunc(ctx, handle.Cancel)
	defer stop()
	// The base context never ends, and a canceled task does.
	result, _ := handle.Wait(h.base)
	return result
}

// Subscribe returns a reader of what happens to tasks from now on, which keeps buffer events for it; a reader that is
// slower is told how many it missed. It has to be closed.
func (h *Host) Subscribe(buffer int) *Subscription { return h.supervisor.Subscribe(buffer) }

// Shutdown ends all tasks: nothing is admitted any more, what waits is rejected, what is at work is canceled and given
// the grace to end. The error is ctx's, or a *[run.StuckError] that names the tasks that did not stop.
func (h *Host) Shutdown(ctx context.Context, grace time.Duration) error {
	return h.supervisor.Shutdown(ctx, grace)
}

// attempt is the function that carries out the task's action once.
func (j *job) attempt() (func(context.Context, int, run.Output) run.Attempt, error) {
	switch action := j.Task.Action.(type) {
	case task.RunAction:
		if j.target.own != nil {
			return j.runOwn, nil
		}
		return j.runModule, nil
	case task.ProcessAction:
		return func(ctx context.Context, _ int, out run.Output) run.Attempt { return j.runProcess(ctx, action, out) }, nil
	case task.WasmAction:
		return func(ctx context.Context, _ int, out run.Output) run.Attempt { return j.runWasm(ctx, action, out) }, nil
	}
	return nil, &task.Error{
		Code: task.CodeUnsupportedAction, Runner: j.Runner,
		Message: fmt.Sprintf("the task's action is %s, which this version does not carry out", j.Task.Action.ActionName()),
	}
}

// runModule makes one attempt in the module that built the task.
func (j *job) runModule(ctx context.Context, n int, out run.Output) run.Attempt {
	doc, err := j.document(n)
	if err != nil {
		return run.Attempt{Err: err}
	}
	m := j.target.module
	ended, err := m.Run(ctx, j.doc, doc, j.spec.Timeout, registry.Output(out))
	if ended.Dropped > 0 {
		j.host.config.Logger.Warn("output over the limit was dropped; raise output with --limit or the sidecar's limits",
			"runId", j.RunID.String(), "attempt", n, "bytes", ended.Dropped, "output", registry.LimitText(m.Limits(), "output"))
	}
	return run.Attempt{ExitCode: ended.Exit, Text: ended.Text, Dropped: ended.Dropped, Err: err}
}

// runOwn makes one attempt in a Go runner.
func (j *job) runOwn(ctx context.Context, n int, out run.Output) run.Attempt {
	runner, ok := j.target.own.Runner.(TaskRunner)
	if !ok {
		return run.Attempt{Err: errors.New("the runner has no method Run")}
	}
	text, err := runner.Run(ctx, Work{ID: j.RunID, Attempt: n, Spec: j.spec, Task: j.Task, Output: Output(out)})
	return run.Attempt{Text: text, Err: masked(j.host.mask, err)}
}

// runProcess makes one attempt as a process of the host.
func (j *job) runProcess(ctx context.Context, action task.ProcessAction, out run.Output) run.Attempt {
	command := process.Command{
		Action: action, Grace: j.host.config.KillGrace, Kill: j.host.config.Kill, Stdout: out.Stdout, Stderr: out.Stderr,
		Cgroup: j.host.config.Cgroup, Orphans: j.host.config.Orphans,
	}
	if m := j.target.module; m != nil {
		command.Limits = process.Limits(m.ProcessLimits())
	}
	exit, err := process.Run(ctx, command)
	for _, note := range exit.Notes {
		j.host.config.Logger.Warn("a process left something to say", "runId", j.RunID.String(), "note", j.host.mask.Text(note))
	}
	return run.Attempt{ExitCode: exit.Code, Err: j.named(err)}
}

// runWasm makes one attempt as a WASI command in a sandbox of its own.
func (j *job) runWasm(ctx context.Context, action task.WasmAction, out run.Output) run.Attempt {
	command := wasi.Command{Action: action, Limits: j.host.config.Limits, Stdout: out.Stdout, Stderr: out.Stderr}
	if m := j.target.module; m != nil {
		command.Limits = m.Limits()
		for _, mount := range m.Mounts() {
			command.Mounts = append(command.Mounts, wasi.Mount(mount))
		}
	}
	code, err := j.host.wasi.Run(ctx, command)
	return run.Attempt{ExitCode: code, Err: j.named(err)}
}

// named puts the runner's name into an error of a room that doesn't know it.
func (j *job) named(err error) error {
	te, ok := errors.AsType[*task.Error](err)
	if !ok || te.Runner != "" {
		return masked(j.host.mask, err)
	}
	named := *te
	named.Runner = j.Runner
	return masked(j.host.mask, &named)
}

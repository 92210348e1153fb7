package registry

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/sandbox"
	"github.com/soltihq/soltiwasm/task"
)

// instance is one instance of a runner with the functions that the host has called in it. Finding one costs some 10 KiB
// in wazero, so they are found at first use.
type instance struct {
	engine.Instance
	host                       *hostfuncs.Instance
	fuel                       engine.Global
	name, supports, build, run engine.Func
	counted                    int64 // bytes of its memory that spare counts, if they are any
	spare                      *spare
}

// find returns the exported function, keeping it in its place.
func (in *instance) find(place *engine.Func, export string) engine.Func {
	if *place == nil {
		*place = in.Func(export)
	}
	return *place
}

// instantiate makes an instance as _initialize leaves it.
func (r *Runner) instantiate(ctx context.Context, l *live) (*instance, error) {
	if s := l.state.Load(); s != nil {
		return r.resume(ctx, l, s)
	}
	made, err := r.initialize(ctx, l)
	if err != nil {
		return nil, err
	}
	r.registry.warn("keeping what an instance begins with", l.remember(made))
	return made, nil
}

// initialize makes an instance and runs its start section and _initialize, within the limit start.
func (r *Runner) initialize(ctx context.Context, l *live) (*instance, error) {
	host := hostfuncs.NewInstance(&l.lent)
	host.Begin(abi.PhaseStart, &hostfuncs.Call{Limit: r.limits.Start})
	defer host.End(ctx)
	in, err := l.code.Instantiate(ctx, engine.InstanceConfig{Host: host, Memory: uint64(r.memory)})
	if err != nil {
		return nil, err
	}
	made := &instance{Instance: in, host: host, fuel: in.Global(sandbox.FuelExport)}
	if initialize := in.Func(abi.ExportInitialize); initialize != nil {
		_, err = initialize.Call(ctx)
	}
	r.used(made, abi.PhaseStart, 0)
	if err != nil {
		return nil, errors.Join(err, in.Close(ctx))
	}
	return made, nil
}

// call runs one function of an instance in a phase. The metered guest ends when its time is over, or ctx is.
func (r *Runner) call(ctx context.Context, in *instance, f engine.Func, phase abi.Phase, c *hostfuncs.Call) (int32, error) {
	in.host.Begin(phase, c)
	defer in.host.End(ctx)
	if r.registry.config.Observe == nil {
		return f.Call(ctx)
	}
	before := in.fuel.Get()
	n, err := f.Call(ctx)
	r.used(in, phase, before)
	return n, err
}

// askName has the runner say its name.
func (r *Runner) askName(ctx context.Context, l *live) (string, error) {
	var name string
	err := l.pool.Do(ctx, func(in *instance) error {
		if _, err := r.call(ctx, in, in.find(&in.name, abi.ExportName), abi.PhaseName, &hostfuncs.Call{Limit: r.limits.Ask}); err != nil {
			return err
		}
		reply, _ := in.host.Reply()
		name = string(reply)
		return nil
	})
	return name, err
}

// Supports asks the runner whether it takes the spec. Trace, which may be nil, notes all that the answer depends on. An
// error is a *[task.Error], or ctx's own when it ended.
func (r *Runner) Supports(ctx context.Context, spec *document.Index, trace *document.Trace) (bool, error) {
	l, err := r.awake(ctx)
	if err != nil {
		return false, r.fault(ctx, abi.ExportSupports, err)
	}
	var answer int32
	err = l.pool.Do(ctx, func(in *instance) (err error) {
		answer, err = r.call(ctx, in, in.find(&in.supports, abi.ExportSupports), abi.PhaseSupports,
			&hostfuncs.Call{Spec: spec, Trace: trace, Limit: r.limits.Ask})
		return err
	})
	if err == nil && answer != 0 && answer != 1 {
		err = fmt.Errorf("supports returned %d, and only 0 and 1 mean something", answer)
	}
	if err != nil {
		return false, r.fault(ctx, abi.ExportSupports, err)
	}
	r.health.fine()
	return answer == 1, nil
}

// Build has the runner build a task from the spec. An error is a *[task.Error], or ctx's own when it ended.
func (r *Runner) Build(ctx context.Context, spec *document.Index) (task.Task, error) {
	l, err := r.awake(ctx)
	if err != nil {
		return task.Task{}, r.fault(ctx, abi.ExportBuild, err)
	}
	var (
		status  abi.Status
		reply   []byte
		replied bool
	)
	err = l.pool.Do(ctx, func(in *instance) error {
		n, err := r.call(ctx, in, in.find(&in.build, abi.ExportBuild), abi.PhaseBuild,
			&hostfuncs.Call{Spec: spec, Limit: r.limits.Build})
		if err != nil {
			return err
		}
		status = abi.Status(n)
		text, ok := in.host.Reply()
		// The instance goes back to the pool, so what is kept is copied out.
		reply, replied = append([]byte(nil), text...), ok
		return nil
	})
	if err == nil && (status < abi.BuildOK || status > abi.BuildInternal) {
		err = fmt.Errorf("build returned %d, and only 0 to 4 mean something%s", status, r.replyWords(reply))
	}
	if err != nil {
		return task.Task{}, r.fault(ctx, abi.ExportBuild, err)
	}
	r.health.fine()
	if status != abi.BuildOK {
		return task.Task{}, r.refusal(status, reply)
	}
	return r.accept(reply, replied, spec)
}

// accept checks the reply of a build that succeeded.
func (r *Runner) accept(reply []byte, replied bool, spec *document.Index) (task.Task, error) {
	if !replied || len(reply) == 0 {
		if !r.hasRun {
			return task.Task{}, r.fail(task.CodeInvalidReply,
				"build succeeded without a reply; a module without the export run must reply a task", nil)
		}
		return task.Task{Action: task.RunAction{}}, nil
	}
	t, err := DecodeTask(reply, spec, r.limits.Reply)
	if err != nil {
		return task.Task{}, r.fail(task.CodeInvalidReply, "the reply of build is no task: "+r.words(strings.ReplaceAll(err.Error(), "\n", "; ")), err)
	}
	switch name := t.Action.ActionName(); {
	case name == abi.ActionRun && !r.hasRun:
		return task.Task{}, r.fail(task.CodeInvalidReply, "the task's action is run, and the module has no export run", nil)
	case name != abi.ActionRun && !r.grants(name):
		return task.Task{}, r.fail(task.CodeDenied, fmt.Sprintf(
			"the task's action is %s, which the operator has not granted; to grant it, write grants: {actions: [%s]} in %s",
			name, name, r.sidecarPath()), nil)
	}
	return t, nil
}

// refusal is the error for a build that said no.
func (r *Runner) refusal(status abi.Status, reply []byte) error {
	code, own := task.CodeInternal, "internal error"
	switch status {
	case abi.BuildUnsupported:
		code, own = task.CodeUnsupportedKind, "unsupported task kind"
	case abi.BuildInvalidSpec:
		code, own = task.CodeInvalidTaskSpec, "invalid specification"
	case abi.BuildMissingField:
		code, own = task.CodeMissingField, "missing field"
	}
	return r.fail(code, own+r.replyWords(reply), nil)
}

// Ended is what a run came to.
type Ended struct {
	Exit *int   // the code of proc_exit, if that ended it
	Text string // the reply of a run that succeeded

	Dropped int64 // bytes of output over the limit output; also where there is an error
}

// Run carries out a task whose action is run, in a fresh instance, within timeout. Doc is the task as the guest sees
// it. An error is a *[task.Error], with [task.CodeTaskFailed] or [task.CodeTaskFatal] when the guest says so, or ctx's
// own when it ended.
func (r *Runner) Run(ctx context.Context, spec, doc *document.Index, timeout time.Duration, out Output) (ended Ended, err error) {
	l, err := r.awake(ctx)
	if err != nil {
		return Ended{}, r.fault(ctx, abi.ExportRun, err)
	}
	in, err := r.instantiate(ctx, l)
	if err != nil {
		return Ended{}, r.fault(ctx, abi.ExportInitialize, err)
	}
	var dropped int64
	out = out.bound(r.name, r.limits.Output, r.registry.config.Metrics, &dropped)
	defer func() { ended.Dropped = dropped }()
	status, err := r.call(ctx, in, in.find(&in.run, abi.ExportRun), abi.PhaseRun,
		&hostfuncs.Call{Spec: spec, Task: doc, Limit: timeout, Stdout: out.Stdout, Stderr: out.Stderr})
	text, _ := in.host.Reply()
	reply := string(text)
	cerr := in.Close(ctx)
	if exit, ok := errors.AsType[*hostfuncs.ExitError](err); ok {
		return r.exited(int(exit.Code), reply)
	}
	if err == nil {
		err = cerr
	}
	if err != nil {
		return Ended{}, r.fault(ctx, abi.ExportRun, err)
	}
	r.health.fine()
	switch abi.Status(status) {
	case abi.RunSuccess:
		return Ended{Text: reply}, nil
	case abi.RunFatal:
		return Ended{}, r.failed(task.CodeTaskFatal, reply, "run returned 2 without a message")
	}
	return Ended{}, r.failed(task.CodeTaskFailed, reply, fmt.Sprintf("run returned %d without a message", status))
}

// exited is a run that ended with proc_exit.
func (r *Runner) exited(code int, reply string) (Ended, error) {
	r.health.fine()
	ended := Ended{Exit: &code}
	if code == 0 {
		ended.Text = reply
		return ended, nil
	}
	return ended, r.failed(task.CodeTaskFailed, reply, fmt.Sprintf("the task exited with code %d", code))
}

// failed is the error for a run that said it failed: its reply is the message, or else own is.
func (r *Runner) failed(code task.Code, reply, own string) error {
	if reply != "" {
		own = r.words(reply)
	}
	return r.fail(code, own, nil)
}

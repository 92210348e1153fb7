package soltiwasm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/router"
	"github.com/soltihq/soltiwasm/run"
	"github.com/soltihq/soltiwasm/task"
)

// Runner is a runner written in Go, of the program that embeds the host. Its methods are called from several
// goroutines, and leave alone what a spec points to: others have the same. A panic in one is contained and counts as the
// runner's fault; the error of Build's and Run's wraps a *[run.PanicError], which has the stack.
type Runner interface {
	// Name is the runner's name, by the rules for those of modules. It is read once.
	Name() string
	// Supports says whether the runner takes the spec. It depends on nothing else and should be cheap.
	Supports(spec *task.Spec) bool
	// Build makes a task of the spec and starts nothing. An error that is a *[task.Error] keeps its code; any other
	// gets [task.CodeInternal].
	Build(ctx context.Context, spec *task.Spec, bc BuildContext) (task.Task, error)
}

// TaskRunner is a Runner that carries out its tasks whose action is run.
type TaskRunner interface {
	Runner
	// Run does the work and returns its result. It ends soon after ctx does. An error that is a *[task.Error] with
	// [task.CodeTaskFatal] is never retried.
	Run(ctx context.Context, w Work) (result string, err error)
}

// BuildContext is what the operator or the program lends a Go runner.
type BuildContext struct {
	Env     task.Env
	Metrics metrics.Backend
}

// String returns "BuildContext(env_len=N)": never a value.
func (c BuildContext) String() string { return fmt.Sprintf("BuildContext(env_len=%d)", len(c.Env)) }

// GoString returns what String does, so that no verb shows a value.
func (c BuildContext) GoString() string { return c.String() }

// Work is one attempt at a task.
type Work struct {
	ID      task.RunID
	Attempt int // from 1
	Spec    *task.Spec
	Task    task.Task
	Output
}

// Output is where a task's standard output and error go. A nil writer drops them.
type Output struct {
	Stdout, Stderr io.Writer
}

// Registration is a Go runner with what the host has to know of it.
type Registration struct {
	Runner Runner
	Labels task.Labels
	Kinds  []string // the only kinds it is asked about; nil means any
	Order  int      // lower is asked first; before a module on ties
}

// ownRunner is a registered Go runner, with its name read once.
type ownRunner struct {
	Registration
	name  string
	asker asker
}

// registerAll checks the registrations and puts them in routing order.
func registerAll(list []Registration, mask *task.Mask) ([]ownRunner, error) {
	own := make([]ownRunner, 0, len(list))
	for i, reg := range list {
		if reg.Runner == nil {
			return nil, fmt.Errorf("registration %d: Runner is nil", i)
		}
		name := reg.Runner.Name()
		if err := registry.CheckName(name); err != nil {
			return nil, fmt.Errorf("registration %d: the runner's name: %w", i, err)
		}
		if err := reg.Labels.Validate(); err != nil {
			return nil, fmt.Errorf("runner %s: labels: %w", name, err)
		}
		if err := checkKinds(reg.Kinds); err != nil {
			return nil, fmt.Errorf("runner %s: kinds: %w", name, err)
		}
		if slices.ContainsFunc(own, func(o ownRunner) bool { return o.name == name }) {
			return nil, fmt.Errorf("runner %s is registered twice", name)
		}
		own = append(own, ownRunner{Registration: reg, name: name, asker: asker{name, reg.Runner, mask}})
	}
	slices.SortStableFunc(own, func(a, b ownRunner) int { return cmp.Compare(a.Order, b.Order) })
	return own, nil
}

// checkKinds holds the kinds of a registration to the rules for those of a manifest.
func checkKinds(kinds []string) error {
	if kinds != nil && len(kinds) == 0 {
		return errors.New("expected at least one, or nil for any")
	}
	for _, kind := range kinds {
		if kind == task.KindEmbedded {
			return errors.New("an embedded task is a function of the program and reaches no runner")
		}
		if err := task.ValidateKindName(kind); err != nil {
			return err
		}
	}
	return nil
}

// asker is a Go runner as routing asks it.
type asker struct {
	name   string
	runner Runner
	mask   *task.Mask
}

// Supports contains a panic of the runner.
func (a asker) Supports(_ context.Context, req router.Request) (yes bool, err error) {
	defer func() { err = masked(a.mask, err) }()
	defer containPanic(a.name, "Supports", &err)
	return a.runner.Supports(req.Spec), nil
}

// Quarantined is never: a program trusts its own runners.
func (asker) Quarantined() string { return "" }

// build contains a panic of the runner, gives every error a code, and holds the task to what is asked of a module's.
func (o *ownRunner) build(ctx context.Context, spec task.Spec, bc BuildContext) (t task.Task, err error) {
	defer containPanic(o.name, "Build", &err)
	t, err = o.Runner.Build(ctx, &spec, bc)
	if err != nil {
		if _, typed := errors.AsType[*task.Error](err); typed {
			return t, err
		}
		return t, &task.Error{Code: task.CodeInternal, Runner: o.name, Message: err.Error(), Err: err}
	}
	if t.Action == nil {
		return t, &task.Error{Code: task.CodeInvalidReply, Runner: o.name, Message: "Build returned a task without an action"}
	}
	if _, runs := o.Runner.(TaskRunner); t.Action.ActionName() == abi.ActionRun && !runs {
		return t, &task.Error{
			Code: task.CodeInvalidReply, Runner: o.name, Message: "the task's action is run, and the runner has no method Run",
		}
	}
	return t, nil
}

// containPanic turns a panic into the runner's fault.
func containPanic(name, method string, err *error) {
	if p := recover(); p != nil {
		cause := &run.PanicError{Value: p, Stack: debug.Stack()}
		*err = &task.Error{Code: task.CodeGuestFault, Runner: name, Message: method + " " + cause.Error(), Err: cause}
	}
}

// Package guesttest is a host for the unit tests of runners written with package guest: they run natively, as plain
// Go tests.
//
//	host := guesttest.Host{Spec: `{"kind":{"greet":{"name":"Ada"}}}`}
//	got, err := host.Run(runner)
//
// It keeps the rules of docs/abi.md as the real host does: what may be called in which phase, what a
// variable's grants mean, what traps and what is dropped, and what a task looks like. It doesn't bound time, memory or
// the number of log records, it doesn't ask whether the operator granted an action, and it shows the spec as it was given:
// the real host fills in defaults first (section 7).
package guesttest

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/guest"
)

// Host is what a runner is called with. Its methods may be called often, and side by side; each call is that of a new
// instance.
type Host struct {
	// Spec is the TaskSpec as JSON, Config the operator's configuration; empty is {}.
	Spec, Config string
	// Env are the variables given to builds, Grants the patterns of those that the runner may read: a key, or the
	// beginning of keys and a final "*". Without grants no variable can be read.
	Env    map[string]string
	Grants []string
	// Attempt and RunID are what Run shows of the task; 0 is 1, and empty is "test-1".
	Attempt int
	RunID   string
}

// Result is what came of one call of build or run.
type Result struct {
	Status  abi.Status
	Reply   string // a task as JSON, a result or a message
	Logs    []Log
	Metrics []Metric
	Output  string // what Run printed
}

// Log is one log record, as the runner gave it but for bytes that aren't UTF-8, which are U+FFFD.
type Log struct {
	Level guest.Level
	Text  string
}

// Metric is one value given to a metric that the host took or dropped.
type Metric struct {
	Type    guest.MetricType
	Name    string
	Labels  map[string]string // nil for none
	Value   float64
	Dropped string // why it was dropped, by the words of docs/abi.md; empty if it counts
}

// Supports asks whether the runner takes the spec. The error is a *Trap, or says what is wrong with the Host's JSON.
func (h Host) Supports(r guest.Runner) (bool, error) {
	f, err := h.open(abi.PhaseSupports)
	if err != nil {
		return false, err
	}
	status := int32(0)
	err = f.call(func() { status = guest.NewExports(r, f).Supports() })
	return status == 1, err
}

// Build asks for the task, and returns it as the reply of status 0. The error is a *Trap, or says what is wrong with the
// Host's JSON, or with the task: the real host refuses it as invalid_reply.
func (h Host) Build(r guest.Runner) (Result, error) {
	f, err := h.open(abi.PhaseBuild)
	if err != nil {
		return Result{}, err
	}
	err = f.call(func() { f.result.Status = abi.Status(guest.NewExports(r, f).Build()) })
	if err == nil && f.result.Status == abi.BuildOK {
		err = checkTask(f.result.Reply, f.sources[guest.SourceSpec])
	}
	return f.result, err
}

// Run builds the task and lets the runner do its work. What the Result has is of the run alone. The error is one of
// Build's, or says that there is no task to run.
func (h Host) Run(r guest.Runner) (Result, error) {
	built, err := h.Build(r)
	if err != nil {
		return Result{}, err
	}
	if built.Status != abi.BuildOK {
		return Result{}, fmt.Errorf("there is nothing to run: build returned %d and %q", built.Status, built.Reply)
	}
	f, err := h.open(abi.PhaseRun)
	if err != nil {
		return Result{}, err
	}
	if f.sources[guest.SourceTask], err = h.task(built.Reply); err != nil {
		return Result{}, err
	}
	err = f.call(func() { f.result.Status = abi.Status(guest.NewExports(r, f).Run()) })
	return f.result, err
}

// task is what task_get reads.
func (h Host) task(reply string) (any, error) {
	parsed, err := parse(reply)
	if err != nil {
		return nil, err
	}
	fields := parsed.(map[string]any) // checked by Build
	if action := fields["action"].(map[string]any); action[abi.ActionRun] == nil {
		return nil, errors.New("there is nothing to run: the task's action is the host's to carry out")
	}
	fields["attempt"], fields["runId"] = number("1"), "test-1"
	if h.Attempt != 0 {
		fields["attempt"] = number(strconv.Itoa(h.Attempt))
	}
	if h.RunID != "" {
		fields["runId"] = h.RunID
	}
	return fields, nil
}

// open makes the host's side of one call.
func (h Host) open(phase abi.Phase) (*fake, error) {
	f := &fake{phase: phase, env: h.Env, grants: h.Grants}
	for _, in := range []struct {
		source guest.Source
		name   string
		text   string
	}{{guest.SourceSpec, "Spec", h.Spec}, {guest.SourceConfig, "Config", h.Config}} {
		if in.text == "" {
			in.text = "{}"
		}
		document, err := parse(in.text)
		if err != nil {
			return nil, fmt.Errorf("%s of guesttest.Host: %w", in.name, err)
		}
		f.sources[in.source] = document
	}
	return f, nil
}

package soltiwasm

import (
	"context"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/router"
	"github.com/soltihq/soltiwasm/task"
	"github.com/soltihq/soltiwasm/taskfile"
)

// Decision is what became of a spec: who got it and what was made of it. Beside an error it says how far things went.
type Decision struct {
	Runner string // empty when none was chosen
	Module string // the file's base name; empty for a Go runner
	Digest string // of the module
	RunID  task.RunID
	Task   task.Task

	routed router.Decision
}

// Candidate is one runner's part in a decision.
type Candidate = router.Candidate

// Candidates says for every runner, in routing order, what became of it.
func (d Decision) Candidates() []Candidate { return d.routed.Candidates() }

// Nearest returns the runner that came closest to taking a spec that none took, and whether there is one.
func (d Decision) Nearest() (Candidate, bool) { return d.routed.Nearest() }

// Route finds the runner for a spec and has it build the task; nothing is run. An error is a *[task.Error] whose code
// says why there is no task, [ErrClosed], or ctx's own when it ended.
func (h *Host) Route(ctx context.Context, spec task.Spec) (Decision, error) {
	v, err := h.acquire()
	if err != nil {
		return Decision{}, err
	}
	defer h.release(v)
	j, err := h.route(ctx, v, spec)
	return j.Decision, masked(h.mask, err)
}

// job is a spec on its way through the host.
type job struct {
	Decision
	host   *Host
	spec   *task.Spec
	doc    *document.Index
	target target
}

func (h *Host) route(ctx context.Context, v *view, spec task.Spec) (*job, error) {
	spec = spec.WithDefaults()
	j := &job{host: h, spec: &spec}
	node, err := encode(spec)
	if err != nil {
		return j, err
	}
	j.doc = document.NewIndex(node)
	j.routed, err = v.table.Route(ctx, router.Request{Spec: &spec, Doc: j.doc})
	if err != nil {
		return j, err
	}
	j.target = v.targets[j.routed.Selected()]
	if m := j.target.module; m != nil {
		j.Runner, j.Module, j.Digest = m.Name(), m.Module(), m.Digest()
		j.Task, err = m.Build(ctx, j.doc)
	} else {
		j.Runner = j.target.own.name
		j.Task, err = j.target.own.build(ctx, spec, BuildContext{Env: h.config.Env, Metrics: h.config.Metrics})
	}
	if err != nil {
		return j, err
	}
	j.RunID = task.RunID{Runner: j.Runner, Slot: spec.Slot, Seq: h.seq.Add(1)}
	return j, nil
}

// encode validates a spec and makes the document that guests see. An embedded spec has none, and needs none.
func encode(spec task.Spec) (*document.Node, error) {
	node, err := taskfile.Encode(spec)
	if err != nil {
		return nil, &task.Error{Code: task.CodeInvalidSpec, Message: err.Error(), Err: err}
	}
	return node, nil
}

// document is the task as run sees it: the accepted task with the run's id and the attempt's number.
func (j *job) document(attempt int) (*document.Index, error) {
	node, err := registry.EncodeTask(j.Task)
	if err != nil {
		return nil, err
	}
	fields := append(node.Fields,
		document.NewField("runId", document.NewString(j.RunID.String())),
		document.NewField("attempt", document.NewInt(int64(attempt))))
	return document.NewIndex(document.NewObject(fields...)), nil
}

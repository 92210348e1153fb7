package author

import (
	"context"
	"errors"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/task"
)

// answer is what came of asking a runner one thing.
type answer struct {
	taken bool      // of supports
	task  task.Task // of build
	err   error     // a *task.Error; nil for supports and build that succeeded
	seen  *call     // the call of the export; of an instance that did not start, that of its start
}

// faulty says whether the call did not end by itself.
func (a answer) faulty() bool { return a.seen.err != nil }

// status is what build or run returned.
func (a answer) status() abi.Status { return abi.Status(a.seen.result) }

// code is the word for what kept the task from being built, or empty.
func (a answer) code() task.Code {
	if te, ok := errors.AsType[*task.Error](a.err); ok {
		return te.Code
	}
	return ""
}

// message is what the registry says of the error.
func (a answer) message() string {
	if te, ok := errors.AsType[*task.Error](a.err); ok {
		return te.Message
	}
	return ""
}

// supports asks whether the runner takes the spec. The error is the end of ctx alone.
func (t *trial) supports(ctx context.Context, r *registry.Runner, spec *document.Index) (answer, error) {
	taken, err := r.Supports(ctx, spec, nil)
	return t.answered(ctx, answer{taken: taken, err: err})
}

// build has the runner build a task. The error is the end of ctx alone.
func (t *trial) build(ctx context.Context, r *registry.Runner, spec *document.Index) (answer, error) {
	built, err := r.Build(ctx, spec)
	return t.answered(ctx, answer{task: built, err: err})
}

// run carries a built task out, under a timeout. The error is the end of ctx alone.
func (t *trial) run(ctx context.Context, r *registry.Runner, spec *document.Index, built task.Task, timeout time.Duration) (answer, error) {
	node, err := registry.EncodeTask(built)
	if err != nil {
		return answer{}, err
	}
	doc := document.NewObject(append(node.Fields,
		document.NewField("runId", document.NewString("check-1")), document.NewField("attempt", document.NewInt(1)))...)
	_, err = r.Run(ctx, spec, document.NewIndex(doc), timeout, registry.Output{})
	return t.answered(ctx, answer{err: err})
}

func (t *trial) answered(ctx context.Context, a answer) (answer, error) {
	if ctx.Err() != nil {
		return a, context.Cause(ctx)
	}
	calls := t.probe.take()
	if len(calls) == 0 {
		return a, a.err
	}
	a.seen = calls[len(calls)-1]
	return a, nil
}

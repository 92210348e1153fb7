package author

import (
	"context"
	"errors"
	"fmt"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/router"
	"github.com/soltihq/soltiwasm/task"
)

// Side is what one of two hosts makes of a spec.
type Side struct {
	Decision soltiwasm.Decision
	Task     *document.Node // nil without one
	Err      *task.Error    // why there is no task
}

// Change is a spec of which two hosts make different things. What they make is the same where the runner, the task and the
// error are: other bytes of a module that come to the same task are no change.
type Change struct {
	Before, After Side
	Fields        []FieldChange
	Why           []string // sentences about the runners; may be empty
}

// FieldChange is one value that is not the same. Pointer leads to it in a document with the fields runner, task and error;
// a nil value is none.
type FieldChange struct {
	Pointer       string
	Before, After *document.Node
}

// Diff routes the spec over both hosts, and returns nil where the same comes of it. MaskTask hides values of the
// environment in a task. The error is ctx's own, or one of a closed host.
func Diff(ctx context.Context, before, after *soltiwasm.Host, spec task.Spec, maskTask func(*document.Node) *document.Node) (*Change, error) {
	c := &Change{}
	for _, side := range []struct {
		host *soltiwasm.Host
		to   *Side
	}{{before, &c.Before}, {after, &c.After}} {
		made, err := route(ctx, side.host, spec, maskTask)
		if err != nil {
			return nil, err
		}
		*side.to = made
	}
	c.Fields = appendFieldChanges(nil, "", c.Before.document(), c.After.document())
	if len(c.Fields) == 0 {
		return nil, nil
	}
	c.Why = c.reasons(before.Capabilities(), after.Capabilities())
	return c, nil
}

// route is what a host makes of the spec.
func route(ctx context.Context, host *soltiwasm.Host, spec task.Spec, maskTask func(*document.Node) *document.Node) (Side, error) {
	d, err := host.Route(ctx, spec)
	s := Side{Decision: d}
	if err == nil {
		var node *document.Node
		if node, err = registry.EncodeTask(d.Task); err == nil {
			s.Task = sorted(maskTask(node))
		}
		return s, err
	}
	if ctx.Err() != nil {
		return s, err
	}
	if te, ok := errors.AsType[*task.Error](err); ok {
		s.Err = &task.Error{Code: te.Code, Runner: te.Runner, Message: host.Mask().Text(te.Message)}
		return s, nil
	}
	return s, err
}

// document is what two sides are compared by.
func (s Side) document() *document.Node {
	var fields []document.Field
	if s.Decision.Runner != "" {
		fields = append(fields, document.NewField("runner", document.NewString(s.Decision.Runner)))
	}
	if s.Task != nil {
		fields = append(fields, document.NewField("task", s.Task))
	}
	if s.Err != nil {
		fields = append(fields, document.NewField("error", document.NewObject(
			document.NewField("code", document.NewString(string(s.Err.Code))), document.NewField("message", document.NewString(s.Err.Message)))))
	}
	return document.NewObject(fields...)
}

// reasons say of the runners what is behind a change.
func (c *Change) reasons(before, after soltiwasm.Capabilities) (why []string) {
	old, now := c.Before.Decision, c.After.Decision
	switch {
	case old.Runner != now.Runner:
		if old.Runner != "" {
			why = append(why, fmt.Sprintf("%s took it before; now it is %s", old.Runner, standing(now, after, old)))
		}
		if now.Runner != "" {
			why = append(why, fmt.Sprintf("%s takes it now; before it was %s", now.Runner, standing(old, before, now)))
		}
	case old.Runner == "": // both have none
	case old.Digest != now.Digest:
		why = append(why, fmt.Sprintf("the module of %s has other bytes now", old.Runner))
	default:
		why = append(why, fmt.Sprintf("the module of %s has the same bytes: its sidecar differs, or its build depends on more than the "+
			"spec, the configuration and the environment", old.Runner))
	}
	return why
}

// standing is what became of the runner of another decision in this one.
func standing(d soltiwasm.Decision, c soltiwasm.Capabilities, of soltiwasm.Decision) string {
	for _, candidate := range d.Candidates() {
		switch {
		case candidate.Runner != of.Runner:
		case candidate.Verdict == router.NotReached && d.Runner != "":
			return "behind " + d.Runner + " in order"
		case candidate.Verdict == router.NotReached:
			return "not reached"
		default:
			return "passed over: " + candidate.Detail
		}
	}
	for _, r := range c.Runners { // of a disabled one nobody knows the name
		if r.Module == of.Module && r.Status == soltiwasm.Disabled {
			return "disabled by its sidecar"
		}
	}
	for _, r := range c.Rejected {
		if r.Module == of.Module {
			return fmt.Sprintf("rejected: %s: %s", r.Code, r.Reason)
		}
	}
	return "not there"
}

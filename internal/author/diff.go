package author

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/abi"
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

// Runners are a directory of them, and the host that has loaded it and nothing else.
type Runners struct {
	Host *soltiwasm.Host
	Dir  string
}

// Diff routes the spec over both hosts, and returns nil where the same comes of it. That nobody takes it is the same
// whoever was nearest to it. MaskTask hides values of the environment in a task. The error is ctx's own, or one of a
// closed host.
func Diff(ctx context.Context, before, after Runners, spec task.Spec, maskTask func(*document.Node) *document.Node) (*Change, error) {
	c := &Change{}
	for _, side := range []struct {
		runners Runners
		to      *Side
	}{{before, &c.Before}, {after, &c.After}} {
		made, err := side.runners.route(ctx, spec, maskTask)
		if err != nil {
			return nil, err
		}
		*side.to = made
	}
	if c.Before.untaken() && c.After.untaken() {
		return nil, nil
	}
	c.Fields = appendFieldChanges(nil, "", c.Before.document(), c.After.document())
	if len(c.Fields) == 0 {
		return nil, nil
	}
	c.Why = c.reasons(before, after)
	return c, nil
}

// route is what the host makes of the spec.
func (r Runners) route(ctx context.Context, spec task.Spec, maskTask func(*document.Node) *document.Node) (Side, error) {
	d, err := r.Host.Route(ctx, spec)
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
		// Where the directory is has nothing to do with what comes of the spec.
		message := te.Message
		if d.Module != "" {
			sidecar := sidecarOf(d.Module)
			message = strings.ReplaceAll(message, filepath.Join(r.Dir, sidecar), sidecar)
		}
		s.Err = &task.Error{Code: te.Code, Runner: te.Runner, Message: r.Host.Mask().Text(message)}
		return s, nil
	}
	return s, err
}

// untaken says whether no runner takes the spec.
func (s Side) untaken() bool { return s.Err != nil && s.Err.Code == task.CodeNoRunner }

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
func (c *Change) reasons(before, after Runners) (why []string) {
	old, now := c.Before.Decision, c.After.Decision
	if old.Runner != now.Runner {
		if old.Runner != "" {
			why = append(why, fmt.Sprintf("%s took it before; now it is %s", old.Runner, standing(now, after.Host.Capabilities(), old)))
		}
		if now.Runner != "" {
			why = append(why, fmt.Sprintf("%s takes it now; before it was %s", now.Runner, standing(old, before.Host.Capabilities(), now)))
		}
		return why
	}
	if old.Runner == "" {
		return nil
	}
	if old.Digest != now.Digest {
		why = append(why, fmt.Sprintf("the module of %s has other bytes now", old.Runner))
	}
	was, wasErr := before.sidecar(old.Module)
	is, isErr := after.sidecar(now.Module)
	switch {
	case wasErr != nil || isErr != nil: // it was replaced since it was loaded, and nothing is known of it
	case !bytes.Equal(was, is):
		why = append(why, fmt.Sprintf("the sidecar of %s differs", old.Runner))
	case len(why) == 0:
		why = append(why, fmt.Sprintf("the module and the sidecar of %s are the same: its build depends on more than the spec, the "+
			"configuration and the environment", old.Runner))
	}
	return why
}

// sidecar is the text of a module's sidecar, nil without one.
func (r Runners) sidecar(module string) ([]byte, error) {
	text, err := readFile(filepath.Join(r.Dir, sidecarOf(module)), abi.MaxSidecar)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, err
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

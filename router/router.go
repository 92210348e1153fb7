// Package router decides which runner gets a spec, and says why each other one did not. Kind and labels are matched
// before any guest code runs; then the runners left are asked, in order, and the first yes wins. The rules are those
// of solti-runner's RunnerRouter (SEED era).
package router

import (
	"context"
	"errors"
	"fmt"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/task"
)

// Request is a spec on its way, in the two forms that runners ask for.
type Request struct {
	Spec *task.Spec
	Doc  *document.Index // the spec as guests see it
}

// Asker is a runner as routing needs it. It is safe for concurrent use.
type Asker interface {
	// Supports asks whether the runner takes the spec. It depends on nothing but the spec. An error is the runner's
	// fault, unless ctx ended.
	Supports(ctx context.Context, req Request) (bool, error)
	// Quarantined says why the runner is not asked for the time being; empty when it may be asked.
	Quarantined() string
}

// Entry is a runner with what the host knows of it.
type Entry struct {
	Name        string
	Kinds       []string // the only kinds it is asked about; nil means any
	Labels      task.Labels
	Disabled    bool // listed, never asked
	FailOnFault bool // a fault in Supports ends routing; otherwise the runner is passed over
	Runner      Asker
}

// Table is an immutable list of runners in routing order, indexed by kind. It is safe for concurrent use.
type Table struct {
	entries []Entry
	byKind  map[string][]int32 // of every declared kind: the entries to be asked about it, in order
	anyKind []int32            // the entries that declare no kinds
}

// NewTable returns the table of entries, which are in routing order and are not changed afterwards.
func NewTable(entries []Entry) *Table {
	t := &Table{entries: entries, byKind: map[string][]int32{}}
	for _, e := range entries {
		for _, kind := range e.Kinds {
			t.byKind[kind] = nil
		}
	}
	for i, e := range entries {
		if e.Disabled {
			continue
		}
		if e.Kinds == nil {
			t.anyKind = append(t.anyKind, int32(i))
			for kind := range t.byKind {
				t.byKind[kind] = append(t.byKind[kind], int32(i))
			}
			continue
		}
		for _, kind := range e.Kinds {
			if last := t.byKind[kind]; len(last) == 0 || last[len(last)-1] != int32(i) {
				t.byKind[kind] = append(last, int32(i))
			}
		}
	}
	return t
}

// Entries returns the runners in routing order. The slice is the table's own and must not be changed.
func (t *Table) Entries() []Entry { return t.entries }

// Route decides. The decision is whole also beside an error, so that it can be explained. Errors are *[task.Error]:
//   - [task.CodeEmbedded]: the kind is embedded, which no runner takes;
//   - [task.CodeNoRunner]: nobody takes the spec; the message names the nearest;
//   - whatever the Asker's error says, when a runner with FailOnFault went wrong;
//
// or ctx's own error, when it ended.
func (t *Table) Route(ctx context.Context, req Request) (Decision, error) {
	d := Decision{table: t, spec: req.Spec, selected: -1, end: len(t.entries)}
	kind := req.Spec.Kind.KindName()
	if kind == task.KindEmbedded {
		d.end = 0
		return d, &task.Error{
			Code:    task.CodeEmbedded,
			Message: "an embedded task is a function of the program that submits it; no runner takes it",
		}
	}
	for _, i := range t.candidates(kind) {
		e := &t.entries[i]
		if !req.Spec.Selector.Matches(e.Labels) {
			continue
		}
		if why := e.Runner.Quarantined(); why != "" {
			d.faults = append(d.faults, fault{entry: int(i), verdict: Quarantined, detail: why})
			if e.FailOnFault {
				d.end = int(i) + 1
				return d, &task.Error{Code: task.CodeGuestFault, Runner: e.Name, Message: "quarantined: " + why +
					"; routing ends with that, as its sidecar's onFault says"}
			}
			continue
		}
		yes, err := e.Runner.Supports(ctx, req)
		if err != nil {
			d.faults = append(d.faults, fault{entry: int(i), verdict: Fault, detail: detailOf(err)})
			if ctx.Err() != nil {
				d.end = int(i) + 1
				return d, ctx.Err()
			}
			if e.FailOnFault {
				d.end = int(i) + 1
				return d, fmt.Errorf("routing ends with the fault of runner %s, as its sidecar's onFault says: %w", e.Name, err)
			}
			continue
		}
		if yes {
			d.selected, d.end = int(i), int(i)+1
			return d, nil
		}
	}
	return d, &task.Error{Code: task.CodeNoRunner, Message: d.noRunner(kind)}
}

// candidates are the entries that may be asked about a kind, in order.
func (t *Table) candidates(kind string) []int32 {
	if list, declared := t.byKind[kind]; declared {
		return list
	}
	return t.anyKind
}

// detailOf is an error's words without the runner's name, which stands beside them anyway.
func detailOf(err error) string {
	if te, ok := errors.AsType[*task.Error](err); ok {
		return te.Message
	}
	return err.Error()
}

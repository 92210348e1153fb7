// Package router decides which runner gets a spec, and says why each other one did not. Kind and labels are matched
// before any guest code runs; then the runners left are asked, in order, and the first yes wins. What one has said of a
// spec that it can't tell from this one, it isn't asked again. The rules are those
// of solti-runner's RunnerRouter (SEED era).
package router

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/task"
)

// Request is a spec on its way, in the two forms that runners ask for.
type Request struct {
	Spec *task.Spec
	Doc  *document.Index // the spec as guests see it; without one nothing is remembered
	// Trace is for an Asker of an Entry that Traces: it notes there what it looks up in Doc. It may be nil. [Table.Route]
	// sets it.
	Trace *document.Trace
}

// Asker is a runner as routing needs it. It is safe for concurrent use.
type Asker interface {
	// Supports asks whether the runner takes the spec. It depends on nothing but the spec, so that an answer may be
	// remembered. An error is the runner's fault, unless ctx ended.
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
	Traces      bool // Supports notes all that its answer depends on in the Request's Trace
	Runner      Asker
}

// Table is an immutable list of runners in routing order, with an index by kind and labels, a memory of its latest
// decisions, and one of the runners' answers. It is safe for concurrent use.
type Table struct {
	entries []Entry
	index   index
	memory  *memory  // nil where a fault may end routing, which a remembered decision would hide
	answers *answers // nil where nobody traces
}

// NewTable returns the table of entries, which are in routing order and are not changed afterwards.
func NewTable(entries []Entry) *Table {
	t := &Table{entries: entries, index: newIndex(entries)}
	if !slices.ContainsFunc(entries, func(e Entry) bool { return e.FailOnFault }) {
		t.memory = newMemory()
	}
	if slices.ContainsFunc(entries, Entry.remembered) {
		t.answers = newAnswers(len(entries))
	}
	return t
}

// remembered says whether the runner's answers may be. Where a fault ends routing, a remembered answer would hide one.
func (e Entry) remembered() bool { return e.Traces && !e.FailOnFault }

// Entries returns the runners in routing order. The slice is the table's own and must not be changed.
func (t *Table) Entries() []Entry { return t.entries }

// Route decides. The decision is whole also beside an error, so that it can be explained. Errors are *[task.Error]:
//   - [task.CodeEmbedded]: the kind is embedded, which no runner takes;
//   - [task.CodeNoRunner]: nobody takes the spec; the message names the nearest, or the kind that was meant;
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
	var hash uint64
	remembers := t.memory != nil && req.Doc != nil
	if remembers {
		selected, ok, h := t.memory.recall(req.Doc.JSON())
		if hash = h; ok && (selected < 0 || t.entries[selected].Runner.Quarantined() == "") {
			return d.concluded(selected)
		}
	}
	selected, err := d.search(ctx, req, t.index.query(kind, req.Spec.Selector, &room{}))
	if err != nil {
		return d, err
	}
	if remembers && len(d.faults) == 0 {
		t.memory.learn(req.Doc.JSON(), hash, selected)
	}
	return d.concluded(selected)
}

// search returns the first entry of a query that takes the spec, or -1. Who has said what it says of such a spec isn't
// asked again. An error ends routing.
func (d *Decision) search(ctx context.Context, req Request, q query) (int, error) {
	t := d.table
	var known *recollection
	if t.answers != nil && req.Doc != nil {
		known = t.answers.recall(req.Doc)
		defer t.answers.putBack(known)
		req.Trace = &known.trace
	}
	for b, ok := q.next(0); ok; b, ok = q.next(b.at + 1) {
		word, takers := b.bits, uint64(0)
		if known != nil {
			word &^= known.said[0][b.at]
			takers = known.said[1][b.at]
		}
		for ; word != 0; word &= word - 1 {
			bit := bits.TrailingZeros64(word)
			i := int(b.at)*64 + bit
			if takers>>bit&1 == 1 && t.entries[i].Runner.Quarantined() == "" {
				return i, nil
			}
			if yes, err := d.ask(ctx, i, req); yes || err != nil {
				return i, err
			}
		}
	}
	return -1, nil
}

// concluded is the decision once everybody was asked who had to be.
func (d Decision) concluded(selected int) (Decision, error) {
	if selected < 0 {
		return d, &task.Error{Code: task.CodeNoRunner, Message: d.noRunner(d.spec.Kind.KindName())}
	}
	d.selected, d.end = selected, selected+1
	return d, nil
}

// ask asks an entry whether it takes the spec. An error ends routing.
func (d *Decision) ask(ctx context.Context, i int, req Request) (yes bool, err error) {
	e := &d.table.entries[i]
	if why := e.Runner.Quarantined(); why != "" {
		d.faults = append(d.faults, fault{entry: i, verdict: Quarantined, detail: why})
		if !e.FailOnFault {
			return false, nil
		}
		d.end = i + 1
		return false, &task.Error{Code: task.CodeGuestFault, Runner: e.Name, Message: "quarantined: " + why +
			"; routing ends with that, as its sidecar's onFault says"}
	}
	if req.Trace != nil {
		req.Trace.Reset()
	}
	if yes, err = e.Runner.Supports(ctx, req); err == nil {
		if req.Trace != nil && e.remembered() {
			d.table.answers.learn(i, yes, req.Trace)
		}
		return yes, nil
	}
	d.faults = append(d.faults, fault{entry: i, verdict: Fault, detail: detailOf(err)})
	switch {
	case ctx.Err() != nil:
		d.end = i + 1
		return false, ctx.Err()
	case e.FailOnFault:
		d.end = i + 1
		return false, fmt.Errorf("routing ends with the fault of runner %s, as its sidecar's onFault says: %w", e.Name, err)
	}
	return false, nil
}

// detailOf is an error's words without the runner's name, which stands beside them anyway.
func detailOf(err error) string {
	if te, ok := errors.AsType[*task.Error](err); ok {
		return te.Message
	}
	return err.Error()
}

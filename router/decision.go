package router

import (
	"fmt"
	"slices"
	"strings"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/task"
)

// Verdict is what became of one runner in a decision.
type Verdict string

// The verdicts.
const (
	Selected    Verdict = "selected"
	NotReached  Verdict = "not_reached" // a runner before it took the spec, or routing ended
	KindOther   Verdict = "kind"        // it does not take the spec's kind
	SelectorNo  Verdict = "selector"    // its labels do not match the spec's runnerSelector
	Unsupported Verdict = "unsupported" // it was asked and said no
	Fault       Verdict = "fault"       // it was asked and went wrong
	Disabled    Verdict = "disabled"
	Quarantined Verdict = "quarantined"
)

// Candidate is one runner's part in a decision.
type Candidate struct {
	Runner  string
	Verdict Verdict
	Detail  string // why, for people; may be empty
}

// Decision is how a spec was routed. It keeps what happened while the runners were asked; the rest of the explanation
// is worked out when somebody wants it. It holds no runner open.
type Decision struct {
	table    *Table
	spec     *task.Spec
	selected int // -1: none
	end      int // the first entry that was not reached
	faults   []fault
}

// fault is a candidate that was passed over for another reason than a no.
type fault struct {
	entry   int
	verdict Verdict
	detail  string
}

// Selected returns the place of the chosen runner in [Table.Entries], or -1.
func (d Decision) Selected() int { return d.selected }

// Candidates says for every runner, in routing order, what became of it.
func (d Decision) Candidates() []Candidate {
	if d.table == nil {
		return nil
	}
	list := make([]Candidate, len(d.table.entries))
	for i := range list {
		list[i] = d.candidate(i)
	}
	return list
}

func (d Decision) candidate(i int) Candidate {
	e := &d.table.entries[i]
	c := Candidate{Runner: e.Name}
	verdict, detail := d.standing(e)
	switch at := slices.IndexFunc(d.faults, func(f fault) bool { return f.entry == i }); {
	case i == d.selected:
		c.Verdict = Selected
	case i >= d.end:
		c.Verdict, c.Detail = NotReached, "comes after the decision"
		if d.end == 0 {
			c.Detail = "nobody is asked about an embedded task"
		} else if verdict == "" {
			c.Detail = "kind and labels would match too"
		}
	case at >= 0:
		c.Verdict, c.Detail = d.faults[at].verdict, d.faults[at].detail
	case verdict != "":
		c.Verdict, c.Detail = verdict, detail
	default:
		c.Verdict, c.Detail = Unsupported, "supports said no"
	}
	return c
}

// standing is what can be said of a runner without asking it; empty when it has to be asked.
func (d Decision) standing(e *Entry) (Verdict, string) {
	switch kind := d.spec.Kind.KindName(); {
	case e.Disabled:
		return Disabled, "disabled by its sidecar"
	case e.Kinds != nil && !slices.Contains(e.Kinds, kind):
		return KindOther, "takes only " + strings.Join(e.Kinds, ", ")
	}
	if miss := d.spec.Selector.Mismatch(e.Labels); miss != "" {
		return SelectorNo, miss
	}
	return "", ""
}

// noRunner is the message for a spec that nobody takes.
func (d Decision) noRunner(kind string) string {
	if len(d.table.entries) == 0 {
		return fmt.Sprintf("no runner takes kind %q: none is registered", kind)
	}
	nearest, ok := d.Nearest()
	if !ok {
		return fmt.Sprintf("no runner takes kind %q", kind)
	}
	if nearest.Verdict == KindOther {
		if guess := document.DidYouMean(kind, d.table.declaredKinds()); guess != "" {
			return fmt.Sprintf("no runner takes kind %q%s", kind, guess)
		}
	}
	return fmt.Sprintf("no runner takes kind %q; the nearest is %s: %s", kind, nearest.Runner, nearest.Detail)
}

// declaredKinds are all kinds that runners declare, each once, in order.
func (t *Table) declaredKinds() []string {
	var all []string
	for i := range t.entries {
		all = append(all, t.entries[i].Kinds...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Nearest returns the runner that came closest to taking a spec that none took: one that was asked rather than one
// with the wrong labels, and that rather than one for other kinds; the first in order among equals. False when there
// is a selected one, or no runner at all.
func (d Decision) Nearest() (Candidate, bool) {
	closeness := []Verdict{Unsupported, Fault, Quarantined, SelectorNo, KindOther, Disabled}
	best, rank := Candidate{}, len(closeness)
	if d.table == nil || d.selected >= 0 {
		return best, false
	}
	for i := range min(d.end, len(d.table.entries)) {
		c := d.candidate(i)
		if r := slices.Index(closeness, c.Verdict); r >= 0 && r < rank {
			best, rank = c, r
		}
	}
	return best, rank < len(closeness)
}

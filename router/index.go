package router

import (
	"github.com/soltihq/soltiwasm/task"
)

// index finds the entries that have to be asked about a spec. Its cost grows with the entries by a small fraction of
// what looking at each would take: one word holds 64 of them, and only words that hold any are looked at.
type index struct {
	anyKind set            // entries that declare no kinds
	byKind  map[string]set // entries that declare a kind
	labels  map[string]values
}

// values are the entries that have a label, whatever its value and by value.
type values struct {
	any     set
	byValue map[string]set
}

// set is a set of entries: its blocks ascend, and none is empty.
type set []block

// block is the part of a set from entry 64*at on.
type block struct {
	at   int32
	bits uint64
}

// add adds an entry that is not below those that the set has.
func (s set) add(entry int) set {
	at, bit := int32(entry/64), uint64(1)<<(entry%64)
	if last := len(s) - 1; last >= 0 && s[last].at == at {
		s[last].bits |= bit
		return s
	}
	return append(s, block{at, bit})
}

// from is the part of the set from a block on.
func (s set) from(at int32) set {
	if len(s) == 0 || s[0].at >= at {
		return s
	}
	low, high := 1, len(s)
	for low < high {
		if middle := (low + high) / 2; s[middle].at < at {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return s[low:]
}

func newIndex(entries []Entry) index {
	x := index{byKind: map[string]set{}, labels: map[string]values{}}
	for i, e := range entries {
		if e.Disabled {
			continue
		}
		if e.Kinds == nil {
			x.anyKind = x.anyKind.add(i)
		}
		for _, kind := range e.Kinds {
			x.byKind[kind] = x.byKind[kind].add(i)
		}
		for key, value := range e.Labels {
			v, ok := x.labels[key]
			if !ok {
				v.byValue = map[string]set{}
			}
			v.any = v.any.add(i)
			v.byValue[value] = v.byValue[value].add(i)
			x.labels[key] = v
		}
	}
	return x
}

// query is what a spec asks of the entries: all of its terms hold for an entry that has to be asked.
type query struct {
	sets  []set
	terms []term
	lead  int // the term with the fewest blocks, none of whose negations
}

// term holds for the entries in one of the sets from first up to end, or for the others where it is negated.
type term struct {
	first, end int
	negated    bool
}

// room is how many sets and terms a query holds without allocating.
type room struct {
	sets  [16]set
	terms [8]term
}

// query asks for what takes the kind and matches the selector.
func (x *index) query(kind string, selector *task.Selector, r *room) query {
	q := query{sets: append(r.sets[:0], x.byKind[kind], x.anyKind), terms: append(r.terms[:0], term{0, 2, false})}
	if selector == nil {
		return q
	}
	for key, value := range selector.MatchLabels {
		q.sets = append(q.sets, x.labels[key].byValue[value])
		q = q.closed(false)
	}
	for i := range selector.MatchExpressions {
		q = x.require(q, &selector.MatchExpressions[i])
	}
	return q
}

// require adds the term of a requirement. That of an unknown operator never holds.
func (x *index) require(q query, r *task.Requirement) query {
	label := x.labels[r.Key]
	switch r.Operator {
	case task.In, task.NotIn:
		for _, value := range r.Values {
			q.sets = append(q.sets, label.byValue[value])
		}
	case task.Exists, task.DoesNotExist:
		q.sets = append(q.sets, label.any)
	}
	return q.closed(r.Operator == task.NotIn || r.Operator == task.DoesNotExist)
}

// closed makes a term of the sets that belong to none yet. (A query is handed on by value: what a pointer's slices hold
// would be taken to the heap.)
func (q query) closed(negated bool) query {
	t := term{q.terms[len(q.terms)-1].end, len(q.sets), negated}
	q.terms = append(q.terms, t)
	if !negated && q.blocks(t) < q.blocks(q.terms[q.lead]) {
		q.lead = len(q.terms) - 1
	}
	return q
}

func (q *query) blocks(t term) (n int) {
	for _, s := range q.sets[t.first:t.end] {
		n += len(s)
	}
	return n
}

// next returns the first block from at on that may hold entries, and those that it holds. The blocks before it are
// not to be asked for again.
func (q *query) next(at int32) (block, bool) {
	lead := q.terms[q.lead]
	for {
		found := false
		next := at
		for i := lead.first; i < lead.end; i++ {
			s := q.sets[i].from(at)
			q.sets[i] = s
			if len(s) > 0 && (!found || s[0].at < next) {
				next, found = s[0].at, true
			}
		}
		if !found {
			return block{}, false
		}
		bits := ^uint64(0)
		for _, t := range q.terms {
			if bits &= q.bits(t, next); bits == 0 {
				break
			}
		}
		if bits != 0 {
			return block{next, bits}, true
		}
		at = next + 1
	}
}

// bits are the entries of a block for which a term holds.
func (q *query) bits(t term, at int32) (bits uint64) {
	for i := t.first; i < t.end; i++ {
		s := q.sets[i].from(at)
		q.sets[i] = s
		if len(s) > 0 && s[0].at == at {
			bits |= s[0].bits
		}
	}
	if t.negated {
		return ^bits
	}
	return bits
}

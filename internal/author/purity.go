package author

import (
	"bytes"
	"context"
	"slices"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/registry"
)

// maxFresh bounds the samples that are tried in instances of their own.
const maxFresh = 6

// pure asks again, twice in a row, in the instance that was asked everything before and in fresh ones, and compares the
// answers with the first ones.
func (c *check) pure(ctx context.Context, used *registry.Runner) error {
	chosen := c.best()
	chosen = chosen[:min(len(chosen), maxFresh)]
	slices.Reverse(chosen)
	for _, t := range chosen {
		if t.supports.faulty() || c.endless {
			continue
		}
		for range 2 {
			if _, _, err := c.again(ctx, used, t, "when it was asked again, after other specs"); err != nil {
				return err
			}
		}
		err := c.trial.fresh(ctx, func(r *registry.Runner) error {
			_, _, err := c.again(ctx, r, t, "in a fresh instance")
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// best are the samples, those that went furthest first.
func (c *check) best() []*tried {
	sorted := slices.Clone(c.tried)
	slices.SortStableFunc(sorted, func(a, b *tried) int { return rank(a) - rank(b) })
	return sorted
}

// rank puts samples that were built first, and those that were not taken last.
func rank(t *tried) int {
	switch {
	case t.built():
		return 0
	case t.supports.taken:
		return 1
	}
	return 2
}

// again asks build and then supports, the other way round than at first, and says whether the answers are the same.
func (c *check) again(ctx context.Context, r *registry.Runner, t *tried, when string) (calls []*call, same bool, err error) {
	same = true
	if t.supports.taken && !t.build.faulty() {
		a, err := c.trial.build(ctx, r, t.index)
		if err != nil {
			return nil, false, err
		}
		calls, same = append(calls, a.seen), c.sameBuild(t, a, when)
	}
	a, err := c.trial.supports(ctx, r, t.index)
	if err != nil {
		return nil, false, err
	}
	calls = append(calls, a.seen)
	switch {
	case a.faulty():
		c.fault(a.seen, t.on()+" "+when, false)
	case a.seen.result != t.supports.seen.result:
		c.findings.add(codeImpure, when, "supports returned %d at first and %d %s%s", t.supports.seen.result, a.seen.result, when, t.on())
	default:
		return calls, same, nil
	}
	return calls, false, nil
}

func (c *check) sameBuild(t *tried, a answer, when string) bool {
	first := t.build
	switch {
	case a.faulty():
		c.fault(a.seen, t.on()+" "+when, false)
	case a.seen.result != first.seen.result:
		c.findings.add(codeRepeat, when, "build returned %d at first and %d %s%s", first.seen.result, a.seen.result, when, t.on())
	case a.code() != first.code():
		c.findings.add(codeRepeat, when, "build ended with %s at first and with %s %s%s", outcome(first), outcome(a), when, t.on())
	case a.err == nil && !sameTask(a, first):
		c.findings.add(codeRepeat, when, "build gave another task than at first %s%s", when, t.on())
	default:
		return true
	}
	return false
}

// name calls name twice in a fresh instance.
func (c *check) name(ctx context.Context, first *registry.Runner) error {
	p := c.trial.probe
	p.twice = true
	s, _, err := c.trial.load(ctx)
	p.twice = false
	if err != nil {
		return err
	}
	for _, seen := range p.take() {
		switch {
		case seen.export != abi.ExportName:
		case seen.err != nil:
			c.fault(seen, " when it was called a second time", false)
		case seen.text != first.Name():
			c.findings.add(codeNameChanges, "", "name replied %q at first and then %q", first.Name(), show(seen.text))
		}
	}
	if s == nil {
		return nil
	}
	return s.Close(ctx)
}

// outcome is the error's code, or that there is a task.
func outcome(a answer) string {
	if a.err == nil {
		return "a task"
	}
	return string(a.code())
}

// sameTask compares two tasks as documents show them.
func sameTask(a, b answer) bool {
	x, err := registry.EncodeTask(a.task)
	if err != nil {
		return false
	}
	y, err := registry.EncodeTask(b.task)
	return err == nil && bytes.Equal(x.AppendJSON(nil), y.AppendJSON(nil))
}

package author

import (
	"bytes"
	"context"
	"slices"

	"github.com/soltihq/soltiwasm/registry"
)

// maxFresh bounds the samples that are tried in instances of their own.
const maxFresh = 6

// pure asks again, twice in a row, in the instance that was asked everything before and in fresh ones, and compares the
// answers with the first ones.
func (c *check) pure(ctx context.Context, used *registry.Runner) error {
	chosen := slices.Clone(c.tried)
	slices.SortStableFunc(chosen, func(a, b *tried) int { return rank(a) - rank(b) })
	chosen = chosen[:min(len(chosen), maxFresh)]
	slices.Reverse(chosen)
	for _, t := range chosen {
		if t.supports.faulty() || c.endless {
			continue
		}
		for range 2 {
			if err := c.again(ctx, used, t, "when it was asked again, after other specs"); err != nil {
				return err
			}
		}
		err := c.trial.fresh(ctx, func(r *registry.Runner) error {
			return c.again(ctx, r, t, "in a fresh instance")
		})
		if err != nil {
			return err
		}
	}
	return nil
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

// again asks build and then supports, the other way round than at first, and compares.
func (c *check) again(ctx context.Context, r *registry.Runner, t *tried, when string) error {
	if t.supports.taken && !t.build.faulty() {
		a, err := c.trial.build(ctx, r, t.index)
		if err != nil {
			return err
		}
		c.compareBuild(t, a, when)
	}
	a, err := c.trial.supports(ctx, r, t.index)
	switch {
	case err != nil:
		return err
	case a.faulty():
		c.fault(a.seen, t.on(), false)
	case a.seen.result != t.supports.seen.result:
		c.findings.add(codeImpure, when, "supports returned %d at first and %d %s%s", t.supports.seen.result, a.seen.result, when, t.on())
	}
	return nil
}

func (c *check) compareBuild(t *tried, a answer, when string) {
	first := t.build
	switch {
	case a.faulty():
		c.fault(a.seen, t.on(), false)
	case a.seen.result != first.seen.result:
		c.findings.add(codeRepeat, when, "build returned %d at first and %d %s%s", first.seen.result, a.seen.result, when, t.on())
	case a.code() != first.code():
		c.findings.add(codeRepeat, when, "build ended with %s at first and with %s %s%s", outcome(first), outcome(a), when, t.on())
	case a.err == nil && !sameTask(a, first):
		c.findings.add(codeRepeat, when, "build gave another task than at first %s%s", when, t.on())
	}
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

package author

import (
	"context"
	"slices"

	"github.com/soltihq/soltiwasm/registry"
)

// maxHard is how many kinds are tried with difficult specs.
const maxHard = 4

// difficult tries specs that nobody has in mind: the module's own look-ups say which fields to vary.
func (c *check) difficult(ctx context.Context, r *registry.Runner) error {
	ends := c.workshop.Now().Add(maxVarying)
	values := hostileValues()
	for _, base := range c.bases() {
		var pointers []string
		for _, t := range c.tried {
			if t.kind == base.kind {
				pointers = append(pointers, t.lookups...)
			}
		}
		if len(pointers) == 0 {
			continue // to who doesn't look, all specs are the same
		}
		for hostile := range vary(base.sample, pointers, values) {
			if c.endless {
				return nil
			}
			if c.workshop.Now().After(ends) {
				c.findings.add(codeCutShort, "specs", "not every difficult spec was tried within %s", maxVarying)
				return nil
			}
			if _, err := c.ask(ctx, r, hostile, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// bases are the samples of which others are made: of each kind the one that went furthest.
func (c *check) bases() []*tried {
	var bases []*tried
	sorted := slices.Clone(c.tried)
	slices.SortStableFunc(sorted, func(a, b *tried) int { return rank(a) - rank(b) })
	for _, t := range sorted {
		of := func(b *tried) bool { return b.kind == t.kind }
		if t.supports.taken && !slices.ContainsFunc(bases, of) && len(bases) < maxHard {
			bases = append(bases, t)
		}
	}
	return bases
}

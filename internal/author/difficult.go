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
	for _, base := range c.bases() {
		pointers, limits := c.lookedUp(base.kind)
		if len(pointers) == 0 {
			continue // to who doesn't look, all specs are the same
		}
		for hostile := range vary(base.sample, pointers, limits) {
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

// lookedUp are the pointers that were asked for with specs of a kind, and with which limits.
func (c *check) lookedUp(kind string) (pointers []string, limits map[string][]int) {
	limits = map[string][]int{}
	for _, t := range c.tried {
		if t.kind != kind {
			continue
		}
		pointers = append(pointers, t.lookups...)
		for p, rooms := range t.limits {
			limits[p] = append(limits[p], rooms...)
		}
	}
	for p, rooms := range limits {
		slices.Sort(rooms)
		rooms = slices.Compact(rooms)
		limits[p] = rooms[max(0, len(rooms)-maxRooms):]
	}
	return pointers, limits
}

// furthest are of each kind the sample that went furthest.
func (c *check) furthest() []*tried {
	var chosen []*tried
	for _, t := range c.best() {
		of := func(b *tried) bool { return b.kind == t.kind }
		if t.supports.taken && !slices.ContainsFunc(chosen, of) && len(chosen) < maxHard {
			chosen = append(chosen, t)
		}
	}
	return chosen
}

// bases are the samples of which others are made: of each kind the one that went furthest, and of kinds that the host
// knows the others too, since what one of them has another can't have.
func (c *check) bases() []*tried {
	bases := c.furthest()
	for _, t := range c.best() {
		of := func(b *tried) bool { return b.kind == t.kind }
		if isBuiltin(t.kind) && t.supports.taken && !slices.Contains(bases, t) && slices.ContainsFunc(bases, of) {
			bases = append(bases, t)
		}
	}
	return bases
}

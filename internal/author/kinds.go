package author

import (
	"context"
	"slices"
	"strings"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/task"
)

// judgeKinds says of which kinds no spec was taken, or built.
func (c *check) judgeKinds(kinds []string) {
	var refused []string
	for _, kind := range kinds {
		taken, accepted, faulty := false, false, false
		for _, t := range c.tried {
			if t.kind == kind {
				taken = taken || t.supports.taken
				accepted = accepted || t.accepted()
				faulty = faulty || t.supports.faulty() || t.supports.err != nil || t.build.seen != nil && t.build.faulty()
			}
		}
		switch {
		case faulty:
		case !taken && slices.Contains(c.manifest.Kinds, kind):
			c.findings.each(codeKindRefused, "the manifest names the kind %s, and supports answered 0 to every spec of it that was tried", kind)
		case taken && !accepted:
			refused = append(refused, kind)
		}
	}
	if len(refused) > 0 {
		c.findings.each(codeNotBuilt, "build refused every spec that was tried, and that supports took, of the kinds %s", strings.Join(refused, ", "))
	}
}

// undeclared asks about kinds that the manifest doesn't name, which the host won't do.
func (c *check) undeclared(ctx context.Context, r *registry.Runner) error {
	if len(c.manifest.Kinds) == 0 {
		return nil
	}
	for _, kind := range []string{strangeKind, task.KindSubprocess, task.KindWasm, task.KindContainer} {
		samples := builtinSamples(kind)
		if slices.Contains(c.manifest.Kinds, kind) {
			continue
		}
		if len(samples) == 0 {
			root := specOf(kind, document.NewObject())
			s, _ := newSample(describe(root, kind), root)
			samples = []sample{s}
		}
		a, err := c.trial.supports(ctx, r, samples[0].index)
		if err != nil {
			return err
		}
		if a.taken {
			c.findings.add(codeKindUndeclared, "", "supports answered 1 for the kind %s, and the manifest doesn't name it", kind)
		}
	}
	return nil
}

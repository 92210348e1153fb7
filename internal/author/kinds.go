package author

import (
	"context"
	"slices"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/task"
)

// declared compares the kinds that were tried with what the manifest says.
func (c *check) declared(ctx context.Context, r *registry.Runner) error {
	if c.endless {
		return nil // one call that never ends is enough
	}
	c.judgeKinds()
	return c.undeclared(ctx, r)
}

// judgeKinds says of which kinds no spec was taken, or built.
func (c *check) judgeKinds() {
	for _, kind := range c.kinds {
		taken, accepted, faulty := false, false, false
		var last *tried // that was refused
		for _, t := range slices.Concat(c.tried, c.triedWithEnv) {
			if t.kind == kind {
				taken = taken || t.supports.taken
				accepted = accepted || t.accepted()
				faulty = faulty || t.supports.faulty() || t.supports.err != nil || t.build.seen != nil && t.build.faulty()
				if t.supports.taken {
					last = t
				}
			}
		}
		switch {
		case faulty:
		case !taken && slices.Contains(c.manifest.Kinds, kind):
			c.findings.each(codeKindRefused, "the manifest names the kind %s, and supports answered 0 to every spec of it that was tried", kind)
		case taken && !accepted:
			code := codeNotBuilt
			if last.build.status() == abi.BuildInternal {
				code = codeInternal
			}
			c.findings.add(code, last.build.message(), "build refused every spec of the kind %s that was tried, and that supports took; at last with %s, %s%s",
				kind, last.build.code(), show(last.build.message()), last.on())
		}
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

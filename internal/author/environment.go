package author

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/task"
)

// longValue is more bytes than most buffers have.
const longValue = 5_000

// environment asks again with the variables set that the runner requests or looked up: with short values, with numbers,
// and with long ones. Those that the author gave stay as they are.
func (c *check) environment(ctx context.Context, _ *registry.Runner) error {
	keys := c.missingKeys()
	if len(keys) == 0 || c.endless {
		return nil
	}
	for _, v := range []struct {
		name, value string
		unusual     bool
	}{
		{"a short value", "example", false}, {"the value 1", "1", false}, {"an empty value", "", true},
		{fmt.Sprintf("a value of %d bytes", longValue), strings.Repeat("x", longValue), true},
	} {
		env := slices.Clone(c.workshop.Env)
		for _, key := range keys {
			env = append(env, task.Var{Key: key, Value: v.value})
		}
		note := fmt.Sprintf(", and %s in %s", v.name, show(strings.Join(keys, ", ")))
		err := c.trial.freshWith(ctx, env, func(r *registry.Runner) error { return c.askWith(ctx, r, note, v.unusual) })
		if err != nil {
			return err
		}
	}
	return nil
}

// askWith asks a runner that has variables what went furthest of each kind.
func (c *check) askWith(ctx context.Context, r *registry.Runner, note string, unusual bool) error {
	for _, base := range c.furthest() {
		if c.endless {
			return nil
		}
		s := base.sample
		s.name += note
		t, err := c.ask(ctx, r, s, unusual)
		if err != nil {
			return err
		}
		if !unusual {
			c.triedWithEnv = append(c.triedWithEnv, t)
		}
		if t.runnable() && !c.longRun {
			if err := c.run(ctx, r, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// maxKeys bounds the variables that are made up.
const maxKeys = 64

// missingKeys are the variables that have no value and that the manifest requests by their whole names, or that were
// looked up.
func (c *check) missingKeys() []string {
	var keys []string
	add := func(key string) {
		_, set := c.workshop.Env.Get(key)
		if key != "" && len(key) <= longValue && !strings.ContainsAny(key, "*=\x00") && !set && !slices.Contains(keys, key) && len(keys) < maxKeys {
			keys = append(keys, key)
		}
	}
	for _, pattern := range c.manifest.Env {
		add(pattern)
	}
	for _, t := range c.tried {
		if t.build.seen != nil {
			for _, key := range t.build.seen.keys {
				add(key)
			}
		}
	}
	return keys
}

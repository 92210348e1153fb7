package author

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/registry"
)

// Runs of tasks that were built: how many, and how long each may take. One that goes on longer is left at that.
const (
	maxRuns    = 3
	runTimeout = time.Second
)

// runs carries out some of the tasks whose action is run. Outside of the sandbox that leaves no trace.
func (c *check) runs(ctx context.Context, r *registry.Runner) error {
	done := 0
	for _, t := range c.tried {
		if !t.runnable() || done == maxRuns || c.longRun {
			continue
		}
		done++
		if err := c.run(ctx, r, t); err != nil {
			return err
		}
	}
	return nil
}

// runnable says whether there is a task that the guest itself carries out.
func (t *tried) runnable() bool {
	return t.built() && t.build.task.Action.ActionName() == abi.ActionRun
}

// run carries out a task that is runnable.
func (c *check) run(ctx context.Context, r *registry.Runner, t *tried) error {
	a, err := c.trial.run(ctx, r, t.index, t.build.task, runTimeout)
	if err != nil {
		return err
	}
	t.look(a)
	c.judgeRun(t, a)
	c.judgeDropped(t, a.seen)
	c.manifestUse(t, a)
	c.longRun = c.longRun || goesOn(a)
	return nil
}

// goesOn says whether a run was left because its time was over.
func goesOn(a answer) bool {
	return a.seen.export == abi.ExportRun && errors.Is(a.seen.err, context.DeadlineExceeded)
}

func (c *check) judgeRun(t *tried, a answer) {
	_, exited := errors.AsType[*hostfuncs.ExitError](a.seen.err)
	switch {
	case exited || goesOn(a):
	case a.faulty():
		c.fault(a.seen, t.on(), false)
	case a.status() < abi.RunSuccess || a.status() > abi.RunFatal:
		c.findings.add(codeRunStatus, "", "run returned %d%s", a.seen.result, t.on())
	}
}

// manifestUse compares what a build or run used with what the manifest requests.
func (c *check) manifestUse(t *tried, a answer) {
	for _, key := range a.seen.keys {
		c.used.env = append(c.used.env, key)
		if c.hasManifest && !requested(c.manifest.Env, key) {
			what := "the variable " + show(key)
			if key == "" {
				what = "all variables"
			}
			c.findings.add(codeEnv, key, "%s reads %s, which the manifest doesn't request%s", a.seen.export, what, t.on())
		}
	}
	if a.task.Action == nil {
		return
	}
	action := a.task.Action.ActionName()
	c.used.actions = append(c.used.actions, action)
	if c.hasManifest && action != abi.ActionRun && !slices.Contains(c.manifest.Actions, action) {
		c.findings.add(codeAction, action, "a task has the action %s, which the manifest doesn't request%s", action, t.on())
	}
}

// requested says whether a pattern covers the key. The empty key reads whatever is granted.
func requested(patterns []string, key string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		prefix, open := strings.CutSuffix(p, "*")
		return key == "" || p == key || open && strings.HasPrefix(key, prefix)
	})
}

// used is what the calls with ordinary specs used of what a manifest can request.
type used struct {
	env     []string
	actions []string
}

// uses looks at what all ordinary calls asked for together.
func (c *check) uses(context.Context, *registry.Runner) error {
	built := false
	for _, t := range slices.Concat(c.tried, c.triedWithEnv) {
		if t.build.seen != nil {
			c.manifestUse(t, t.build)
		}
		built = built || t.built()
		c.judgePointers(t)
	}
	emitted := c.trial.figures.takeEmitted()
	if c.hasManifest {
		c.judgeMetrics(emitted)
	}
	if built {
		c.judgeUnused(emitted)
	}
	return nil
}

// judgeDropped tells of the metrics that a call emitted in vain.
func (c *check) judgeDropped(t *tried, seen *call) {
	for _, words := range seen.dropped {
		c.findings.add(codeMetricDropped, words, "%s%s", words, t.on())
	}
}

func (c *check) judgeMetrics(emitted []*metrics.Metric) {
	for _, m := range emitted {
		at := slices.IndexFunc(c.manifest.Metrics, func(d abi.Metric) bool { return d.Name == m.Name })
		if at < 0 {
			c.findings.each(codeUndeclared, "the metric %s is emitted, and the manifest doesn't declare it", m.Name)
			continue
		}
		d := c.manifest.Metrics[at]
		if labels := slices.Sorted(slices.Values(d.Labels)); d.Type != m.Type.String() || !slices.Equal(labels, m.Labels) {
			c.findings.each(codeMetricDiffers, "the metric %s is declared as a %s with the labels [%s] and emitted as a %s with [%s]",
				m.Name, d.Type, strings.Join(labels, ", "), m.Type, strings.Join(m.Labels, ", "))
		}
	}
}

// judgeUnused says what the manifest requests or declares and no call used.
func (c *check) judgeUnused(emitted []*metrics.Metric) {
	for _, p := range c.manifest.Env {
		if !slices.ContainsFunc(c.used.env, func(key string) bool { return requested([]string{p}, key) }) {
			c.findings.each(codeUnused, "the manifest requests the variables %s, and no call read one", p)
		}
	}
	for _, action := range c.manifest.Actions {
		if !slices.Contains(c.used.actions, action) {
			c.findings.each(codeUnused, "the manifest requests the action %s, and no task has it", action)
		}
	}
	for _, d := range c.manifest.Metrics {
		if !slices.ContainsFunc(emitted, func(m *metrics.Metric) bool { return m.Name == d.Name }) {
			c.findings.each(codeUnused, "the manifest declares the metric %s, and no call emitted it", d.Name)
		}
	}
}

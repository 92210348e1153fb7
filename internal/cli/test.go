package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/internal/author"
	"github.com/soltihq/soltiwasm/registry"
)

func (a *app) testCommand() *cobra.Command {
	var noRun, update bool
	cmd := &cobra.Command{
		Use:   "test MODULE DIR",
		Short: "Hold a runner to golden files: what is expected to come of specs",
		Long: `test routes every spec of DIR (its *.yaml, *.yml and *.json files) over one module with the sidecar beside it, and
compares what comes of it with the golden file beside the spec: of hello.yaml that is hello.yaml.golden. It has the
runner, the task or the error, what was logged and measured, and for a task whose action is run also how its first
attempt ended and what it printed. Nothing else is carried out.

What is random in run is the same each time, and what depends on the time is not: --no-run leaves the run out. Of golden
files the values count, and not the order of fields, the comments or the style.

The exit code is 1 where something differs or a golden file is missing, can't be used or has no spec, and 2 for a spec
that can't be read. With --update golden files are written where something else came: look at the changes before you
keep them.`,
		Example: `  soltiwasm test greeter.wasm specs
  soltiwasm test --update greeter.wasm specs && git diff specs
  soltiwasm test --env API_TOKEN=x -o json greeter.wasm specs | jq -r 'select(.status != "pass").source'`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return fmt.Errorf("expected a MODULE and a DIR, found %d arguments", len(args))
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return []string{"wasm"}, cobra.ShellCompDirectiveFilterFileExt
			}
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	}
	defineSwitch(cmd, "update", "write what comes of the specs into the golden files", &update)
	defineSwitch(cmd, "no-run", "route and build only, and compare no run", &noRun)
	return a.runs(cmd, func(ctx context.Context, args []string) error { return a.test(ctx, args[0], args[1], noRun, update) })
}

func (a *app) test(ctx context.Context, module, dir string, noRun, update bool) error {
	golden := author.Golden{
		Limits: registry.WithDefaultLimits(a.flags.limits), Env: a.flags.env, Mask: a.mask, Now: time.Now, NoRun: noRun, Update: update,
		MaskTask: func(n *document.Node) *document.Node { return maskedNode(a.mask, n) },
	}
	var results []author.GoldenResult
	err := a.withModuleCache(func(cache *engine.Cache, _ bool) (err error) {
		if cache != nil {
			golden.Compiler = a.compiler(cache)
		}
		golden.Engine = a.newEngine(cache)
		testing := a.console.begin("testing " + module)
		defer testing.end()
		results, err = golden.Test(ctx, module, dir)
		return err
	})
	if rejection, ok := errors.AsType[*registry.Rejection](err); ok {
		return fmt.Errorf("%s is rejected: %s: %s", module, rejection.Code, a.mask.Text(rejection.Reason))
	}
	if err != nil {
		return err
	}
	out := a.answer("SPEC", "STATUS")
	for _, r := range results {
		if err := out.print(a.newTestRow(r)); err != nil {
			return err
		}
	}
	return out.flush()
}

// testRow is what became of one spec file.
type testRow struct {
	Source string              `json:"source"`
	Status author.GoldenStatus `json:"status"`
	Diff   string              `json:"diff,omitempty"`
	Error  *failure            `json:"error,omitempty"`
}

func (a *app) newTestRow(r author.GoldenResult) testRow {
	row := testRow{Source: r.Source, Status: r.Status, Diff: r.Diff}
	switch {
	case r.Status == author.GoldenInvalid:
		row.Error = a.invalid(r.Err)
		a.raise(exitUsage)
	case r.Status == author.GoldenUnusable:
		row.Error = a.failed(r.Err)
		a.raise(exitHost)
	case !r.OK():
		a.raise(exitHost)
	}
	return row
}

func (r testRow) line() line {
	l := line{cells: plain(r.Source, string(r.Status)), notes: r.Error.notes()}
	l.cells[1].colour = red
	switch r.Status {
	case author.GoldenPass, author.GoldenWritten:
		l.cells[1].colour = green
	case author.GoldenMissing:
		l.notes = append(l.notes, cell{text: "there is no golden file; --update writes it"})
	case author.GoldenStale:
		l.notes = append(l.notes, cell{text: "the spec of this golden file is not there: remove the file, or bring back the spec"})
	}
	l.notes = append(l.notes, diffNotes(r.Diff)...)
	return l
}

// diffNotes are the lines of a unified diff.
func diffNotes(diff string) []cell {
	var notes []cell
	for text := range strings.Lines(diff) {
		c := cell{text: strings.TrimSuffix(text, "\n")}
		switch {
		case strings.HasPrefix(text, "-"):
			c.colour = red
		case strings.HasPrefix(text, "+"):
			c.colour = green
		case strings.HasPrefix(text, "@"):
			c.colour = dim
		}
		notes = append(notes, c)
	}
	return notes
}

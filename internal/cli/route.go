package cli

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/spf13/cobra"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/router"
	"github.com/soltihq/soltiwasm/task"
	"github.com/soltihq/soltiwasm/taskfile"
)

func (a *app) routeCommand() *cobra.Command {
	var explain bool
	cmd := &cobra.Command{
		Use:   "route SPEC…",
		Short: "Find each spec's runner and have it build the task; run nothing",
		Long: `route reads specs, finds the runner that takes each of them, has it build the task in its sandbox, and shows the
decision. Nothing is run. A SPEC is a file, a directory (its *.yaml, *.yml and *.json files), or - for standard input.

A spec that can't be read, routed or built shows its error and does not keep the others from being routed.`,
		Example: `  soltiwasm route task.yaml
  soltiwasm route --explain specs/
  soltiwasm route -o json - < task.yaml | jq .task`,
		Args:              specArgs,
		ValidArgsFunction: completeSpecs,
	}
	defineSwitch(cmd, "explain", "show what became of every runner; * is the selected one, ~ the nearest when none took the spec", &explain)
	a.flags.defineMetricsFile(cmd)
	return a.runs(cmd, func(ctx context.Context, args []string) error { return a.route(ctx, args, explain) })
}

func (a *app) route(ctx context.Context, args []string, explain bool) error {
	items, err := a.readSpecs(ctx, args)
	if err != nil {
		return err
	}
	return a.withHost(ctx, soltiwasm.Config{}, readable(items) > 0, func(host *soltiwasm.Host) error {
		out := a.answer("SOURCE", "SLOT", "KIND", "RUNNER", "RUN ID", "ACTION")
		routing := a.console.begin("routing")
		defer routing.end()
		for i, item := range items {
			routing.set("routing %s, %d of %d", item.Source, i+1, len(items))
			r, err := a.routeOne(ctx, host, item, explain)
			if err == nil {
				err = out.print(r)
			}
			if err != nil {
				return errors.Join(err, out.flush())
			}
		}
		a.noteRejected(host)
		return out.flush()
	})
}

// routeOne makes the row of one document. The error is one that ends the command.
func (a *app) routeOne(ctx context.Context, host *soltiwasm.Host, item taskfile.Item, explain bool) (*routeRow, error) {
	r := &routeRow{Source: item.Source}
	r.Slot, r.Kind = slotAndKind(item)
	if item.Err != nil {
		r.Error = a.invalid(item.Err)
		a.raise(exitUsage)
		return r, nil
	}
	d, err := host.Route(ctx, item.Spec)
	if err != nil && ctx.Err() != nil {
		return nil, err
	}
	r.Runner, r.Module, r.Digest = d.Runner, d.Module, d.Digest
	if explain {
		r.explain(a.mask, d)
	}
	if err == nil {
		r.RunID = d.RunID.String()
		r.action = d.Task.Action.ActionName()
		r.Task, err = taskJSON(a.mask, d.Task)
	}
	if err != nil {
		r.Error = a.failed(err)
		a.raise(routeExit(r.Error.Code))
	}
	return r, nil
}

// routeRow is what became of one document.
type routeRow struct {
	Source     string          `json:"source"`
	Slot       string          `json:"slot,omitempty"`
	Kind       string          `json:"kind,omitempty"`
	Runner     string          `json:"runner,omitempty"`
	Module     string          `json:"module,omitempty"`
	Digest     string          `json:"digest,omitempty"`
	RunID      string          `json:"runId,omitempty"`
	Task       json.RawMessage `json:"task,omitempty"`
	Error      *failure        `json:"error,omitempty"`
	Candidates []candidate     `json:"candidates,omitzero"` // nil unless they were asked for

	action  string
	nearest string
}

type candidate struct {
	Runner  string         `json:"runner"`
	Verdict router.Verdict `json:"verdict"`
	Detail  string         `json:"detail"`
}

func (r *routeRow) explain(mask *task.Mask, d soltiwasm.Decision) {
	r.Candidates = []candidate{}
	for _, c := range d.Candidates() {
		r.Candidates = append(r.Candidates, candidate{c.Runner, c.Verdict, mask.Text(c.Detail)})
	}
	if c, ok := d.Nearest(); ok {
		r.nearest = c.Runner
	}
}

func (r *routeRow) line() line {
	l := line{cells: plain(r.Source, r.Slot, r.Kind, r.Runner, r.RunID, r.action), notes: r.Error.notes()}
	if r.Candidates == nil {
		return l
	}
	if len(r.Candidates) == 0 {
		l.notes = append(l.notes, cell{text: "no runner was there to be asked", colour: dim})
		return l
	}
	l.table = &table{header: []string{"", "RUNNER", "VERDICT", "WHY"}}
	for _, c := range r.Candidates {
		cells := plain(" ", c.Runner, string(c.Verdict), c.Detail)
		switch {
		case c.Verdict == router.Selected:
			cells[0].text = "*"
			cells[1].colour, cells[2].colour = green, green
		case c.Runner == r.nearest:
			cells[0].text = "~"
		case c.Verdict == router.Fault || c.Verdict == router.Quarantined:
			cells[2].colour = red
		}
		l.table.lines = append(l.table.lines, line{cells: cells})
	}
	return l
}

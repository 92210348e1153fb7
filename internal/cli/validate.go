package cli

import (
	"context"

	"github.com/spf13/cobra"
)

func (a *app) validateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "validate SPEC…",
		Short: "Read specs and check every rule; no runner is asked",
		Long: `validate reads specs and checks every rule that the host checks, without loading runners: unknown fields, duplicate
keys, wrong types, values out of range. Every fault is shown with its file, line, column and field.

A spec that is valid may still have no runner, or be refused by the one that it gets: route tells.`,
		Example: `  soltiwasm validate task.yaml
  soltiwasm validate -o json specs/
  generate-specs | soltiwasm validate -`,
		Args:              specArgs,
		ValidArgsFunction: completeSpecs,
	}
	return a.runs(cmd, a.validate)
}

func (a *app) validate(ctx context.Context, args []string) error {
	items, err := a.readSpecs(ctx, args)
	if err != nil {
		return err
	}
	out := a.answer("SOURCE", "SLOT", "KIND", "VALID")
	for _, item := range items {
		r := validRow{Source: item.Source, Valid: item.Err == nil}
		r.Slot, r.Kind = slotAndKind(item)
		if item.Err != nil {
			r.Error = a.invalid(item.Err)
			a.raise(exitUsage)
		}
		if err := out.print(r); err != nil {
			return err
		}
	}
	return out.flush()
}

// validRow is one document.
type validRow struct {
	Source string   `json:"source"`
	Slot   string   `json:"slot,omitempty"`
	Kind   string   `json:"kind,omitempty"`
	Valid  bool     `json:"valid,omitempty"`
	Error  *failure `json:"error,omitempty"`
}

func (r validRow) line() line {
	l := line{cells: plain(r.Source, r.Slot, r.Kind, "yes"), notes: r.Error.notes()}
	l.cells[3].colour = green
	if !r.Valid {
		l.cells[3] = cell{text: "no", colour: red}
	}
	return l
}

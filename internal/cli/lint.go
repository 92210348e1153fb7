package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/internal/author"
	"github.com/soltihq/soltiwasm/registry"
)

func (a *app) lintCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lint DIR",
		Short: "Look for what is wrong with a directory of runners as a whole",
		Long: `lint loads the runners of DIR and shows what no look at one of them can: runners that are never chosen, runners that get
in each other's way, grants that were asked for and not given or given and not asked for, and files that belong to nothing.

That a runner is never chosen is an error only where it is proven: every kind that it takes goes to one before it with the
same labels, whose supports is nothing but the constant 1. Where two runners overlap and their supports decides, it is a
warning.

Each finding has a stable code, a level and what to do about it. The exit code is 1 if any is an error.`,
		Example: `  soltiwasm lint runners
  soltiwasm lint -o json runners | jq -r '.findings[] | select(.level != "info") | .message'`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("expected one DIR, found %d", len(args))
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	}
	return a.runs(cmd, func(ctx context.Context, args []string) error { return a.lint(ctx, args[0]) })
}

func (a *app) lint(ctx context.Context, dir string) error {
	// What the host logs of the directory is among the findings.
	config := soltiwasm.Config{Dirs: []string{dir}, Logger: slog.New(slog.DiscardHandler)}
	return a.withHost(ctx, config, true, func(host *soltiwasm.Host) error {
		reports, err := author.Lint(ctx, host, dir, registry.WithDefaultLimits(a.flags.limits))
		if err != nil {
			return err
		}
		out := a.answer("MODULE", "OK", "ERRORS", "WARNINGS", "INFOS")
		for _, r := range reports {
			if !r.OK() {
				a.raise(exitHost)
			}
			for i := range r.Findings {
				r.Findings[i].Message = a.mask.Text(r.Findings[i].Message)
			}
			if err := out.print(newCheckRow(r)); err != nil {
				return errors.Join(err, out.flush())
			}
		}
		return out.flush()
	})
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/task"
)

func (a *app) listCommand() *cobra.Command {
	var selector string
	var strict bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the runners in routing order, then the modules that were rejected",
		Long: `list loads the modules and lists the runners in the order in which they are asked, and after them the modules that
were rejected, each with a code and the reason.

With a selector only the runners whose labels match are listed. A rejected module has no labels that could match: it is
counted on standard error instead.`,
		Example: `  soltiwasm list
  soltiwasm list -l 'zone in (eu,us),!gpu'
  soltiwasm list --strict -o json`,
		Args: noArgs,
	}
	cmd.Flags().StringVarP(&selector, "selector", "l", "", "list only runners whose labels match `SELECTOR`")
	defineSwitch(cmd, "strict", "end with exit code 1 if any module was rejected", &strict)
	a.flags.defineMetricsFile(cmd)
	return a.runs(cmd, func(ctx context.Context, _ []string) error { return a.list(ctx, selector, strict) })
}

func (a *app) list(ctx context.Context, selector string, strict bool) error {
	wanted, err := task.ParseSelector(selector)
	if err != nil {
		return usagef("--selector: %w", err)
	}
	return a.withHost(ctx, soltiwasm.Config{}, true, func(host *soltiwasm.Host) error {
		c := host.Capabilities()
		out := a.answer("NAME", "MODULE", "STATUS", "ORDER", "VERSION", "KINDS", "LABELS", "DIGEST")
		for _, r := range c.Runners {
			if wanted.Matches(r.Labels) {
				err = errors.Join(err, out.print(newReadyRow(r)))
			}
		}
		if selector == "" {
			for _, r := range c.Rejected {
				err = errors.Join(err, out.print(rejectedRow{r.Module, "rejected", string(r.Code), a.mask.Text(r.Reason)}))
			}
		} else if n := len(c.Rejected); n > 0 {
			a.console.say("rejected and not shown, since they have no labels: %s: leave out --selector to see them", modules(n))
		}
		if err = errors.Join(err, out.flush()); err != nil {
			return err
		}
		if n := len(c.Rejected); strict && n > 0 {
			return fmt.Errorf("%s rejected, which --strict does not allow: mend or remove what is listed so", modules(n))
		}
		return nil
	})
}

// modules counts them in words.
func modules(n int) string {
	if n == 1 {
		return "1 module"
	}
	return fmt.Sprintf("%d modules", n)
}

// readyRow is a runner, whatever its status.
type readyRow struct {
	Name    string            `json:"name"`
	Module  string            `json:"module"`
	Digest  string            `json:"digest"`
	Status  soltiwasm.Status  `json:"status"`
	Labels  map[string]string `json:"labels"`
	Kinds   []string          `json:"kinds"` // empty means any
	Version string            `json:"version"`
	Order   int               `json:"order"`
	Reason  string            `json:"reason,omitempty"` // of a quarantined one
}

func newReadyRow(c soltiwasm.Capability) readyRow {
	r := readyRow{
		Name: c.Name, Module: c.Module, Digest: c.Digest, Status: c.Status, Labels: c.Labels, Kinds: c.Kinds, Version: c.Version,
		Order: c.Order, Reason: c.Reason,
	}
	if r.Labels == nil {
		r.Labels = map[string]string{}
	}
	if r.Kinds == nil {
		r.Kinds = []string{}
	}
	return r
}

func (r readyRow) line() line {
	kinds := strings.Join(r.Kinds, ",")
	if kinds == "" {
		kinds = "any"
	}
	l := line{cells: plain(r.Name, r.Module, string(r.Status), strconv.Itoa(r.Order), r.Version, kinds,
		task.Labels(r.Labels).String(), shortDigest(r.Digest))}
	l.cells[2].colour = green
	if r.Status != soltiwasm.Ready {
		l.cells[2].colour = dim
	}
	if r.Reason != "" {
		l.notes = []cell{{text: r.Reason, colour: red}}
	}
	return l
}

// rejectedRow is a module that was not loaded.
type rejectedRow struct {
	Module string `json:"module"`
	Status string `json:"status"`
	Code   string `json:"code"`
	Reason string `json:"reason"`
}

func (r rejectedRow) line() line {
	l := line{
		cells: plain("", r.Module, r.Status, "", "", "", "", ""),
		notes: []cell{{text: r.Code + ": " + r.Reason, colour: red}},
	}
	l.cells[2].colour = red
	return l
}

// shortDigest is enough of a digest for people to tell modules apart.
func shortDigest(digest string) string {
	const short = len("sha256:") + 12
	return digest[:min(len(digest), short)]
}

package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/internal/author"
	"github.com/soltihq/soltiwasm/taskfile"
)

func (a *app) diffCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diff OLD NEW SPEC…",
		Short: "Show which decisions and tasks change between two directories of runners",
		Long: `diff routes each spec over the runners of OLD and over those of NEW, and shows where another runner, another task or
another error comes of it, and why. Nothing is run. A module whose bytes changed, and whose task is the same, is no change.

The exit code is 1 if anything changes, and 2 if a spec can't be read; it is 0 otherwise, and there is no output then.`,
		Example: `  soltiwasm diff runners runners.new specs/
  soltiwasm diff -o json runners runners.new specs/ | jq -r .source`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 3 {
				return fmt.Errorf("expected two directories of runners and at least one SPEC, found %d arguments", len(args))
			}
			return nil
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			if len(args) < 2 {
				return nil, cobra.ShellCompDirectiveFilterDirs
			}
			return completeSpecs(cmd, args, word)
		},
	}
	return a.runs(cmd, func(ctx context.Context, args []string) error { return a.diff(ctx, args[0], args[1], args[2:]) })
}

func (a *app) diff(ctx context.Context, before, after string, specs []string) error {
	items, err := a.readSpecs(ctx, specs)
	if err != nil {
		return err
	}
	clock := author.NewClock(time.Now)
	return a.withHost(ctx, soltiwasm.Config{Now: clock.Now, Dirs: []string{before}}, true, func(old *soltiwasm.Host) error {
		return a.withHost(ctx, soltiwasm.Config{Now: clock.Now, Dirs: []string{after}}, true, func(now *soltiwasm.Host) error {
			out := a.answer("SOURCE", "BEFORE", "AFTER")
			for _, item := range items {
				clock.Leap()
				if err := a.diffOne(ctx, out, author.Runners{Host: old, Dir: before}, author.Runners{Host: now, Dir: after}, item); err != nil {
					return errors.Join(err, out.flush())
				}
			}
			return out.flush()
		})
	})
}

// diffOne prints the row of one document, if there is something to say. The error is one that ends the command.
func (a *app) diffOne(ctx context.Context, out *output, old, now author.Runners, item taskfile.Item) error {
	if item.Err != nil {
		a.raise(exitUsage)
		return out.print(diffRow{Source: item.Source, Error: a.invalid(item.Err)})
	}
	change, err := author.Diff(ctx, old, now, item.Spec, func(n *document.Node) *document.Node { return maskedNode(a.mask, n) })
	if err != nil || change == nil {
		return err
	}
	a.raise(exitHost)
	r := diffRow{Source: item.Source, Before: newDiffSide(change.Before), After: newDiffSide(change.After)}
	for _, f := range change.Fields {
		r.Changes = append(r.Changes, f.Pointer)
		r.fields = append(r.fields, f)
	}
	for _, why := range change.Why {
		r.Why = append(r.Why, a.mask.Text(why))
	}
	return out.print(r)
}

// diffRow is a document of which something else comes now, or one that can't be read.
type diffRow struct {
	Source  string    `json:"source"`
	Before  *diffSide `json:"before,omitempty"`
	After   *diffSide `json:"after,omitempty"`
	Changes []string  `json:"changes,omitempty"` // JSON Pointers into before and after
	Why     []string  `json:"why,omitempty"`
	Error   *failure  `json:"error,omitempty"` // of a document that can't be read

	fields []author.FieldChange
}

// diffSide is what comes of a document.
type diffSide struct {
	Runner string          `json:"runner,omitempty"`
	Module string          `json:"module,omitempty"`
	Digest string          `json:"digest,omitempty"`
	Task   json.RawMessage `json:"task,omitempty"`
	Error  *failure        `json:"error,omitempty"`
}

func newDiffSide(s author.Side) *diffSide {
	side := &diffSide{Runner: s.Decision.Runner, Module: s.Decision.Module, Digest: s.Decision.Digest}
	if s.Task != nil {
		side.Task = s.Task.AppendJSON(nil)
	}
	if s.Err != nil {
		side.Error = &failure{Code: s.Err.Code, Message: s.Err.Message}
	}
	return side
}

// text is the runner, or why there is none.
func (s *diffSide) text() string {
	switch {
	case s == nil:
		return ""
	case s.Error == nil:
		return s.Runner
	case s.Runner == "":
		return string(s.Error.Code)
	}
	return s.Runner + ": " + string(s.Error.Code)
}

func (r diffRow) line() line {
	l := line{cells: plain(r.Source, r.Before.text(), r.After.text()), notes: r.Error.notes()}
	for _, why := range r.Why {
		l.notes = append(l.notes, cell{text: why})
	}
	for _, f := range r.fields {
		if f.Before != nil {
			l.notes = append(l.notes, cell{text: "- " + f.Pointer + ": " + valueText(f.Before), colour: red})
		}
		if f.After != nil {
			l.notes = append(l.notes, cell{text: "+ " + f.Pointer + ": " + valueText(f.After), colour: green})
		}
	}
	return l
}

// valueText is a value as JSON on a line for people, cut if it is long.
func valueText(n *document.Node) string {
	const most = 400
	text := string(n.AppendJSON(nil))
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + fmt.Sprintf("… (%d bytes)", len(text))
}

package cli

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/task"
	"github.com/soltihq/soltiwasm/taskfile"
)

func (a *app) runCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run SPEC…",
		Short: "Route each spec, build its task and carry it out",
		Long: `run routes and builds each spec as route does, and then makes one attempt at the task, under the spec's timeout, one
document after the other. This version carries out the action run, which is the runner's own work in its sandbox; tasks
with other actions end with unsupported_action.

Without -o the tasks' output goes to standard output and error as it is, and a summary to standard error. With -o
standard output carries the rows alone, and the tasks' output goes to standard error.`,
		Example: `  soltiwasm run task.yaml
  soltiwasm run --env-from API_TOKEN --timeout 1m specs/
  soltiwasm run -o json task.yaml | jq -r .outcome`,
		Args:              specArgs,
		ValidArgsFunction: completeSpecs,
	}
	return a.runs(cmd, a.run)
}

func (a *app) run(ctx context.Context, args []string) error {
	items, err := a.readSpecs(ctx, args)
	if err != nil {
		return err
	}
	return a.withHost(ctx, readable(items), func(host *soltiwasm.Host) error {
		rows, output := a.console.stdout(), a.console.stderr()
		if a.flags.format == "" {
			rows, output = output, rows
		}
		out := a.outputTo(rows, "SOURCE", "SLOT", "RUNNER", "RUN ID", "OUTCOME", "ATTEMPTS", "EXIT", "TIME")
		running := a.console.begin("running")
		defer running.end()
		for i, item := range items {
			running.set("running %s, %d of %d", item.Source, i+1, len(items))
			r, err := a.runOne(ctx, host, item, output)
			if r != nil {
				err = errors.Join(err, out.print(r))
			}
			if err = errors.Join(err, output.failure()); err != nil {
				return errors.Join(err, out.flush())
			}
		}
		a.noteRejected(host)
		a.console.breakLine()
		return out.flush()
	})
}

// runOne carries out one document's task and makes its row, or no row when the end of ctx kept it from being built. The
// error is one that ends the command.
func (a *app) runOne(ctx context.Context, host *soltiwasm.Host, item taskfile.Item, output *stream) (*runRow, error) {
	r := &runRow{Source: item.Source}
	r.Slot, _ = slotAndKind(item)
	if item.Err != nil {
		r.Error = a.invalid(item.Err)
		a.raise(exitUsage)
		return r, nil
	}
	stdout := newMaskWriter(output, a.mask, a.flags.env.Values())
	stderr := newMaskWriter(a.console.stderr(), a.mask, a.flags.env.Values())
	result := host.Run(ctx, item.Spec, soltiwasm.Output{Stdout: stdout, Stderr: stderr})
	if result.RunID.Seq > 0 {
		r.Runner, r.RunID = result.RunID.Runner, result.RunID.String()
	}
	err := errors.Join(stdout.flush(), stderr.flush())
	if a.drops.seen.Swap(false) {
		a.console.say("%s: the rest of its output was dropped, over the limit output: raise it with --limit output=SIZE, "+
			"or limits: {output: SIZE} in the sidecar", r.RunID)
	}
	r.ended(a, result)
	if result.Outcome == task.Canceled && ctx.Err() != nil {
		err = errors.Join(err, context.Cause(ctx))
	}
	return r, err
}

// drops passes figures on, and notices when a task's output was over its runner's limit.
type drops struct {
	metrics.Backend
	seen atomic.Bool
}

// GuestDropped implements metrics.Backend.
func (d *drops) GuestDropped(runner, reason string) {
	if reason == "output" {
		d.seen.Store(true)
	}
	d.Backend.GuestDropped(runner, reason)
}

// runRow is what became of one document.
type runRow struct {
	Source     string       `json:"source"`
	Slot       string       `json:"slot,omitempty"`
	Runner     string       `json:"runner,omitempty"`
	RunID      string       `json:"runId,omitempty"`
	Outcome    task.Outcome `json:"outcome,omitempty"` // empty, as the rest, for a task that was never begun
	Attempts   int          `json:"attempts,omitempty"`
	ExitCode   *int         `json:"exitCode,omitempty"`
	DurationMs *int64       `json:"durationMs,omitempty"`
	Result     string       `json:"result,omitempty"`
	Error      *failure     `json:"error,omitempty"`
}

func (r *runRow) ended(a *app, result task.Result) {
	ms := result.Duration.Milliseconds()
	r.Outcome, r.Attempts, r.ExitCode, r.DurationMs = result.Outcome, result.Attempts, result.ExitCode, &ms
	r.Result = a.mask.Text(result.Text)
	if result.Err != nil {
		r.Error = a.failed(result.Err)
	}
	a.raise(runExit(result.Outcome))
}

func (r *runRow) line() line {
	var attempts, exit, duration string
	if r.DurationMs != nil {
		attempts = strconv.Itoa(r.Attempts)
		duration = (time.Duration(*r.DurationMs) * time.Millisecond).String()
	}
	if r.ExitCode != nil {
		exit = strconv.Itoa(*r.ExitCode)
	}
	l := line{cells: plain(r.Source, r.Slot, r.Runner, r.RunID, string(r.Outcome), attempts, exit, duration), notes: r.Error.notes()}
	if r.Outcome == task.Success {
		l.cells[4].colour = green
	} else {
		l.cells[4].colour = red
	}
	if r.Result != "" {
		l.notes = append(l.notes, cell{text: "result: " + r.Result})
	}
	return l
}

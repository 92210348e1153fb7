package cli

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/run/process"
)

// How run shows what tasks write.
const (
	outputRaw    = "raw"
	outputPrefix = "prefix"
	outputJSON   = "json"
)

// runFlags are the flags of run alone.
type runFlags struct {
	dryRun, failFast, once bool
	maxParallel            int // 0 is no bound
	killGrace              time.Duration
	modulePath             []string
	output                 string // empty when nobody said
}

const aboutRun = `run routes and builds each spec as route does, and carries the tasks out to their ends, under the timeout, restart,
backoff and maxRetries of each.

All documents are submitted at once, as to a service: tasks of different slots run side by side, and a task whose slot is
taken is admitted by its own policy. So the second document of a slot is rejected, unless its admission is queue or replace.

Without -o, what tasks write goes to standard output and error, and a table of the ends to standard error. With -o
standard output carries the rows, one a task when it ends (in a table all at the end), and what tasks write goes to
standard error. --output says how it is shown:
  raw     as it is, byte by byte; the default for one task
  prefix  by lines, each after its task's slot; control characters are escaped, and a line over 64 KiB is cut; the
          default for several tasks
  json    as lines {"event":{…}} on standard output, together with all else that happens to a task. Fields are kind, time,
          task (the number of the submission), slot, runId and attempt. Kinds are submitted, building, started, output
          (stream, and data, or base64 where it is not UTF-8; the pieces of a stream together are its bytes), attemptEnded
          (outcome, exitCode, durationMs, result, error), backingOff (delayMs, and of what was before it outcome and error),
          ended (as attemptEnded) and lagged (skipped: that many events were not seen in time; output is never missing)

The outcomes are success, failure, fatal, canceled, timeout and rejected; a task that could not be built has none. An
interrupt cancels all tasks: processes get SIGTERM and, when the kill grace is over, SIGKILL. A second interrupt kills at
once. A task with restart always runs until then.`

func (a *app) runCommand() *cobra.Command {
	f := runFlags{maxParallel: max(runtime.GOMAXPROCS(0), 4), killGrace: process.DefaultGrace}
	cmd := &cobra.Command{
		Use:   "run SPEC…",
		Short: "Route each spec, build its task and carry it out",
		Long:  aboutRun,
		Example: `  soltiwasm run task.yaml
  soltiwasm run --env-from API_TOKEN --fail-fast specs/
  soltiwasm run -o json task.yaml | jq -r .outcome
  soltiwasm run --output json task.yaml | jq -r 'select(.event.kind == "output").event.data'`,
		Args:              specArgs,
		ValidArgsFunction: completeSpecs,
	}
	defineSwitch(cmd, "dry-run", "only route and build: print what route prints", &f.dryRun)
	defineSwitch(cmd, "fail-fast", "after the first document without success start nothing new, and cancel the rest", &f.failFast)
	defineSwitch(cmd, "once", "make one attempt at each task, whatever its restart says", &f.once)
	define(cmd, "max-parallel", strconv.Itoa(f.maxParallel), "build or attempt up to `N` tasks at a time; 0 is no bound", f.setMaxParallel)
	define(cmd, "kill-grace", f.killGrace.String(), "leave a process `DURATION` between SIGTERM and SIGKILL", f.setKillGrace)
	define(cmd, "module-path", "", "find the modules of wasm actions in `DIR` (repeatable; default $SOLTIWASM_MODULE_PATH)", addDir(&f.modulePath))
	define(cmd, "output", "", "show what tasks write as `raw|prefix|json` (default raw for one task, prefix for several)",
		oneOf(&f.output, outputRaw, outputPrefix, outputJSON))
	must(cmd.RegisterFlagCompletionFunc("output",
		cobra.FixedCompletions([]string{outputRaw, outputPrefix, outputJSON}, cobra.ShellCompDirectiveNoFileComp)))
	must(cmd.MarkFlagDirname("module-path"))
	a.flags.defineMetricsFile(cmd)
	return a.runs(cmd, func(ctx context.Context, args []string) error { return a.run(ctx, args, &f) })
}

func (f *runFlags) setMaxParallel(text string) (err error) {
	if f.maxParallel, err = strconv.Atoi(text); err != nil || f.maxParallel < 0 {
		return fmt.Errorf("expected a number such as 4, or 0 for no bound, found %q", text)
	}
	return nil
}

func (f *runFlags) setKillGrace(text string) (err error) {
	if f.killGrace, err = time.ParseDuration(text); err != nil || f.killGrace < 0 {
		return fmt.Errorf(`expected a duration such as "5s", or "0s" for none, found %q`, text)
	}
	return nil
}

func (a *app) run(ctx context.Context, args []string, f *runFlags) error {
	if f.dryRun {
		return a.route(ctx, args, false)
	}
	if f.output == outputJSON && a.flags.format == formatTable {
		return usagef("--output json does not go with the table of -o table: leave out -o, or say -o json")
	}
	items, err := a.readSpecs(ctx, args)
	if err != nil {
		return err
	}
	config := soltiwasm.Config{
		ModulePath: f.modulePath, KillGrace: f.killGrace, Kill: a.Kill, MaxParallel: f.maxParallel,
		MaxQueue: len(items), // the operator asked for all of them
	}
	if a.AdoptOrphans != nil {
		// Where that fails, daemons that tasks start live on, as docs/cli.md says.
		config.Orphans, _ = a.AdoptOrphans()
	}
	if f.killGrace == 0 {
		config.KillGrace = -1 // none, where 0 is the default
	}
	if f.output == "" {
		f.output = outputRaw
		if readable(items) > 1 {
			f.output = outputPrefix
		}
	}
	return a.withHost(ctx, config, readable(items) > 0, func(host *soltiwasm.Host) error {
		err := a.carryOut(ctx, host, items, f)
		a.noteRejected(host)
		return errors.Join(err, context.Cause(ctx))
	})
}

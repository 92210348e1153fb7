// Package cli is the command soltiwasm: it reads flags and specs, asks a soltiwasm.Host, prints what it says and maps
// errors to exit codes. It decides nothing itself and names no engine; package main hands one down.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/run/process"
	"github.com/soltihq/soltiwasm/task"
)

// Program is what the command has of the process that it runs in. Every field but AdoptOrphans, Kill and Heeded is required.
type Program struct {
	Args           []string // without the program's own name
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// LookupEnv finds a variable of the process's environment, as os.LookupEnv does.
	LookupEnv func(key string) (string, bool)
	// UserCacheDir is where the user's caches are, as os.UserCacheDir says.
	UserCacheDir func() (string, error)
	// Engines are what runs modules, at least one. With several there is a flag --engine, and the first is the default.
	Engines []Engine
	// Executable finds the program's own file, as os.Executable does. It is started, with a hidden command, to compile
	// what takes too long for this process.
	Executable func() (string, error)
	// AdoptOrphans makes the process end what tasks leave behind; see process.AdoptOrphans. Nil leaves it alone.
	AdoptOrphans func() (*process.Orphans, error)
	// Kill, once closed after the end of the context, has the command end at once: tasks get no time to end by themselves.
	Kill <-chan struct{}
	// Heeded is closed once the process heeds signals, for which the command waits before it begins. Nil is at once.
	Heeded <-chan struct{}
}

// grace is how long a command may take to end once its context did. What is under way then, such as the compiling of
// a large module, can't be interrupted, and ends with the process.
const grace = 3 * time.Second

// settle is how long a task may take beyond its kill grace: its processes are dead within a second then, and the writing
// of its output is given up within two more.
const settle = 4 * time.Second

// errTimedOut is the cause of a context that --timeout ended.
var errTimedOut = errors.New("the command's timeout")

// Main runs the command that the arguments name, and returns the process's exit code. The end of ctx interrupts the
// command. Main returns within seconds then, after the kill grace where there are tasks, and may leave goroutines behind
// that only the end of the process ends. Processes of tasks it does not leave behind.
func Main(ctx context.Context, p Program) int {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	a := &app{Program: p, console: newConsole(p), cancel: cancel}
	defer a.removeScratch()
	ended := make(chan int, 1)
	go func() {
		growStack(len(p.Args))
		ended <- a.execute(ctx)
	}()
	select {
	case code := <-ended:
		return code
	case <-ctx.Done():
	}
	tasks := time.Duration(a.tasksEndIn.Load())
	select {
	case code := <-ended:
		return code
	case <-time.After(tasks + grace):
		return a.abandon(ctx)
	case <-p.Kill:
	}
	if tasks > 0 {
		select {
		case code := <-ended:
			return code
		case <-time.After(settle + grace):
		}
	}
	return a.abandon(ctx)
}

// growStack gives the goroutine at once the stack that most commands need. Growing to it step by step, and copying each time
// what is there, takes a tenth of a quick command's time, and reads tables of the program that nothing else does.
//
//go:noinline
func growStack(i int) byte {
	var room [24 << 10]byte
	return room[i%len(room)]
}

// app is one execution of the program.
type app struct {
	Program
	console *console
	cancel  context.CancelCauseFunc
	flags   commonFlags
	started bool       // whether the arguments were understood
	code    int        // the exit code so far: the highest of all documents
	mask    *task.Mask // hides the values of --env and --env-from; nil with --show-env
	// tasksEndIn is how long tasks take to end at most, a time.Duration; 0 as long as there are none.
	tasksEndIn atomic.Int64
	// scratch is a directory that goes with the command; nil if there is none.
	scratch atomic.Pointer[string]
}

func (a *app) execute(ctx context.Context) int {
	root := a.root()
	if a.Heeded != nil {
		<-a.Heeded
	}
	cmd, err := root.ExecuteContextC(ctx)
	switch {
	case err == nil:
		return a.code
	case ctx.Err() != nil:
		return a.cutShort(ctx)
	case errors.Is(err, syscall.EPIPE):
		return max(exitHost, a.code) // nobody reads any more, and nobody wants to hear of it
	}
	code := exitHost
	hint := ""
	if _, usage := errors.AsType[usageError](err); usage || !a.started {
		if cmd.Name() == "help" {
			cmd = root
		}
		code, hint = exitUsage, ": see "+cmd.CommandPath()+" --help"
	}
	a.console.say("%s%s", strings.TrimSpace(err.Error()), hint)
	return max(code, a.code)
}

// cutShort says why the command ended early. Its code counts whatever became of the documents before.
func (a *app) cutShort(ctx context.Context) int {
	code := shortCode(ctx)
	if code == exitInterrupted {
		a.console.say("interrupted")
	} else {
		a.console.say("the command did not end within its timeout of %v: raise it with --timeout, or leave that out", a.flags.timeout)
	}
	return code
}

// shortCode is the exit code of a command that ctx ended.
func shortCode(ctx context.Context) int {
	if errors.Is(context.Cause(ctx), errTimedOut) {
		return exitHost
	}
	return exitInterrupted
}

// abandon is cutShort while the command is still at work. It may be stuck in writing, so that nothing can be said.
func (a *app) abandon(ctx context.Context) int {
	said := make(chan int, 1)
	go func() { said <- a.cutShort(ctx) }()
	select {
	case code := <-said:
		return code
	case <-time.After(time.Second):
		return shortCode(ctx)
	}
}

// about is what help says of the whole program.
const about = `soltiwasm loads task runners, which are WebAssembly modules that nobody has to trust, from directories, finds the
one that takes a task, and has it build and run the task in a sandbox with nothing but what the operator granted.

Every common flag can also be set by an environment variable, SOLTIWASM_ and the flag's name in capitals: SOLTIWASM_FORMAT,
SOLTIWASM_RUNNERS and SOLTIWASM_MODULE_PATH (directories, as in PATH), SOLTIWASM_LIMIT and SOLTIWASM_ENV_FROM (divided by
commas), SOLTIWASM_TIMEOUT, SOLTIWASM_METRICS_FILE, SOLTIWASM_NO_CACHE (true), SOLTIWASM_LOG_LEVEL, SOLTIWASM_LOG_FORMAT.
A flag wins over its variable. Only --env and --show-env have none.

Exit codes:
  0    fine
  1    the host could not do it; or inspect, check, test, diff, lint or bench found something
  2    wrong usage, or an invalid spec
  3    no runner takes the spec
  4    the build failed
  5    the task failed, or was not admitted
  6    the task timed out
  130  interrupted
Of several documents, the highest counts.`

// root makes the tree of commands.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "soltiwasm",
		Short: "Route tasks to sandboxed WebAssembly runners",
		Long:  about,
		Example: `  soltiwasm list --runners ./runners
  soltiwasm route --explain task.yaml
  soltiwasm run task.yaml`,
		SilenceErrors:              true,
		SilenceUsage:               true,
		SuggestionsMinimumDistance: 2,
		Args:                       a.noSuchCommand,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetArgs(append([]string{}, a.Args...)) // never nil, for which cobra reads os.Args
	root.SetIn(a.Stdin)
	root.SetOut(a.console.stdout())
	root.SetErr(a.console.stderr())
	root.SetFlagErrorFunc(flagFault)
	a.flags.define(root, a.LookupEnv)
	a.engineFlag(root)
	root.AddCommand(a.routeCommand(), a.runCommand(), a.listCommand(), a.inspectCommand(), a.validateCommand(),
		a.schemaCommand(), a.cacheCommand(), a.versionCommand(), a.compileCommand())
	root.AddCommand(a.checkCommand(), a.manifestCommand(), a.benchCommand())
	root.AddCommand(a.newCommand(), a.testCommand(), a.diffCommand(), a.lintCommand())
	root.SetHelpCommand(a.helpCommand(root))
	a.refineCompletion(root)
	return root
}

// refineCompletion has cobra's completion command report wrong words as usage, and failed writing as failure, as the
// other commands do.
func (a *app) refineCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() != "completion" {
			continue
		}
		cmd.Args = a.noSuchCommand
		cmd.RunE = func(*cobra.Command, []string) error { return usagef("expected bash, fish, powershell or zsh") }
		for _, shell := range cmd.Commands() {
			write := shell.RunE
			shell.RunE = func(cmd *cobra.Command, args []string) error {
				a.started = true
				return write(cmd, args)
			}
		}
	}
}

// runs makes do what cmd does, under the common flags.
func (a *app) runs(cmd *cobra.Command, do func(ctx context.Context, args []string) error) *cobra.Command {
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := a.flags.readEnvironment(cmd, a.LookupEnv); err != nil {
			return err
		}
		a.started = true
		if !a.flags.showEnv {
			a.mask = soltiwasm.NewMask(a.flags.env)
		}
		if a.flags.timeout > 0 {
			stop := time.AfterFunc(a.flags.timeout, func() { a.cancel(errTimedOut) })
			defer stop.Stop()
		}
		return do(cmd.Context(), args)
	}
	return cmd
}

// noSuchCommand refuses words after soltiwasm, or after a group of commands, that name no command.
func (a *app) noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	near := cmd.SuggestionsFor(args[0])
	if len(near) == 0 {
		return fmt.Errorf("there is no command %q", cmd.CommandPath()+" "+args[0])
	}
	return fmt.Errorf("there is no command %q, did you mean %s?", cmd.CommandPath()+" "+args[0], strings.Join(near, " or "))
}

func (a *app) helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Explain a command",
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 && cmd.HasSubCommands() {
				return a.noSuchCommand(cmd, rest)
			}
			cmd.InitDefaultHelpFlag()
			return cmd.Help()
		},
	}
}

// logger is where the host and its guests log.
func (a *app) logger() *slog.Logger {
	options := &slog.HandlerOptions{Level: a.flags.logLevel}
	if a.flags.logFormat == formatJSON {
		return slog.New(slog.NewJSONHandler(a.console.stderr(), options))
	}
	return slog.New(slog.NewTextHandler(a.console.stderr(), options))
}

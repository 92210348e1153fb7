package wasi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/task"
)

// Command is one action to be carried out once.
type Command struct {
	Action task.WasmAction
	Mounts []Mount
	// Limits are those of the runner that built the task, all of them set. File, Memory and Load are used here.
	Limits abi.Limits
	// Stdout and Stderr take the output as it comes, in pieces that end anywhere; nil drops it. They get the host's own
	// bytes, valid until Write returns. A Write that blocks holds up the command and its end; an error of one is an I/O error
	// to the command.
	Stdout, Stderr io.Writer
}

// Mount is a directory of the host that the command sees.
type Mount struct {
	Host     string // the directory
	Guest    string // what the command knows it as, such as "/data"; no two are the same
	ReadOnly bool   // answers everything that would change it with EROFS
}

// Run carries out one action. The exit code is what the module exited with, 0 where _start returned, and nil where it did
// neither. Run may be called from many goroutines.
//
// The error is nil if the code is 0, and otherwise a *[task.Error]: [task.CodeTaskFailed] for any other code,
// [task.CodeSpawnFailed] if the module is missing or refused or a mount can't be opened, [task.CodeGuestFault] if it trapped,
// [task.CodeTaskTimeout] or [task.CodeCanceled] if ctx ended first, and [task.CodeInternal] for a fault of the host. It holds
// no argument, no variable's value and no input.
func (x *Executor) Run(ctx context.Context, c Command) (exitCode *int, err error) {
	x.running.RLock()
	defer x.running.RUnlock()
	if x.closed {
		return nil, &task.Error{Code: task.CodeInternal, Message: errClosed.Error(), Err: errClosed}
	}
	if ctx.Err() != nil {
		return nil, ended(ctx, c)
	}
	g, err := newGuest(c, x.config.Now)
	if err != nil {
		return nil, refused(c, err)
	}
	defer g.files.close()
	wasm, err := find(x.config.ModulePath, c.Action.Module, c.Limits.File)
	if err != nil {
		return nil, refused(c, err)
	}
	p, err := x.library.take(ctx, wasm, c.Limits)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, ended(ctx, c)
	case err != nil:
		return nil, refused(c, err)
	}
	defer x.library.giveBack(p)
	return outcome(ctx, c, x.start(ctx, p, g))
}

// start makes an instance and runs it to its end.
func (x *Executor) start(ctx context.Context, p *program, g *guest) error {
	host := hostfuncs.NewInstance(&x.lent)
	host.Begin(abi.PhaseRun, &hostfuncs.Call{State: g})
	defer host.End(ctx)
	in, err := p.code.Instantiate(ctx, engine.InstanceConfig{Host: host, Memory: p.memory})
	if err != nil {
		return err
	}
	_, err = in.Func(abi.ExportStart).Call(ctx)
	return errors.Join(err, in.Close(ctx))
}

// name is what a command calls itself, by its module.
func (c *Command) name() string { return path.Base(c.Action.Module) }

// maxStrings bounds the arguments and the environment of a command, in bytes, as systems bound those of a process.
const maxStrings = 4 << 20

// strings returns the arguments and the environment as WASI has them, the environment sorted.
func (c *Command) strings() (args, environ []string, err error) {
	args = append([]string{c.name()}, c.Action.Args...)
	for _, key := range slices.Sorted(maps.Keys(c.Action.Env)) {
		if key == "" || strings.ContainsRune(key, '=') {
			return nil, nil, fmt.Errorf("the variable %s: expected a name that is not empty and has no = in it", shown(key))
		}
		environ = append(environ, key+"="+c.Action.Env[key])
	}
	total := 0
	for _, text := range slices.Concat(args, environ) {
		if strings.ContainsRune(text, 0) {
			return nil, nil, errors.New("an argument or a variable holds a NUL byte, which no command can be given")
		}
		total += len(text) + 1
	}
	if total > maxStrings {
		return nil, nil, fmt.Errorf("the arguments and the environment have %d bytes, more than the %d allowed", total, maxStrings)
	}
	return args, environ, nil
}

// Package wasi carries out wasm actions: one WASI command module from the operator's module path, in a sandbox of its
// own, from its admission to its exit code.
//
// # What a command can reach
//
// Its arguments, the environment of the action and nothing else of it, the action's text as standard input, two writers,
// real clocks and randomness. It is bounded as runners are: in bytes, structure, memory and stack by the limits, and in
// time by the context, which the metered code and every function of the host look at.
//
// Files are there only below the directories that [Command.Mounts] grants, each of which is an [os.Root]: no path, link
// or race leads out of one. Only regular files and directories are opened; devices, pipes and sockets are not. Hard links
// are not made, and symbolic links only to what is below their own directory, so that nobody else who follows one is led
// out either. What was there before is the operator's choice: a hard link to a file elsewhere, a bind mount, or /proc is as
// good as granted. How much is written to a mount is not bounded, and an operation that the file system itself holds up,
// as a network's can, isn't ended with its context.
package wasi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/hostfuncs"
)

// Config is what an Executor works with. ModulePath and Compiler may be unset.
type Config struct {
	Engine     engine.Engine // runs the modules, in a runtime that is opened for the first one
	ModulePath []string      // directories with modules; the first that has one counts. Without any, every action fails
	Now        func() time.Time
	Rand       io.Reader // for random_get; safe for concurrent use
	Compiler   Compiler  // compiles what takes too long for this process; nil refuses it
}

// Compiler compiles modules outside of this process, where a compilation can be stopped.
type Compiler interface {
	// Compile compiles a metered module into the compile cache of the engine, which then finds it there. It ends when
	// ctx does, and bounds the memory that it uses. It is called by several goroutines.
	Compile(ctx context.Context, wasm []byte) error
}

// Executor carries out wasm actions. It keeps the code of modules that were run lately. It is safe for concurrent use.
type Executor struct {
	config  Config
	lent    hostfuncs.Runner
	library library

	running sync.RWMutex // held for reading by each Run
	closed  bool
}

// New makes an Executor. Nothing is opened before it is needed. Ctx is the base of what outlives a Run, the compilation
// of modules; its cancellation ends nothing, Close does.
func New(ctx context.Context, config Config) *Executor {
	x := &Executor{config: config, lent: hostfuncs.Runner{Now: config.Now, Rand: config.Rand}}
	x.library.init(ctx, x.config.Engine, x.config.Compiler)
	return x
}

var errClosed = errors.New("the executor of wasm actions is closed")

// Close waits for every Run, and for a compilation that has begun, and frees the modules. A Run that comes later fails.
func (x *Executor) Close(ctx context.Context) error {
	x.running.Lock()
	defer x.running.Unlock()
	if x.closed {
		return nil
	}
	x.closed = true
	if err := x.library.close(ctx); err != nil {
		return fmt.Errorf("closing the modules of wasm actions: %w", err)
	}
	return nil
}

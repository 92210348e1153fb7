// Package soltiwasm is a registry of task runners that nobody has to trust: WebAssembly modules that are loaded from
// directories, asked in order whether they take a task, and made to build and run it in a sandbox with nothing but
// what the operator granted.
//
// A [Host] is the front door:
//
//	host, err := soltiwasm.New(ctx, soltiwasm.Config{Engine: wazero.Engine{}, Dirs: []string{"runners"}})
//	if err != nil { … }
//	defer host.Close()
//	decision, err := host.Route(ctx, spec)
package soltiwasm

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/run"
	"github.com/soltihq/soltiwasm/run/process"
	"github.com/soltihq/soltiwasm/run/wasi"
	"github.com/soltihq/soltiwasm/task"
)

// Config is what a Host works with. Only Engine is required.
type Config struct {
	// Engine runs the modules, such as a wazero.Engine.
	Engine engine.Engine
	// Dirs hold the modules. They are read in this order, not recursively.
	Dirs []string
	// Runners are the program's own.
	Runners []Registration
	// Env is the build context's environment. A module gets the part that its sidecar grants, a Go runner all of it.
	Env task.Env
	// ShowEnv leaves Env's values readable in errors and logs; otherwise they are masked.
	ShowEnv bool
	// Metrics takes the figures; nil drops them. Its panics are contained.
	Metrics metrics.Backend
	// Logger takes what guests log and what goes wrong without anybody asking; nil drops it.
	Logger *slog.Logger
	// Limits hold for every module whose sidecar says nothing else. An unset field has its default.
	Limits abi.Limits
	// Compiler compiles modules that take too long for this process, into the engine's cache; nil refuses them. A
	// library never starts processes of its own accord, so this is the program's to give.
	Compiler Compiler
	// Cache keeps what modules were found to be from one process to the next, so that a later one reads and compiles only
	// those that it asks. It should be the engine's, and stays the caller's to close after the Host. Nil keeps nothing.
	Cache *engine.Cache
	// ModulePath are the directories with the modules of wasm actions; without any, such actions fail.
	ModulePath []string
	// KillGrace is the time that a process has between SIGTERM and SIGKILL; 0 is process.DefaultGrace.
	KillGrace time.Duration
	// Kill, once closed, ends every grace at once. It may be nil.
	Kill <-chan struct{}
	// Cgroup is a cgroup v2 directory in which each process gets a cgroup of its own, so that nothing of it is left when it
	// has ended; see process.FindCgroup. Empty, only processes with a limit that needs one get one.
	Cgroup string
	// Orphans ends what left its process's session and outlived it; see process.AdoptOrphans. Nil leaves that alone.
	Orphans *process.Orphans
	// MaxParallel bounds the tasks that are built or attempted at a time; 0 is no bound.
	MaxParallel int
	// MaxQueue bounds the tasks that wait for one slot; 0 is run.DefaultMaxQueue, below 0 nobody waits.
	MaxQueue int
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Rand is what random_get reads during run; nil is crypto/rand. It has to be safe for concurrent use.
	Rand io.Reader
}

func (c *Config) setDefaults() {
	if c.Metrics == nil {
		c.Metrics = metrics.NoOp{}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	c.Limits = registry.WithDefaultLimits(c.Limits)
	logger := c.Logger
	c.Metrics = metrics.Contain(c.Metrics, func(method string, value any) {
		logger.Error("the metrics backend panicked; it is not called any more", "method", method, "panic", value)
	})
}

// Compiler compiles modules outside of the process, where a compilation can be stopped.
type Compiler = registry.Compiler

// Host routes specs to runners, has them build tasks, and carries these out. It is safe for concurrent use.
type Host struct {
	config     Config
	base       context.Context
	mask       *task.Mask
	runtime    engine.Runtime
	registry   *registry.Registry
	own        []ownRunner // in routing order
	supervisor *run.Supervisor
	wasi       *wasi.Executor
	seq        atomic.Uint64 // of run ids

	current   atomic.Pointer[view] // nil once the host is closed
	views     sync.WaitGroup       // one for every view that has holders
	reloading sync.Mutex           // one reload at a time; guards closed
	closed    bool
}

// New opens the engine and loads the modules. A module that can't be loaded is listed by [Host.Capabilities] and is no
// error; a directory that can't be read is one. Ctx bounds the loading alone; the Host lives until [Host.Close].
func New(ctx context.Context, config Config) (*Host, error) {
	if config.Engine == nil {
		return nil, errors.New("soltiwasm: Config.Engine is required; wazero.Engine{} is the default one")
	}
	config.setDefaults()
	for _, v := range config.Env {
		if !utf8.ValidString(v.Key) || !utf8.ValidString(v.Value) {
			return nil, fmt.Errorf("the environment variable %q is not UTF-8, which guests are promised", v.Key)
		}
	}
	h := &Host{config: config, base: context.WithoutCancel(ctx)}
	if !config.ShowEnv {
		h.mask = NewMask(config.Env)
	}
	own, err := registerAll(config.Runners, h.mask)
	if err != nil {
		return nil, err
	}
	h.own = own
	h.supervisor = run.New(h.base, run.Config{
		Metrics: config.Metrics, Logger: config.Logger, Now: config.Now, MaxParallel: config.MaxParallel, MaxQueue: config.MaxQueue,
	})
	h.wasi = wasi.New(ctx, wasi.Config{
		Engine: config.Engine, ModulePath: config.ModulePath, Now: config.Now, Rand: config.Rand, Compiler: config.Compiler,
	})
	if h.runtime, err = config.Engine.Open(ctx, append(hostfuncs.Functions(), hostfuncs.Meter())); err != nil {
		return nil, fmt.Errorf("opening the engine %s: %w", config.Engine.Name(), err)
	}
	rc, err := h.registryConfig()
	if err != nil {
		return nil, errors.Join(err, h.Close())
	}
	h.registry = registry.New(ctx, rc)
	if err := h.Reload(ctx); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

func (h *Host) registryConfig() (registry.Config, error) {
	c := &h.config
	reserved := make([]string, len(h.own))
	for i, o := range h.own {
		reserved[i] = o.name
	}
	program := ""
	if c.Cache != nil {
		id, err := engine.ProgramID()
		if err != nil {
			return registry.Config{}, err
		}
		program = c.Engine.Name() + " " + id
	}
	return registry.Config{
		Dirs: c.Dirs, Engine: h.runtime, Limits: c.Limits, Env: c.Env, Mask: h.mask,
		Metrics: c.Metrics, Guests: metrics.NewGuests(c.Metrics), Logger: c.Logger,
		Now: c.Now, Rand: c.Rand, Reserved: reserved, Compiler: c.Compiler,
		Cache: c.Cache, Program: program,
	}, nil
}

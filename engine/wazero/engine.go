// Package wazero is the default engine: github.com/tetratelabs/wazero, which is pure Go. It alone imports that library.
//
// What to know about it:
//   - It compiles on amd64 and arm64, and interprets elsewhere or when asked to.
//   - Compiled, a call allocates nothing, with the host functions it calls. Interpreted, each call and each host function
//     allocates.
//   - A guest that is running is not ended when its context is. wazero could do that, but slowly (some 15 times on a trivial call
//     and on tight loops), and in loops only. Package sandbox meters modules instead.
//   - Linear memory is reserved address space outside the Go heap (Linux, macOS and other Unixes, 64 bits), so that growing
//     neither copies nor moves it, and it is given back when the instance closes. Elsewhere it is a Go slice.
//   - On Linux, instances can begin with an image: the memory shares its pages until the guest writes to them. Images are
//     in one file of each runtime, in memory, and take no file descriptors. These pages are never huge ones. wazero is
//     kept from copying data segments over them: it doesn't see the data section of a module of which no instruction
//     names a segment, and the memory is given to it with the data in place.
//   - The stack that a deep call has grown stays with its Func until the instance is closed; wazero ends a recursion at some
//     80 MB. Package sandbox bounds it below that.
//   - An active element segment outside its table doesn't trap as the specification wants: wazero skips it and those
//     after it, and calls through the empty entries trap.
//   - Features are those of WebAssembly 2.0. DWARF and other custom sections are not read, save for the name section.
package wazero

import (
	"context"
	"errors"

	wz "github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/soltihq/soltiwasm/engine"
)

// Engine opens wazero runtimes. The zero value is ready: it compiles, with one worker and no cache, and leaves a running
// guest alone.
type Engine struct {
	// Cache keeps compiled code between runs. Nil keeps none. The interpreter makes no use of it. The engine doesn't
	// close it.
	Cache *engine.Cache
	// Interpreter interprets instead of compiling: modules load at once, and run some 4 times slower in a trivial call and
	// some 40 times in a loop.
	Interpreter bool
	// Workers is how many goroutines compile one module; 0 is 1. Two on two free cores compile a large module in 0.6
	// of the time. But a fault of wazero's compiler is contained only with one worker: in a goroutine of wazero's own it ends the
	// program. So use more for trusted modules only.
	Workers int
}

// Name is "wazero", or "wazero-interpreter" when it was asked to interpret.
func (e Engine) Name() string {
	if e.Interpreter {
		return "wazero-interpreter"
	}
	return "wazero"
}

// Open makes a runtime. Wazero's own begins with the first module, and the host modules that funcs make up are built when a module
// first imports from them.
//
// It refuses wazero before 1.9.0 with Go 1.24 or newer on amd64, which corrupt guests.
func (e Engine) Open(ctx context.Context, funcs []engine.HostFunc) (engine.Runtime, error) {
	return e.open(ctx, funcs, runningVersions())
}

// noRandom stands where wazero would make each instance a source of random numbers, of 5 KiB, for its own WASI, which nobody
// gets.
type noRandom struct{}

func (noRandom) Read([]byte) (int, error) {
	return 0, errors.New("there is no randomness but the host's")
}

func (e Engine) open(ctx context.Context, funcs []engine.HostFunc, versions versions) (engine.Runtime, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := versions.check(); err != nil && !e.Interpreter {
		return nil, err
	}
	hosts, err := groupByModule(funcs)
	if err != nil {
		return nil, err
	}
	return &runtime{
		engine:   e,
		versions: versions,
		hosts:    hosts,
		workers:  max(e.Workers, 1),
		instance: wz.NewModuleConfig().WithName("").WithStartFunctions().WithRandSource(noRandom{}),
	}, nil
}

// begin makes wazero's own runtime. That takes longer than all else of a program that only looks at what is installed, and
// so is left until there is a module to be brought.
func (r *runtime) begin(ctx context.Context) {
	r.begun.Do(func() { r.wazero, r.stage = r.engine.begin(ctx, r.versions) })
}

func (e Engine) begin(ctx context.Context, versions versions) (wz.Runtime, *stage) {
	config := wz.NewRuntimeConfig()
	if e.Interpreter {
		config = wz.NewRuntimeConfigInterpreter()
	}
	config = config.
		WithCoreFeatures(api.CoreFeaturesV2).
		WithDebugInfoEnabled(false)

	var s *stage
	if e.Cache != nil && !e.Interpreter {
		var err error
		// A cache that can't be written to costs time, and stops nothing.
		if s, err = newStage(e.Cache, versions); err != nil {
			e.Cache.Failed(err)
		} else {
			config = config.WithCompilationCache(s.wazero)
		}
	}
	return wz.NewRuntimeWithConfig(ctx, config), s
}

// Package crosscheck makes one engine of several, which checks them against each other.
//
// Whatever is asked of it is done by the first engine, with the real host functions, and then by each of the others, to
// whom host functions only repeat what they did before: the same results, errors and writes to memory. So side effects happen
// once, time passes once, and all engines see the same world. A guest that is cut off by its meter is cut off by the
// others at the same unit of fuel.
//
// Equal have to be: that a module compiles; the order of host functions, their arguments and what they read in memory;
// results; the kind of a trap; and after each call that returned, all of the memory and the globals that the host knows. What
// isn't equal is a *[Difference], which shows both sides. How deep calls may nest is each engine's own: all that is
// asked is that none returns where another has used up its stack. What engines say beside the kind of a trap, and guests' stacks, may
// differ; so may everything about a call that the first engine stopped by itself (engine.TrapDeadline).
//
// It costs the time of all engines, and memory for what host functions did in a call: a call for which that is more than
// 256 MiB fails, after about a minute of a busy guest. The time of the other engines isn't charged to a call, but it passes
// all the same: it counts for limits that span several calls, or compiling.
package crosscheck

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/soltihq/soltiwasm/engine"
)

// Engine is the composed engine, for at least two. It is safe for concurrent use.
type Engine struct {
	Engines []engine.Engine
}

// Name is the names of all engines, divided by "+".
func (e Engine) Name() string { return strings.Join(e.names(), "+") }

func (e Engine) names() []string {
	names := make([]string, len(e.Engines))
	for i, one := range e.Engines {
		names[i] = one.Name()
	}
	return names
}

// Open opens a runtime of each engine.
func (e Engine) Open(ctx context.Context, funcs []engine.HostFunc) (engine.Runtime, error) {
	if len(e.Engines) < 2 {
		return nil, fmt.Errorf("crosscheck needs two engines or more, not %d", len(e.Engines))
	}
	r := &runtime{names: e.names()}
	for i, one := range e.Engines {
		wrap := replaying
		if i == 0 {
			wrap = recording
		}
		opened, err := one.Open(ctx, wrapAll(funcs, i, wrap))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", one.Name(), err), r.Close(ctx))
		}
		r.runtimes = append(r.runtimes, opened)
	}
	return r, nil
}

// runtime is a runtime of each engine.
type runtime struct {
	names    []string
	runtimes []engine.Runtime
}

// Compile compiles with each engine.
func (r *runtime) Compile(ctx context.Context, wasm []byte) (engine.Module, error) {
	m := &module{names: r.names}
	errs := make([]error, len(r.runtimes))
	for i, one := range r.runtimes {
		var compiled engine.Module
		if compiled, errs[i] = one.Compile(ctx, wasm); errs[i] == nil {
			m.modules = append(m.modules, compiled)
		}
	}
	if len(m.modules) == len(r.runtimes) {
		return m, nil
	}
	cerr := m.Close(context.WithoutCancel(ctx))
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case len(m.modules) == 0:
		return nil, errs[0]
	}
	return nil, errors.Join(newDifference("compiling", r.names, errs, func(i int) string {
		return orElse(errs[i], "compiles")
	}), cerr)
}

// Close closes every runtime.
func (r *runtime) Close(ctx context.Context) error {
	var errs []error
	for _, one := range r.runtimes {
		errs = append(errs, one.Close(ctx))
	}
	return errors.Join(errs...)
}

// module is the module as each engine compiled it.
type module struct {
	names   []string
	modules []engine.Module
}

// Close closes every module.
func (m *module) Close(ctx context.Context) error {
	var errs []error
	for _, one := range m.modules {
		errs = append(errs, one.Close(ctx))
	}
	return errors.Join(errs...)
}

// Instantiate makes an instance of each module.
func (m *module) Instantiate(ctx context.Context, config engine.InstanceConfig) (engine.Instance, error) {
	in := &instance{names: m.names, host: config.Host, instances: make([]engine.Instance, len(m.modules))}
	_, err := in.conduct(ctx, "instantiating", func(ctx context.Context, i int) (_ int32, err error) {
		own := config
		own.Host = in
		in.instances[i], err = m.modules[i].Instantiate(ctx, own)
		return 0, err
	})
	if err != nil {
		return nil, errors.Join(err, in.closeAll(context.WithoutCancel(ctx)))
	}
	return in, nil
}

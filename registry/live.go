package registry

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/hostfuncs"
)

// live is what calls need of a module: its code, and what its instances are lent.
type live struct {
	code engine.Module
	lent hostfuncs.Runner
	pool *engine.Pool[*instance]

	started atomic.Int64 // instances that began with _initialize
	state   atomic.Pointer[state]
}

// enliven compiles a runner's metered module.
func (g *Registry) enliven(ctx context.Context, r *Runner, wasm []byte) (*live, *Rejection) {
	code, rejection := g.compile(ctx, r, wasm)
	if rejection != nil {
		return nil, rejection
	}
	return g.newLive(r, code), nil
}

func (g *Registry) newLive(r *Runner, code engine.Module) *live {
	l := &live{code: code, lent: g.lend(r)}
	create := func(ctx context.Context) (*instance, error) { return r.instantiate(ctx, l) }
	l.pool = engine.NewPool(runtime.GOMAXPROCS(0), create, g.spare.keep)
	return l
}

// awake returns the runner's code. That of a module which is only known from an earlier process is brought now, by the
// first call that needs it; others wait for that.
func (r *Runner) awake(ctx context.Context) (*live, error) {
	if l := r.live.Load(); l != nil {
		return l, nil
	}
	select {
	case r.waking <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-r.waking }()
	if l := r.live.Load(); l != nil {
		return l, nil
	}
	l, err := r.registry.wake(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("loading the module: %w", err)
	}
	r.live.Store(l)
	return l, nil
}

// wake brings a known module by its digest: from the cache, or else from its file, which may be another by now.
func (g *Registry) wake(ctx context.Context, r *Runner) (*live, error) {
	l, wasm := g.recall(ctx, r)
	if l != nil {
		return l, nil
	}
	if wasm == nil {
		data, err := r.readAgain()
		if err != nil {
			return nil, err
		}
		p, _, rejection := admit(data, r.limits)
		if rejection != nil {
			return nil, errors.New(rejection.Reason)
		}
		wasm = p.Wasm
		g.keep(r, wasm)
	}
	l, rejection := g.enliven(ctx, r, wasm)
	if rejection != nil {
		return nil, errors.New(rejection.Reason)
	}
	return l, nil
}

// recall brings a known module from the cache; nil when something of it is missing there. The metered module is returned beside
// it, nil when it is not there either.
func (g *Registry) recall(ctx context.Context, r *Runner) (*live, []byte) {
	wasm, ok := g.metered(r)
	if !ok {
		return nil, nil
	}
	if runtime, is := g.config.Engine.(engine.Recaller); is {
		if code, ok := runtime.Recall(ctx, wasm); ok {
			return g.newLive(r, code), nil
		}
	}
	return nil, wasm
}

// close frees it. Nobody may be using it.
func (l *live) close(ctx context.Context) error {
	if err := l.pool.Close(ctx); err != nil {
		return fmt.Errorf("closing its instances: %w", err)
	}
	if err := l.code.Close(ctx); err != nil {
		return fmt.Errorf("closing its code: %w", err)
	}
	return nil
}

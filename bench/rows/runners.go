package rows

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/router"
)

// Runners are modules in a registry as a host has it: every protection is on, as it always is.
type Runners struct {
	*registry.Snapshot
	runtime engine.Runtime
	asked   int // how often one of them was asked by routing; for one goroutine
}

// Load installs modules, none of which may be rejected.
func (b *Bench) Load(modules ...[]byte) (_ *Runners, err error) {
	ctx := context.Background()
	dir, err := b.install(modules)
	if err != nil {
		return nil, err
	}
	runtime, err := wazero.Engine{}.Open(ctx, append(hostfuncs.Functions(), hostfuncs.Meter()))
	if err != nil {
		return nil, err
	}
	// The limits are on, and so long that a machine that does other things doesn't run into them.
	limits := registry.WithDefaultLimits(abi.Limits{Ask: 10 * time.Second, Start: 10 * time.Second, Load: 10 * time.Minute})
	backend := metrics.NoOp{}
	r := &Runners{runtime: runtime}
	r.Snapshot, err = registry.New(ctx, registry.Config{
		Dirs: []string{dir}, Engine: runtime, Limits: limits,
		Metrics: backend, Guests: metrics.NewGuests(backend), Logger: slog.New(slog.DiscardHandler), Now: time.Now, Rand: rand.Reader,
	}).Load(ctx, nil)
	if err != nil {
		return nil, errors.Join(err, runtime.Close(ctx))
	}
	for _, rejected := range r.Rejected {
		err = errors.Join(err, fmt.Errorf("%s was rejected: %s", rejected.Module, rejected.Reason))
	}
	if err != nil {
		return nil, errors.Join(err, r.Close(ctx))
	}
	return r, nil
}

// Close ends the runners.
func (r *Runners) Close(ctx context.Context) error {
	return errors.Join(r.Snapshot.Close(ctx), r.runtime.Close(ctx))
}

// table routes over the runners as a host's does, but that the last, which takes the specs, is asked about each: so one
// sees whether a spec is new to the table. Where it is not remembering, nobody's answers are remembered.
func (r *Runners) table(remembering bool) *router.Table {
	entries := make([]router.Entry, len(r.Runners))
	for i, runner := range r.Runners {
		entries[i] = router.Entry{
			Name: runner.Name(), Kinds: runner.Kinds(), Labels: runner.Labels(), Disabled: runner.Disabled(),
			FailOnFault: runner.FailOnFault(), Runner: asker{runner, &r.asked},
			Traces: remembering && i < len(entries)-1,
		}
	}
	return router.NewTable(entries)
}

// asker is a module as routing asks it.
type asker struct {
	*registry.Runner
	asked *int
}

// Supports asks the guest.
func (a asker) Supports(ctx context.Context, req router.Request) (bool, error) {
	*a.asked++
	return a.Runner.Supports(ctx, req.Doc, req.Trace)
}

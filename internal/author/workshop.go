package author

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/task"
)

// Workshop is what trying a module needs. Every field but Compiler, Env and Mask is required; Limits are complete. Modules are loaded
// and called by way of the registry, so that they are metered and bounded as ever, with two differences: they are granted
// what they ask for, and time limits are judged by fuel rather than by the clock, so that what is found doesn't depend
// on how busy the machine is. A Workshop is safe for concurrent use.
type Workshop struct {
	Engine   engine.Engine
	Limits   abi.Limits
	Compiler registry.Compiler // compiles what takes too long for this process; nil refuses it
	Env      task.Env          // what env_get reads
	Mask     *task.Mask        // hides values of Env in what is found; nil hides nothing
	Logger   *slog.Logger      // takes what guests log, at debug level what they print
	Now      func() time.Time
	Rand     io.Reader // for random_get in run; safe for concurrent use
}

// slack is how many times longer than its limit a call may take by the clock, before that ends it.
const slack = 20

// trial is one module that is being tried.
type trial struct {
	probe    *probe
	runtime  engine.Runtime
	config   registry.Config
	registry *registry.Registry
	figures  *figures
	dir      string
	limits   abi.Limits // those that it is held to
}

// trialName is the name of a tried module in its directory, without the ending: its own, so that records in the log tell
// it from others, unless the registry would pass that over.
func trialName(path string) string {
	const most = 200 // bytes
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	if name == "" || name[0] == '.' || len(name) > most {
		return "module"
	}
	return name
}

// open makes a directory with the module alone in it, and a registry for that. The operator's settings are the limits
// and the configuration of sidecar; the caller closes the trial. Path is where the module comes from.
func (w Workshop) open(ctx context.Context, path string, wasm []byte, sidecar registry.Sidecar) (_ *trial, err error) {
	t := &trial{figures: &figures{}}
	if t.limits, err = limitsWith(w.Limits, sidecar); err != nil {
		return nil, err
	}
	t.probe = &probe{now: w.Now, drops: t.figures, most: mostFuel(t.limits)}
	if t.dir, err = os.MkdirTemp("", "soltiwasm-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(t.dir))
		}
	}()
	name := filepath.Join(t.dir, trialName(path))
	if err = os.WriteFile(name+".wasm", wasm, 0o600); err != nil {
		return nil, err
	}
	if err = os.WriteFile(name+".yaml", trialSidecar(sidecar), 0o600); err != nil {
		return nil, err
	}
	opened, err := w.Engine.Open(ctx, t.probe.watch(append(hostfuncs.Functions(), hostfuncs.Meter())))
	if err != nil {
		return nil, fmt.Errorf("opening the engine %s: %w", w.Engine.Name(), err)
	}
	t.runtime = &probedRuntime{Runtime: opened, probe: t.probe}
	patient := t.limits
	patient.Start, patient.Ask, patient.Build = patient.Start*slack, patient.Ask*slack, patient.Build*slack
	t.config = registry.Config{
		Dirs: []string{t.dir}, Engine: t.runtime, Limits: patient, Env: w.Env, Mask: w.Mask, Metrics: t.figures, Guests: metrics.NewGuests(t.figures),
		Logger: w.Logger, Now: w.Now, Rand: w.Rand, Compiler: w.Compiler, Observe: t.probe.used,
	}
	t.registry = registry.New(ctx, t.config)
	return t, nil
}

// limitsWith are the host's limits with the sidecar's set over them.
func limitsWith(limits abi.Limits, sidecar registry.Sidecar) (abi.Limits, error) {
	for name, text := range sidecar.Limits {
		if err := registry.SetLimit(&limits, name, text); err != nil {
			return limits, err
		}
	}
	return limits, nil
}

// leastFuel is what a time limit is worth in fuel on any machine that has little else to do.
func leastFuel(limit time.Duration) int64 {
	return int64(min(limit.Seconds()*leastFuelPerSecond, math.MaxInt64/2))
}

// mostFuel are the units beyond which a call is over its time limit on any machine.
func mostFuel(l abi.Limits) map[string]int64 {
	most := func(limit time.Duration) int64 { return int64(min(limit.Seconds()*mostFuelPerSecond, math.MaxInt64/2)) }
	return map[string]int64{
		abi.ExportInitialize: most(l.Start), abi.ExportName: most(l.Ask), abi.ExportSupports: most(l.Ask),
		abi.ExportBuild: most(l.Build), abi.ExportRun: math.MaxInt64,
	}
}

// trialSidecar grants everything, and has the author's own configuration.
func trialSidecar(sidecar registry.Sidecar) []byte {
	words := func(words ...string) *document.Node {
		items := make([]*document.Node, len(words))
		for i, word := range words {
			items[i] = document.NewString(word)
		}
		return document.NewArray(items...)
	}
	fields := []document.Field{document.NewField("grants", document.NewObject(
		document.NewField("env", words("*")),
		document.NewField("actions", words(abi.ActionProcess, abi.ActionWasm))))}
	if sidecar.Config != nil {
		fields = append(fields, document.NewField("config", sidecar.Config))
	}
	return document.NewObject(fields...).AppendJSON(nil)
}

// close ends the trial and removes its directory.
func (t *trial) close(ctx context.Context) error {
	return errors.Join(t.runtime.Close(ctx), os.RemoveAll(t.dir))
}

// load loads the module anew, with instances of its own. The caller closes the snapshot; without a rejection it has
// one runner.
func (t *trial) load(ctx context.Context) (*registry.Snapshot, *registry.Rejection, error) {
	s, err := t.registry.Load(ctx, nil)
	if err != nil {
		return nil, nil, err
	}
	if len(s.Rejected) > 0 {
		return nil, s.Rejected[0], s.Close(ctx)
	}
	return s, nil, nil
}

// fresh calls do with a runner that has not been asked anything but its name.
func (t *trial) fresh(ctx context.Context, do func(*registry.Runner) error) error {
	return t.freshWith(ctx, t.config.Env, do)
}

// freshWith is fresh with other variables.
func (t *trial) freshWith(ctx context.Context, env task.Env, do func(*registry.Runner) error) error {
	other := *t
	other.config.Env = env
	other.registry = registry.New(ctx, other.config)
	s, rejection, err := other.load(ctx)
	t.probe.take()
	if err == nil && rejection != nil {
		err = fmt.Errorf("the module loaded once and not again: %s", rejection.Reason)
	}
	if err != nil {
		return err
	}
	return errors.Join(do(s.Runners[0]), s.Close(ctx))
}

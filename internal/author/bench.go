package author

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/sandbox"
	"github.com/soltihq/soltiwasm/taskfile"
)

// Measurement is what a module weighs and costs.
type Measurement struct {
	Module    string // the file's base name
	Size      int    // bytes of the file
	Metered   int    // bytes of what is compiled: the module with fuel and bounds written into it
	Score     int64  // milliseconds that compiling should take at most, as the limit load counts them
	Stack     int64  // bytes of stack that a call may use
	Sections  []SectionSize
	Functions []FunctionSize // the largest ones, largest first
	Compile   Timing
	Calls     []CallCost // start and name, and then for each spec supports, build and run as far as it came
}

// Timing is how long something took.
type Timing struct {
	Median time.Duration
	Count  int // how often it was done
}

// CallCost is what one call into the guest takes.
type CallCost struct {
	Call   string // "start" for the start section and _initialize together, or the export
	Spec   string // the spec's source, or a description of one that was made up; empty for start and name
	Time   Timing // with the host functions that it calls
	Fuel   int64  // the median; host functions use none
	Memory uint64 // bytes of linear memory at the end
	Host   map[string]int
	// Outcome says what came of it: "taken", "not taken", "built", "success", or what the host says of anything else.
	Outcome string
	Fault   bool // whether the guest did not end the call by itself; it was made only once then
}

// maxBenched bounds the specs that are measured.
const maxBenched = 8

// A call is repeated until this time is over, but at least so often, and no more often than that.
const (
	benchTime   = 300 * time.Millisecond
	leastRounds = 5
	mostRounds  = 1_000
)

// Measure measures a module with the given specs, or, without any, with such as [Workshop.Check] makes up, one of each
// kind. The Workshop's engine should have no cache, or compiling is not what is measured. The error says what keeps the
// module from being measured, or is the end of ctx.
func (w Workshop) Measure(ctx context.Context, path string, given []taskfile.Item) (_ Measurement, err error) {
	m := Measurement{Module: filepath.Base(path)}
	sidecar, err := readSidecar(path)
	if err != nil {
		return m, fmt.Errorf("the sidecar of %s: %w", m.Module, err)
	}
	limits, err := limitsWith(w.Limits, sidecar)
	if err != nil {
		return m, err
	}
	wasm, err := ReadModule(path, limits.File)
	if err != nil {
		return m, err
	}
	protected, err := sandbox.Protect(wasm, sandboxLimits(limits))
	if err != nil {
		return m, fmt.Errorf("%s: %w", path, err)
	}
	m.Size, m.Metered, m.Stack, m.Score = len(wasm), len(protected.Wasm), protected.Stack, protected.Module.Score
	m.Sections, m.Functions = sectionSizes(protected.Module), largestFunctions(wasm, protected.Module)
	t, err := w.open(ctx, path, wasm, sidecar)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, t.close(context.WithoutCancel(ctx))) }()
	_, manifest := examineModule(&findings{}, wasm, limits)
	_, hasRun := protected.Module.Export(abi.ExportRun)
	b := &bench{
		Measurement: &m, trial: t, workshop: w,
		check: &check{workshop: w, given: given, manifest: manifest, trial: t, hasRun: hasRun},
	}
	return m, b.all(ctx, protected.Wasm)
}

// bench is one module that is being measured.
type bench struct {
	*Measurement
	workshop Workshop
	check    *check
	trial    *trial
}

func (b *bench) all(ctx context.Context, metered []byte) error {
	snapshot, rejection, err := b.trial.load(ctx)
	if err != nil {
		return err
	}
	if rejection != nil {
		return fmt.Errorf("the module is rejected: %s: soltiwasm check says more", rejection.Reason)
	}
	r := snapshot.Runners[0]
	defer snapshot.Close(context.WithoutCancel(ctx))
	if err := b.compile(ctx, metered); err != nil {
		return err
	}
	if err := b.start(ctx, b.trial.probe.take()); err != nil {
		return err
	}
	samples, err := b.samples(ctx, r)
	if err != nil {
		return err
	}
	for _, s := range samples {
		if err := b.spec(ctx, r, s); err != nil {
			return err
		}
	}
	return nil
}

// compile measures the compiling of the module, each time in a runtime of its own: one knows what it compiled before.
func (b *bench) compile(ctx context.Context, metered []byte) error {
	var times []time.Duration
	for total := time.Duration(0); len(times) == 0 || len(times) < leastRounds && total < benchTime; total += times[len(times)-1] {
		took, err := b.compileOnce(ctx, metered)
		if err != nil {
			return err
		}
		times = append(times, took)
	}
	b.Compile = timing(times)
	return nil
}

func (b *bench) compileOnce(ctx context.Context, metered []byte) (took time.Duration, err error) {
	runtime, err := b.workshop.Engine.Open(ctx, append(hostfuncs.Functions(), hostfuncs.Meter()))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, runtime.Close(context.WithoutCancel(ctx))) }()
	begun := b.workshop.Now()
	module, err := runtime.Compile(ctx, metered)
	if err != nil {
		return 0, err
	}
	return b.workshop.Now().Sub(begun), module.Close(ctx)
}

// start measures the start and name, of which first are the first ones.
func (b *bench) start(ctx context.Context, first []*call) error {
	starts, names := []*call{first[0]}, []*call{first[1]}
	b.trial.probe.blind = true
	defer func() { b.trial.probe.blind = false }()
	for range leastRounds {
		snapshot, rejection, err := b.trial.load(ctx)
		if err != nil {
			return err
		}
		if rejection != nil {
			return fmt.Errorf("the module loaded once and not again: %s", rejection.Reason)
		}
		calls := b.trial.probe.take()
		starts, names = append(starts, calls[0]), append(names, calls[1])
		if err := snapshot.Close(ctx); err != nil {
			return err
		}
	}
	b.Calls = append(b.Calls, costOf("", starts), costOf("", names))
	return nil
}

// samples are the specs to measure with.
func (b *bench) samples(ctx context.Context, r *registry.Runner) ([]sample, error) {
	var samples []sample
	for _, item := range b.check.given {
		if s, ok := givenSample(item); ok && len(samples) < maxBenched {
			samples = append(samples, s)
		}
	}
	if len(samples) > 0 {
		return samples, nil
	}
	if err := b.check.ordinary(ctx, r); err != nil {
		return nil, err
	}
	bases := b.check.furthest()
	if len(bases) == 0 {
		bases = b.check.tried[:min(len(b.check.tried), 1)]
	}
	for _, t := range bases {
		samples = append(samples, t.sample)
	}
	return samples, nil
}

// spec measures what a spec costs.
func (b *bench) spec(ctx context.Context, r *registry.Runner, s sample) error {
	asked, err := b.repeat(ctx, s, "taken", func() (answer, error) { return b.trial.supports(ctx, r, s.index) })
	if err != nil || !asked.taken {
		return err
	}
	built, err := b.repeat(ctx, s, "built", func() (answer, error) { return b.trial.build(ctx, r, s.index) })
	if err != nil || built.err != nil || built.task.Action.ActionName() != abi.ActionRun {
		return err
	}
	_, err = b.repeat(ctx, s, "success", func() (answer, error) { return b.trial.run(ctx, r, s.index, built.task, runTimeout) })
	return err
}

// repeat measures a call. The first time it is watched, which takes time; the others are for the time alone. Well is the
// outcome of a call that ends well.
func (b *bench) repeat(ctx context.Context, s sample, well string, do func() (answer, error)) (answer, error) {
	first, err := do()
	if err != nil {
		return first, err
	}
	calls := []*call{first.seen}
	b.trial.probe.blind = true
	defer func() { b.trial.probe.blind = false }()
	begun := b.workshop.Now()
	for len(calls) <= mostRounds && !first.faulty() && (len(calls) <= leastRounds || b.workshop.Now().Sub(begun) < benchTime) {
		a, err := do()
		if err != nil {
			return first, err
		}
		calls = append(calls, a.seen)
	}
	cost := costOf(s.name, calls)
	cost.Outcome, cost.Fault = well, first.faulty()
	switch {
	case first.err != nil:
		cost.Outcome = first.message()
	case first.seen.export == abi.ExportSupports && !first.taken:
		cost.Outcome = "not taken"
	}
	b.Calls = append(b.Calls, cost)
	return first, nil
}

// costOf is what calls took of which the first was watched. Where there are others, its time doesn't count.
func costOf(spec string, calls []*call) CallCost {
	first := calls[0]
	timed := calls[min(1, len(calls)-1):]
	cost := CallCost{Call: first.export, Spec: spec, Host: maps.Clone(first.host)}
	if cost.Call == abi.ExportInitialize {
		cost.Call = "start"
	}
	var times []time.Duration
	var fuel []int64
	for _, c := range timed {
		times, fuel = append(times, c.took), append(fuel, c.fuel)
		cost.Memory = max(cost.Memory, c.memory)
	}
	slices.Sort(fuel)
	cost.Time, cost.Fuel = timing(times), fuel[len(fuel)/2]
	return cost
}

// timing is the median of some times.
func timing(times []time.Duration) Timing {
	slices.Sort(times)
	return Timing{Median: times[len(times)/2], Count: len(times)}
}

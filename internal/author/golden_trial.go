package author

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/router"
	"github.com/soltihq/soltiwasm/task"
	"github.com/soltihq/soltiwasm/taskfile"
)

// goldenTrial is a module that is held to golden files.
type goldenTrial struct {
	golden   Golden
	base     context.Context
	dir      string // has the module and its sidecar, and nothing else
	runtime  engine.Runtime
	registry *registry.Registry
	snapshot *registry.Snapshot
	table    *router.Table
	record   *record
	random   goldenRandom
}

// open loads the module.
func (g Golden) open(ctx context.Context, module string) (_ *goldenTrial, err error) {
	t := &goldenTrial{golden: g, base: context.WithoutCancel(ctx), record: &record{}}
	t.random.reset()
	if t.dir, err = os.MkdirTemp("", "soltiwasm-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.close())
		}
	}()
	if err := copyModule(t.dir, module, g.Limits); err != nil {
		return nil, err
	}
	if t.runtime, err = g.Engine.Open(ctx, append(hostfuncs.Functions(), hostfuncs.Meter())); err != nil {
		return nil, fmt.Errorf("opening the engine %s: %w", g.Engine.Name(), err)
	}
	t.registry = registry.New(t.base, t.config())
	return t, t.load(ctx, module)
}

// load loads the module anew. Module is its path for errors.
func (t *goldenTrial) load(ctx context.Context, module string) (err error) {
	if t.snapshot != nil {
		if err := t.snapshot.Close(t.base); err != nil {
			return err
		}
	}
	if t.snapshot, err = t.registry.Load(ctx, nil); err != nil {
		return err
	}
	if len(t.snapshot.Rejected) > 0 {
		rejection := *t.snapshot.Rejected[0]
		rejection.Path = module
		return &rejection
	}
	r := t.runner()
	t.table = router.NewTable([]router.Entry{{
		Name: r.Name(), Kinds: r.Kinds(), Labels: r.Labels(), Disabled: r.Disabled(), FailOnFault: r.FailOnFault(), Runner: asker{r},
	}})
	return nil
}

// copyModule puts a module and its sidecar into dir.
func copyModule(dir, module string, limits abi.Limits) error {
	sidecar, err := readSidecar(module)
	if err != nil {
		return fmt.Errorf("the sidecar of %s: %w", filepath.Base(module), err)
	}
	if text, ok := sidecar.Limits["file"]; ok {
		if err := registry.SetLimit(&limits, "file", text); err != nil {
			return err
		}
	}
	for _, file := range []struct {
		path  string
		limit int64
	}{{module, limits.File}, {sidecarOf(module), abi.MaxSidecar}} {
		data, err := readFile(file.path, file.limit)
		if errors.Is(err, fs.ErrNotExist) && file.path != module {
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, filepath.Base(file.path)), data, 0o600)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", file.path, cause(err))
		}
	}
	return nil
}

// maxTrialSeries bounds the series that a trial remembers. It is well over those of one spec that golden files show.
const maxTrialSeries = 10 * maxKeptLines

// config bounds neither log records nor series of metrics as a host does: what one spec leaves over must not depend on
// how fast the machine is, or on the specs before it. The record bounds what is kept.
func (t *goldenTrial) config() registry.Config {
	g := t.golden
	limits := g.Limits
	limits.Log, limits.Series = math.MaxInt32, maxTrialSeries
	return registry.Config{
		Dirs: []string{t.dir}, Engine: t.runtime, Limits: limits, Env: g.Env, Mask: g.Mask, Metrics: t.record,
		Guests: metrics.NewGuests(t.record), Logger: slog.New(t.record), Now: g.Now, Rand: &t.random, Compiler: g.Compiler,
	}
}

func (t *goldenTrial) runner() *registry.Runner { return t.snapshot.Runners[0] }

// close frees what open made, as far as it came.
func (t *goldenTrial) close() (err error) {
	if t.snapshot != nil {
		err = t.snapshot.Close(t.base)
	}
	if t.runtime != nil {
		err = errors.Join(err, t.runtime.Close(t.base))
	}
	return errors.Join(err, os.RemoveAll(t.dir))
}

// asker is the runner as routing asks it.
type asker struct{ *registry.Runner }

// Supports asks the guest.
func (a asker) Supports(ctx context.Context, req router.Request) (bool, error) {
	return a.Runner.Supports(ctx, req.Doc, nil)
}

// fresh makes what comes of the next spec independent of those before it.
func (t *goldenTrial) fresh(ctx context.Context) error {
	t.random.reset()
	again := t.record.begin() // a runner that goes wrong often is left alone for a while
	if t.record.measured > maxTrialSeries-maxKeptLines {
		// There may be no room for all the series that are shown of the next spec.
		t.registry, t.record.measured, again = registry.New(t.base, t.config()), 0, true
	}
	if again {
		return t.load(ctx, t.dir)
	}
	return nil
}

// outcome is what comes of a spec, as golden files have it. The error is one that has nothing to do with the runner.
func (t *goldenTrial) outcome(ctx context.Context, spec task.Spec) (*document.Node, error) {
	spec = spec.WithDefaults()
	node, err := taskfile.Encode(spec)
	if err != nil {
		return nil, err
	}
	if err := t.fresh(ctx); err != nil {
		return nil, err
	}
	doc := document.NewIndex(node)
	o := &goldenOutcome{}
	t.record.phase = abi.ExportSupports
	_, err = t.table.Route(ctx, router.Request{Spec: &spec, Doc: doc})
	if err == nil {
		o.text("runner", t.runner().Name())
		t.record.phase = abi.ExportBuild
		var built task.Task
		if built, err = t.runner().Build(ctx, doc); err == nil {
			err = t.built(ctx, o, &spec, doc, built)
		}
	}
	if te, ok := errors.AsType[*task.Error](err); ok {
		o.timedOut = te.Code == task.CodeTimeout
		o.set("error", document.NewObject(document.NewField("code", document.NewString(string(te.Code))),
			document.NewField("message", document.NewString(t.words(te.Message)))))
		err = nil
	}
	if err != nil {
		return nil, err
	}
	return t.complete(o), nil
}

// built notes the task, and runs it if that is the module's own to do.
func (t *goldenTrial) built(ctx context.Context, o *goldenOutcome, spec *task.Spec, doc *document.Index, built task.Task) error {
	node, err := registry.EncodeTask(built)
	if err != nil {
		return err
	}
	o.set("task", sorted(t.golden.MaskTask(node)))
	if t.golden.NoRun || built.Action.ActionName() != abi.ActionRun {
		return nil
	}
	id := task.RunID{Runner: t.runner().Name(), Slot: spec.Slot, Seq: 1}
	work := document.NewIndex(document.NewObject(append(node.Fields,
		document.NewField("runId", document.NewString(id.String())), document.NewField("attempt", document.NewInt(1)))...))
	t.record.phase = abi.ExportRun
	var stdout, stderr bytes.Buffer
	ended, err := t.runner().Run(ctx, doc, work, spec.Timeout, registry.Output{Stdout: &stdout, Stderr: &stderr})
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	run := &goldenOutcome{}
	o.timedOut = runOutcome(err) == task.TimedOut
	run.text("outcome", string(runOutcome(err)))
	run.text("result", t.words(ended.Text))
	if te, ok := errors.AsType[*task.Error](err); ok {
		run.text("message", t.words(te.Message))
	}
	if ended.Exit != nil {
		run.set("exitCode", document.NewInt(int64(*ended.Exit)))
	}
	run.text("stdout", t.words(stdout.String()))
	run.text("stderr", t.words(stderr.String()))
	o.run = document.NewObject(run.fields...)
	return nil
}

// runOutcome is the outcome of an attempt that ended with err.
func runOutcome(err error) task.Outcome {
	if err == nil {
		return task.Success
	}
	te, _ := errors.AsType[*task.Error](err)
	switch {
	case te != nil && te.Code == task.CodeTaskFatal:
		return task.Fatal
	case te != nil && te.Code == task.CodeTimeout:
		return task.TimedOut
	}
	return task.Failure
}

// words are a text with values of the environment masked, and without the path of the trial's own directory.
func (t *goldenTrial) words(text string) string {
	return t.golden.Mask.Text(strings.ReplaceAll(text, t.dir+string(filepath.Separator), ""))
}

// complete adds what the runner logged and measured.
func (t *goldenTrial) complete(o *goldenOutcome) *document.Node {
	o.list("logs", t.record.logs.all(o.timedOut))
	o.list("metrics", t.record.metrics.all(o.timedOut))
	if o.run != nil {
		o.set("run", o.run)
	}
	return document.NewObject(o.fields...)
}

// goldenOutcome is a document of a golden file in the making.
type goldenOutcome struct {
	fields   []document.Field
	run      *document.Node
	timedOut bool // a time limit ended one of the calls
}

func (o *goldenOutcome) set(key string, value *document.Node) {
	o.fields = append(o.fields, document.NewField(key, value))
}

// text adds a text, unless it is empty.
func (o *goldenOutcome) text(key, text string) {
	if text != "" {
		o.set(key, document.NewString(text))
	}
}

// list adds lines, unless there are none.
func (o *goldenOutcome) list(key string, lines []string) {
	if len(lines) == 0 {
		return
	}
	items := make([]*document.Node, len(lines))
	for i, l := range lines {
		items[i] = document.NewString(l)
	}
	o.set(key, document.NewArray(items...))
}

// sorted is a document with its fields in canonical order.
func sorted(n *document.Node) *document.Node {
	text := n.AppendJSON(nil)
	again, err := document.ParseJSON(text, document.Bounds{Bytes: len(text), Values: len(text), Depth: len(text)})
	if err != nil {
		panic(err) // canonical JSON is JSON
	}
	return again
}

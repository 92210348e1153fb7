// Package registry loads runner modules from directories, checks them before anything of them runs, keeps them, and
// asks them: for their name, whether they support a spec, to build a task, and to run one. A bad module is rejected
// with a code and a reason and never keeps the others from loading.
package registry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/task"
)

// Config is what a registry works with. Every field but Dirs, Env, Mask, Reserved, Compiler, Observe, Cache and Program is
// required.
type Config struct {
	Dirs     []string        // directories of modules, in order
	Engine   engine.Runtime  // compiles and runs them; it stays the caller's to close, after every snapshot
	Limits   abi.Limits      // where a sidecar says nothing else; complete
	Env      task.Env        // the build context's environment, of which grants lend a part
	Mask     *task.Mask      // hides values in what guests write
	Metrics  metrics.Backend // takes runner errors
	Guests   *metrics.Guests // takes what guests emit
	Logger   *slog.Logger    // takes what guests log, and warnings about files
	Now      func() time.Time
	Rand     io.Reader // for random_get in run; safe for concurrent use
	Reserved []string  // names that modules can't have, since the program's own runners have them
	Compiler Compiler  // compiles what takes too long for this process; nil refuses it
	// Observe is told of every call into a guest when it has ended, well or not, by the goroutine that made it. It
	// must be safe for concurrent use; nil observes nothing.
	Observe func(Usage)
	// Cache keeps what modules were found to be, so that the next process brings only those that it needs. It should be
	// the engine's; nil keeps nothing. Program tells builds of this program apart: they don't use each other's.
	Cache   *engine.Cache
	Program string
}

// Compiler compiles modules outside of this process, where a compilation can be stopped.
type Compiler interface {
	// Compile compiles a metered module into the compile cache of the registry's engine, which then finds it there.
	// It ends when ctx does, and bounds the memory that it uses: an error that is an [ErrCompilerMemory] says that this
	// was too little. It is called by several goroutines.
	Compile(ctx context.Context, wasm []byte) error
}

// ErrCompilerMemory is what a Compiler's error wraps when a module takes more memory to compile than it may use. The
// module is then rejected as over a limit, and not as malformed.
var ErrCompilerMemory = errors.New("compiling it takes more memory than there is for that")

// inProcess is the score above which a module is left to the Compiler, in milliseconds.
const inProcess = 15_000

// Registry loads snapshots. It is safe for concurrent use.
type Registry struct {
	config Config
	base   context.Context
	// compiling is held by the one module that is being compiled: compiling takes memory that no limit counts.
	compiling sync.Mutex
	spare     spare
	none      Sidecar // of modules that have none
}

// New makes a registry. Ctx is the base of what outlives a call: the closing of runners. Its cancellation ends nothing.
func New(ctx context.Context, config Config) *Registry {
	return &Registry{config: config, base: context.WithoutCancel(ctx)}
}

// Load reads the directories and makes a snapshot of them; old is the one before, nil if there is none. A module whose
// file and sidecar are the same as in old is kept as it is. One that is broken now and was good in old stays as it
// was, with the trouble among the rejected. The error is about directories or about ctx, never about a module.
func (g *Registry) Load(ctx context.Context, old *Snapshot) (*Snapshot, error) {
	files, orphans, err := g.scan()
	defer closeRoots(files.roots)
	if err != nil {
		return nil, err
	}
	before := map[string]*Runner{}
	if old != nil {
		for _, r := range old.Runners {
			before[r.path] = r
		}
	}
	outcomes := g.loadAll(ctx, files.list, before)
	if ctx.Err() != nil {
		errs := []error{context.Cause(ctx)}
		for _, o := range outcomes {
			if o.runner != nil {
				errs = append(errs, o.runner.release(g.base))
			}
		}
		return nil, errors.Join(errs...)
	}
	for _, l := range files.ledgers {
		l.save()
	}
	s := g.assemble(outcomes)
	s.Orphans = orphans
	for _, path := range orphans {
		g.config.Logger.Warn("a sidecar without its module", "file", path)
	}
	return s, nil
}

// found are the files of all directories, with the roots that hold them.
type found struct {
	list    []file
	roots   []*os.Root
	ledgers []*ledger
}

func (g *Registry) scan() (all found, orphans []string, err error) {
	for at, dir := range g.config.Dirs {
		root, files, lost, err := scan(dir, at)
		if err != nil {
			return all, nil, err
		}
		all.roots = append(all.roots, root)
		l := g.openLedger(dir)
		all.ledgers = append(all.ledgers, l)
		for i := range files {
			files[i].ledger = l
		}
		all.list = append(all.list, files...)
		orphans = append(orphans, lost...)
	}
	return all, orphans, nil
}

func closeRoots(roots []*os.Root) {
	for _, root := range roots {
		root.Close()
	}
}

// outcome is what became of one file: a runner that the caller owns one reference of, or a rejection, or both when the
// runner is the last good version of a module that is broken now.
type outcome struct {
	file      file
	runner    *Runner
	rejection *Rejection
}

// loadAll loads the files, of which before has the runners of last time by their paths, side by side, one a processor: most of the time goes into compiling.
func (g *Registry) loadAll(ctx context.Context, files []file, before map[string]*Runner) []outcome {
	outcomes := make([]outcome, len(files))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(files)) && ctx.Err() == nil; i = next.Add(1) - 1 {
				f := files[i]
				r, rejection := g.load(ctx, f, before[f.path])
				if rejection != nil {
					rejection.Module, rejection.Path = f.name, f.path
				}
				outcomes[i] = outcome{file: f, runner: r, rejection: rejection}
			}
		})
	}
	workers.Wait()
	return outcomes
}

// assemble puts the outcomes in routing order and gives every name to the first that has it.
func (g *Registry) assemble(outcomes []outcome) *Snapshot {
	slices.SortStableFunc(outcomes, func(a, b outcome) int {
		return cmp.Or(cmp.Compare(a.order(), b.order()), cmp.Compare(a.file.at, b.file.at), cmp.Compare(a.file.name, b.file.name))
	})
	s := &Snapshot{Runners: make([]*Runner, 0, len(outcomes))}
	taken := make(map[string]string, len(outcomes))
	for _, name := range g.config.Reserved {
		taken[name] = "a runner of the program itself"
	}
	for _, o := range outcomes {
		if o.rejection != nil {
			s.Rejected = append(s.Rejected, o.rejection)
		}
		if o.runner == nil {
			continue
		}
		if by, is := taken[o.runner.name]; is && !o.runner.sidecar.Disabled {
			s.Rejected = append(s.Rejected, o.runner.nameTaken(by))
			g.warn("closing a runner", o.runner.release(g.base))
			continue
		}
		if !o.runner.sidecar.Disabled {
			taken[o.runner.name] = o.runner.path
		}
		s.Runners = append(s.Runners, o.runner)
	}
	return s
}

// order is where the sidecar puts the file; one that was rejected stands among those of order 0.
func (o outcome) order() int {
	if o.runner == nil {
		return 0
	}
	return o.runner.sidecar.Order
}

func (g *Registry) warn(what string, err error) {
	if err != nil {
		g.config.Logger.Warn(what, "error", err)
	}
}

// nameTaken is the rejection of a module whose name another has.
func (r *Runner) nameTaken(by string) *Rejection {
	return &Rejection{
		Module: r.module, Path: r.path, Digest: r.digest, Code: CodeNameTaken,
		Reason: fmt.Sprintf("the name %s is taken by %s, which comes first in order", r.name, hostfuncs.Escape(by)),
	}
}

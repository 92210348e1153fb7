package wasi

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/hostfuncs"
)

// Programs that nobody runs are kept while all together have no more than shelf bytes of module; each counts as least
// bytes or more.
const (
	shelf = 64 << 20
	least = 1 << 20
)

// library compiles modules and keeps the code of those that were used last.
type library struct {
	base     context.Context // ends with close
	cancel   context.CancelFunc
	engine   engine.Engine
	compiler Compiler // may be nil
	making   sync.WaitGroup
	// compiling is held by who admits and compiles a module: that takes memory that no limit counts.
	compiling sync.Mutex

	opening sync.Mutex // guards runtime
	runtime engine.Runtime

	mu       sync.Mutex // guards what follows, and the users, turn and code of each program
	programs map[key]*program
	turn     uint64
	failed   error // of closing programs
}

// key is what a program's code depends on: other limits meter a module differently, or refuse it.
type key struct {
	digest [sha256.Size]byte
	memory int64
	load   time.Duration
}

// program is a module that is compiled, or is being.
type program struct {
	key   key
	size  int
	users int    // it is kept at least while there are any
	turn  uint64 // when it was last used

	ready  chan struct{} // closed when the rest is set
	code   engine.Module // nil if it failed
	memory uint64        // what linear memory can reach, in bytes
	err    error
}

func (l *library) init(ctx context.Context, e engine.Engine, c Compiler) {
	l.base, l.cancel = context.WithCancel(context.WithoutCancel(ctx))
	l.engine, l.compiler = e, c
	l.programs = map[key]*program{}
}

// take returns the program of a module, which the caller gives back. It is compiled once, however many ask for it, and
// goes on being compiled when they no longer wait. The error is ctx's own, or says why the module is refused; a refusal
// is not kept.
func (l *library) take(ctx context.Context, wasm []byte, limits abi.Limits) (*program, error) {
	k := key{digest: sha256.Sum256(wasm), memory: limits.Memory, load: limits.Load}
	l.mu.Lock()
	p := l.programs[k]
	if p == nil {
		p = &program{key: k, size: max(len(wasm), least), ready: make(chan struct{})}
		l.programs[k] = p
		l.making.Go(func() { l.prepare(p, wasm, limits) })
	}
	p.users++
	l.mu.Unlock()
	var err error
	select {
	case <-p.ready:
		err = p.err
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	if err != nil {
		l.giveBack(p)
		return nil, err
	}
	return p, nil
}

// giveBack ends one use of a program.
func (l *library) giveBack(p *program) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn++
	p.turn = l.turn
	p.users--
	l.trim()
}

// trim closes the programs that have no place any more, least recently used first. The caller holds the lock.
func (l *library) trim() {
	var idle []*program
	for _, p := range l.programs {
		if p.users == 0 && p.code != nil {
			idle = append(idle, p)
		}
	}
	slices.SortFunc(idle, func(a, b *program) int { return cmp.Compare(b.turn, a.turn) })
	room := shelf
	for _, p := range idle {
		if room -= p.size; room < 0 {
			delete(l.programs, p.key)
			l.failed = errors.Join(l.failed, p.code.Close(l.base))
		}
	}
}

// prepare compiles a program within the limit load, or says in it why not.
func (l *library) prepare(p *program, wasm []byte, limits abi.Limits) {
	l.compiling.Lock()
	ctx, cancel := context.WithTimeout(l.base, limits.Load)
	code, memory, err := l.compile(ctx, wasm, limits)
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("it did not compile within the limit load of %v; raise it with --limit load=TIME, or limits.load in "+
			"the runner's sidecar", limits.Load)
	}
	cancel()
	l.compiling.Unlock()
	l.mu.Lock()
	if err != nil {
		delete(l.programs, p.key)
	}
	p.code, p.memory, p.err = code, memory, err
	l.trim()
	l.mu.Unlock()
	close(p.ready)
}

// compile admits and compiles a module. What takes long is compiled by the Compiler first; the engine then finds the
// code in its cache.
func (l *library) compile(ctx context.Context, wasm []byte, limits abi.Limits) (engine.Module, uint64, error) {
	protected, err := admit(wasm, limits)
	if err != nil {
		return nil, 0, err
	}
	open, err := l.open(ctx)
	if err != nil {
		return nil, 0, err
	}
	if score := protected.Module.Score; score > inProcess {
		if l.compiler == nil {
			return nil, 0, fmt.Errorf("compiling it is scored at %d ms, and this program compiles nothing over %d ms: "+
				"a compilation can't be stopped in process, and there is no compiler outside of it", score, inProcess)
		}
		if err := l.compiler.Compile(ctx, protected.Wasm); err != nil {
			return nil, 0, err
		}
	}
	code, err := open.Compile(ctx, protected.Wasm)
	if err != nil {
		return nil, 0, err
	}
	return code, uint64(protected.Memory), nil
}

// open opens the runtime, unless it is open.
func (l *library) open(ctx context.Context) (engine.Runtime, error) {
	l.opening.Lock()
	defer l.opening.Unlock()
	if l.runtime != nil {
		return l.runtime, nil
	}
	opened, err := l.engine.Open(ctx, append(hostfuncs.Command(bodies()), hostfuncs.Meter()))
	if err != nil {
		return nil, fmt.Errorf("opening the engine %s: %w", l.engine.Name(), err)
	}
	l.runtime = opened
	return opened, nil
}

// close frees everything. No program is in use any more, but one that nobody waits for may still be made.
func (l *library) close(ctx context.Context) error {
	l.cancel()
	l.making.Wait()
	err := l.failed
	for _, p := range l.programs {
		err = errors.Join(err, p.code.Close(ctx))
	}
	if l.runtime != nil {
		err = errors.Join(err, l.runtime.Close(ctx))
	}
	return err
}

package wasi_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/run/wasi"
	"github.com/soltihq/soltiwasm/task"
)

// watched is wazero, watched, with a say in opening and compiling.
type watched struct {
	wazero.Engine
	opened, compiled, closed atomic.Int64
	beforeOpen               func() error
	beforeCompile            func(ctx context.Context) error
}

func (w *watched) Open(ctx context.Context, funcs []engine.HostFunc) (engine.Runtime, error) {
	w.opened.Add(1)
	if w.beforeOpen != nil {
		if err := w.beforeOpen(); err != nil {
			return nil, err
		}
	}
	r, err := w.Engine.Open(ctx, funcs)
	return &watchedRuntime{r, w}, err
}

type watchedRuntime struct {
	engine.Runtime
	w *watched
}

func (r *watchedRuntime) Compile(ctx context.Context, wasm []byte) (engine.Module, error) {
	r.w.compiled.Add(1)
	if r.w.beforeCompile != nil {
		if err := r.w.beforeCompile(ctx); err != nil {
			return nil, err
		}
	}
	m, err := r.Runtime.Compile(ctx, wasm)
	return &watchedModule{m, r.w}, err
}

type watchedModule struct {
	engine.Module
	w *watched
}

func (m *watchedModule) Close(ctx context.Context) error {
	m.w.closed.Add(1)
	return m.Module.Close(ctx)
}

// variants writes count modules that do nothing and differ from each other, and returns their directory.
func variants(t *testing.T, count int) string {
	dir := t.TempDir()
	wasm := read(t, "testdata/nothing.wasm")
	for n := range count {
		custom := string([]byte{0, 5, 1, 'v', byte(n), byte(n >> 8), 0})
		write(t, fmt.Sprintf("%s/%d.wasm", dir, n), []byte(wasm+custom))
	}
	return dir
}

func watch(t *testing.T, w *watched, modulePath ...string) *wasi.Executor {
	c := config(modulePath...)
	c.Engine = w
	return open(t, c)
}

func module(name string) wasi.Command { return wasi.Command{Action: task.WasmAction{Module: name}} }

// TestHammer: many commands of a few modules at once, each compiled once.
func TestHammer(t *testing.T) {
	w := &watched{}
	x := watch(t, w, variants(t, 3), "testdata")
	var all sync.WaitGroup
	for n := range 16 {
		all.Go(func() {
			for range 10 {
				run(t, x, module(fmt.Sprintf("%d.wasm", n%3))).exits(t, "")
				run(t, x, probe(fmt.Sprintf("out %d", n))).exits(t, fmt.Sprint(n))
			}
		})
	}
	all.Wait()
	if opened, compiled := w.opened.Load(), w.compiled.Load(); opened != 1 || compiled != 4 {
		t.Errorf("%d runtimes were opened and %d modules compiled, want 1 and 4", opened, compiled)
	}
}

// TestCompilesOneAtATime: the memory of a compilation is bounded, that of many at once isn't.
func TestCompilesOneAtATime(t *testing.T) {
	var now, most atomic.Int64
	x := watch(t, &watched{beforeCompile: func(context.Context) error {
		most.Store(max(most.Load(), now.Add(1)))
		time.Sleep(5 * time.Millisecond)
		now.Add(-1)
		return nil
	}}, variants(t, 8))
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() { run(t, x, module(fmt.Sprintf("%d.wasm", n))).exits(t, "") })
	}
	all.Wait()
	if most.Load() != 1 {
		t.Errorf("%d modules were compiled at once", most.Load())
	}
}

// TestShelf: the modules that were used last are kept, and each is closed once.
func TestShelf(t *testing.T) {
	w := &watched{}
	x := watch(t, w, variants(t, 70))
	for n := range 70 {
		run(t, x, module(fmt.Sprintf("%d.wasm", n))).exits(t, "")
	}
	if compiled, closed := w.compiled.Load(), w.closed.Load(); compiled != 70 || closed != 6 {
		t.Fatalf("%d compiled, %d closed, want 70 and 6", compiled, closed)
	}
	for _, test := range []struct {
		module   int
		compiled int64
	}{{69, 0}, {6, 0}, {0, 1}, {6, 0}, {7, 1}} { // 7 has made room for 0
		before := w.compiled.Load()
		run(t, x, module(fmt.Sprintf("%d.wasm", test.module))).exits(t, "")
		if got := w.compiled.Load() - before; got != test.compiled {
			t.Errorf("module %d: %d compilations, want %d", test.module, got, test.compiled)
		}
	}
	if err := x.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if compiled, closed := w.compiled.Load(), w.closed.Load(); compiled != closed {
		t.Errorf("%d compiled, %d closed", compiled, closed)
	}
}

// TestNobodyWaits: a command whose time is over doesn't wait for its module, which is compiled for the next one.
func TestNobodyWaits(t *testing.T) {
	goOn := make(chan struct{})
	w := &watched{beforeCompile: func(ctx context.Context) error {
		select {
		case <-goOn:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}}
	x := watch(t, w, "testdata")
	for range 2 {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		runIn(ctx, x, module("nothing.wasm")).fails(t, task.CodeTaskTimeout)
		cancel()
	}
	close(goOn)
	run(t, x, module("nothing.wasm")).exits(t, "")
	if n := w.compiled.Load(); n != 1 {
		t.Errorf("it was compiled %d times", n)
	}
}

// TestClose: it ends compilations, and waits for what runs.
func TestClose(t *testing.T) {
	w := &watched{beforeCompile: func(ctx context.Context) error {
		<-ctx.Done()
		return context.Cause(ctx)
	}}
	x := watch(t, w, "testdata")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	runIn(ctx, x, module("nothing.wasm")).fails(t, task.CodeTaskTimeout)
	if err := x.Close(t.Context()); err != nil {
		t.Error(err)
	}

	x = wasi.New(t.Context(), config("testdata"))
	c := probe("err begun sleep 50 out done")
	begun := make(chan struct{})
	var printed atomic.Bool
	c.Stderr = writer(func(p []byte) (int, error) { close(begun); return len(p), nil })
	c.Stdout = writer(func(p []byte) (int, error) { printed.Store(true); return len(p), nil })
	go run(t, x, c)
	<-begun
	if err := x.Close(t.Context()); err != nil || !printed.Load() {
		t.Errorf("closed with error %v before the command was through", err)
	}
}

// TestLoadIsBounded: a compilation that the engine, or the Compiler, would go on with is ended by the limit.
func TestLoadIsBounded(t *testing.T) {
	w := &watched{beforeCompile: func(ctx context.Context) error {
		<-ctx.Done()
		return context.Cause(ctx)
	}}
	c := module("nothing.wasm")
	c.Limits = abi.DefaultLimits()
	c.Limits.Load = 20 * time.Millisecond
	run(t, watch(t, w, "testdata"), c).fails(t, task.CodeSpawnFailed, "did not compile within the limit load of 20ms", "--limit load=TIME")
}

// TestFailuresAreNotKept: the next command tries again.
func TestFailuresAreNotKept(t *testing.T) {
	broken := errors.New("no memory for code")
	w := &watched{beforeOpen: func() error { return broken }, beforeCompile: func(context.Context) error { return broken }}
	x := watch(t, w, "testdata")
	r := run(t, x, module("nothing.wasm"))
	r.fails(t, task.CodeSpawnFailed, "opening the engine wazero: no memory for code")
	if !errors.Is(r.err, broken) {
		t.Error("the error doesn't wrap its cause")
	}
	w.beforeOpen = nil
	run(t, x, module("nothing.wasm")).fails(t, task.CodeSpawnFailed, "no memory for code")
	w.beforeCompile = nil
	run(t, x, module("nothing.wasm")).exits(t, "")
}

func TestReplacedModule(t *testing.T) {
	dir := t.TempDir()
	x := open(t, config(dir))
	write(t, dir+"/m.wasm", []byte(read(t, "testdata/nothing.wasm")))
	run(t, x, module("m.wasm")).exits(t, "")
	write(t, dir+"/m.wasm", []byte(read(t, "testdata/exit-in-start.wasm")))
	run(t, x, module("m.wasm")).fails(t, task.CodeTaskFailed, "code 7")
	if err := os.Remove(dir + "/m.wasm"); err != nil {
		t.Fatal(err)
	}
	run(t, x, module("m.wasm")).fails(t, task.CodeSpawnFailed, "there is no such file")
}

// compiler is a Compiler outside of the process, in words.
type compiler func(ctx context.Context, wasm []byte) error

func (c compiler) Compile(ctx context.Context, wasm []byte) error { return c(ctx, wasm) }

// TestCompiler: what takes long is left to it, and refused without it.
func TestCompiler(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/slow.wasm", slowModule())
	write(t, dir+"/nothing.wasm", []byte(read(t, "testdata/nothing.wasm")))
	c := module("slow.wasm")
	c.Limits = abi.DefaultLimits()
	run(t, open(t, config(dir)), c).fails(t, task.CodeSpawnFailed, "score", "--limit load=TIME")
	c.Limits.Load = time.Minute
	run(t, open(t, config(dir)), c).fails(t, task.CodeSpawnFailed, "compiles nothing over 15000 ms", "there is no compiler outside of it")

	// That the engine is asked afterwards shows in its refusal: to compile this would really take long.
	var asked int
	w := &watched{beforeCompile: func(context.Context) error { return fmt.Errorf("asked after %d", asked) }}
	conf := config(dir)
	conf.Engine = w
	conf.Compiler = compiler(func(ctx context.Context, wasm []byte) error {
		if _, bounded := ctx.Deadline(); !bounded || len(wasm) == 0 {
			t.Error("the compiler has no deadline, or no bytes")
		}
		asked++
		if asked == 2 {
			return errors.New("it was killed")
		}
		return nil
	})
	x := open(t, conf)
	run(t, x, c).fails(t, task.CodeSpawnFailed, "asked after 1")
	run(t, x, c).fails(t, task.CodeSpawnFailed, "it was killed")
	run(t, x, module("nothing.wasm")).fails(t, task.CodeSpawnFailed, "asked after 2") // without the Compiler
}

// slowModule is a command with so many branches in a function that its score is over 15 seconds.
func slowModule() []byte {
	const branches, functions = 19_000, 3
	body := []byte{0, 0x02, 0x40} // no locals; a block
	for range branches {
		body = append(body, 0x41, 0, 0x0d, 0) // i32.const 0, br_if 0
	}
	body = append(body, 0x0b, 0x0b)
	code := []byte{functions}
	for range functions {
		code = append(binary.AppendUvarint(code, uint64(len(body))), body...)
	}
	wasm := []byte("\x00asm\x01\x00\x00\x00" + "\x01\x04\x01\x60\x00\x00" + "\x03\x04\x03\x00\x00\x00" + "\x05\x03\x01\x00\x01" +
		"\x07\x13\x02\x06memory\x02\x00\x06_start\x00\x00" + "\x0a")
	return append(binary.AppendUvarint(wasm, uint64(len(code))), code...)
}

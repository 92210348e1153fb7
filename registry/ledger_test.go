//go:build linux || darwin

package registry_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/task"
)

// counting counts what is compiled.
type counting struct {
	engine.Runtime
	compiled atomic.Int64
}

func (c *counting) Compile(ctx context.Context, wasm []byte) (engine.Module, error) {
	c.compiled.Add(1)
	return c.Runtime.Compile(ctx, wasm)
}

// processes makes registries one after the other over one directory and one cache, as processes do.
type processes struct {
	t      *testing.T
	first  *bench
	cache  *engine.Cache
	limits abi.Limits
	build  string // of the program
}

func newProcesses(t *testing.T, modules ...string) *processes {
	cache, err := engine.OpenCache(filepath.Join(t.TempDir(), "cache"), 1<<30)
	check(t, err)
	t.Cleanup(func() { check(t, cache.Fault()); check(t, cache.Close()) })
	return &processes{t: t, first: newBench(t, modules...), cache: cache, build: "1"}
}

// next is the registry of the next process and its snapshot, two seconds and more after the last change of a file.
func (p *processes) next() (*counting, *registry.Snapshot) {
	p.t.Helper()
	c := &counting{Runtime: newRuntime(p.t)}
	b := newBenchWith(p.t, registry.Config{Engine: c, Cache: p.cache, Program: p.build, Limits: p.limits, Dirs: []string{p.first.dir}})
	b.now = func() time.Time { return time.Now().Add(time.Minute) }
	return c, b.load(p.t, nil)
}

// wantCompiled says how many modules were compiled until now.
func (p *processes) wantCompiled(c *counting, want int64, when string) {
	p.t.Helper()
	if got := c.compiled.Load(); got != want {
		p.t.Errorf("%d modules are compiled %s, want %d", got, when, want)
	}
}

func TestKnownModulesAreCompiledWhenTheyAreAsked(t *testing.T) {
	p := newProcesses(t, "ok", "no", "manifest")
	c, first := p.next()
	p.wantCompiled(c, 3, "by the first process")
	c, s := p.next()
	p.wantCompiled(c, 0, "by the second one before it asks")
	if names(s) != names(first) || len(s.Rejected) != 0 {
		t.Errorf("runners %q, first %q, rejected %q", names(s), names(first), codes(s))
	}
	for i, r := range s.Runners {
		f := first.Runners[i]
		if r.Digest() != f.Digest() || r.Manifest().Version != f.Manifest().Version || strings.Join(r.Kinds(), ",") != strings.Join(f.Kinds(), ",") ||
			len(r.Labels()) != len(f.Labels()) {
			t.Errorf("%s is %+v, first %+v", r.Name(), r.Manifest(), f.Manifest())
		}
	}
	ok := s.Runners[len(s.Runners)-1]
	for _, r := range s.Runners {
		if r.Name() == "ok" {
			ok = r
		}
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if yes, err := ok.Supports(t.Context(), spec(t), nil); !yes || err != nil {
				t.Errorf("supports: %v, %v", yes, err)
			}
		})
	}
	all.Wait()
	p.wantCompiled(c, 1, "after eight questions to one")
	if _, err := ok.Build(t.Context(), spec(t)); err != nil {
		t.Error(err)
	}
}

func TestWhatIsNotKnownIsLoadedAnew(t *testing.T) {
	for name, change := range map[string]func(p *processes){
		"another module":        func(p *processes) { p.first.add(t, "status1", "ok.wasm") },
		"a newer file":          func(p *processes) { p.first.add(t, "ok", "ok.wasm") },
		"other limits":          func(p *processes) { p.limits = abi.Limits{Memory: 32 << 20} },
		"another program":       func(p *processes) { p.build = "2" },
		"limits in the sidecar": func(p *processes) { p.first.write(t, "ok.yaml", "limits: {memory: 32MiB}") },
		"an empty cache": func(p *processes) {
			if _, _, err := p.cache.Prune(0); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProcesses(t, "ok")
			p.next()
			change(p)
			c, s := p.next()
			if len(s.Runners) != 1 {
				t.Fatalf("runners %q, rejected %q", names(s), codes(s))
			}
			p.wantCompiled(c, 1, "by the second process")
		})
	}
}

func TestSidecarsHoldForKnownModules(t *testing.T) {
	p := newProcesses(t, "ok")
	_, first := p.next()
	p.first.write(t, "ok.yaml", "digest: sha256:"+strings.Repeat("0", 64))
	if _, s := p.next(); codes(s) != "ok.wasm:digest" {
		t.Errorf("a wrong pin: rejected %q", codes(s))
	}
	p.first.write(t, "ok.yaml", "digest: "+first.Runners[0].Digest()+"\nlabels: {zone: eu}\n")
	c, s := p.next()
	if p.wantCompiled(c, 0, "by the process after the one that refused it"); names(s) != "ok" {
		t.Fatalf("rejected %q", codes(s))
	}
	p.first.write(t, "ok.yaml", "disabled: true\nlabels: {zone: eu}\n")
	c, s = p.next()
	p.wantCompiled(c, 0, "of a disabled one")
	if r := s.Runners[0]; r.Name() != "ok.wasm" || !r.Disabled() || r.Labels()["zone"] != "eu" {
		t.Errorf("a disabled one is %s, %v", r.Name(), r.Labels())
	}
}

// TestKnownModuleWithoutItsCode has a cache from which the code was pruned after the process looked, and a file that
// has changed since or not.
func TestKnownModuleWithoutItsCode(t *testing.T) {
	large, err := os.ReadFile(filepath.Join("..", "testdata", "modules", "wasm.wasm"))
	check(t, err)
	p := newProcesses(t)
	p.first.write(t, "large.wasm", string(large))
	p.next()
	_, s := p.next()
	_, changed := p.next()
	if _, _, err := p.cache.Prune(0); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Runners[0].Supports(t.Context(), spec(t), nil); err != nil {
		t.Errorf("from its file: %v", err)
	}
	if _, _, err := p.cache.Prune(0); err != nil {
		t.Fatal(err)
	}
	p.first.add(t, "status1", "large.wasm")
	_, err = changed.Runners[0].Supports(t.Context(), spec(t), nil)
	if codeOf(err) != task.CodeGuestFault || !strings.Contains(err.Error(), "its file has changed") {
		t.Errorf("from another file: %v", err)
	}
}

// TestKnownSmallModule has all of it in the ledger, and needs neither the cache nor the file any more.
func TestKnownSmallModule(t *testing.T) {
	p := newProcesses(t, "ok")
	p.next()
	_, s := p.next()
	if _, _, err := p.cache.Prune(0); err != nil {
		t.Fatal(err)
	}
	check(t, os.Remove(filepath.Join(p.first.dir, "ok.wasm")))
	if yes, err := s.Runners[0].Supports(t.Context(), spec(t), nil); !yes || err != nil {
		t.Errorf("%v, %v", yes, err)
	}
}

// recalling has everything in its cache, and compiles nothing before it may.
type recalling struct {
	engine.Runtime
	compiling, may chan struct{}
}

func (r *recalling) Recall(ctx context.Context, wasm []byte) (engine.Module, bool) {
	m, err := r.Runtime.Compile(ctx, wasm)
	return m, err == nil
}

func (r *recalling) Compile(ctx context.Context, wasm []byte) (engine.Module, error) {
	close(r.compiling)
	<-r.may
	return r.Runtime.Compile(ctx, wasm)
}

// TestKnownModuleDoesNotWait for the compilation of another one.
func TestKnownModuleDoesNotWait(t *testing.T) {
	p := newProcesses(t, "ok")
	p.next()
	r := &recalling{newRuntime(t), make(chan struct{}), make(chan struct{})}
	b := newBenchWith(t, registry.Config{Engine: r, Cache: p.cache, Program: p.build, Dirs: []string{p.first.dir}})
	b.now = func() time.Time { return time.Now().Add(time.Minute) }
	known := b.load(t, nil)
	p.first.add(t, "no", "no.wasm")
	var other sync.WaitGroup
	other.Go(func() {
		s, err := b.Load(t.Context(), known)
		if err != nil {
			t.Error(err)
			return
		}
		t.Cleanup(func() { check(t, s.Close(context.Background())) })
	})
	<-r.compiling
	if yes, err := known.Runners[0].Supports(t.Context(), spec(t), nil); !yes || err != nil {
		t.Errorf("supports: %v, %v", yes, err)
	}
	close(r.may)
	other.Wait()
}

// TestLastGoodVersionOfAKnownModule: it stays although nobody has asked it, and whatever becomes of the cache.
func TestLastGoodVersionOfAKnownModule(t *testing.T) {
	p := newProcesses(t, "ok")
	p.next()
	c := &counting{Runtime: newRuntime(t)}
	b := newBenchWith(t, registry.Config{Engine: c, Cache: p.cache, Program: p.build, Dirs: []string{p.first.dir}})
	b.now = func() time.Time { return time.Now().Add(time.Minute) }
	known := b.load(t, nil)
	p.wantCompiled(c, 0, "before the change")
	p.first.write(t, "ok.wasm", "broken")
	s := b.load(t, known)
	if _, _, err := p.cache.Prune(0); err != nil {
		t.Fatal(err)
	}
	if names(s) != "ok" || codes(s) != "ok.wasm:malformed" {
		t.Fatalf("runners %q, rejected %q", names(s), codes(s))
	}
	if yes, err := s.Runners[0].Supports(t.Context(), spec(t), nil); !yes || err != nil {
		t.Errorf("supports: %v, %v", yes, err)
	}
}

// TestDamagedLedger: what is not whole is not believed.
func TestDamagedLedger(t *testing.T) {
	p := newProcesses(t, "ok")
	p.next()
	entries, err := os.ReadDir(p.cache.Dir())
	check(t, err)
	for _, e := range entries {
		path := filepath.Join(p.cache.Dir(), e.Name())
		if data, err := os.ReadFile(path); err == nil {
			data[len(data)/2] ^= 1
			check(t, os.WriteFile(path, data, 0o600))
		}
	}
	if c, s := p.next(); names(s) != "ok" {
		t.Errorf("rejected %q", codes(s))
	} else {
		p.wantCompiled(c, 1, "after the damage")
	}
}

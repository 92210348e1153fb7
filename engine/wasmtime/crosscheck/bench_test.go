package crosscheck_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/wasmtime"
	"github.com/soltihq/soltiwasm/engine/wasmtime/crosscheck"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/sandbox"
)

// BenchmarkEngines measures what docs/engines.md shows: a real runner, metered as the registry meters it, on each engine.
//
//	go -C engine/wasmtime test -run '^$' -bench Engines ./crosscheck
func BenchmarkEngines(b *testing.B) {
	protected := protect(b, "testdata/modules/subprocess.wasm")
	loop := protectBytes(b, assemble(b, `(memory (export "memory") 1) (func (export "f") (result i32) (local $i i32) (local $h i32)
		(loop
			(local.set $h (i32.xor (i32.mul (local.get $h) (i32.const 31)) (i32.load (i32.and (local.get $i) (i32.const 0xfff0)))))
			(i32.store (i32.and (local.get $h) (i32.const 0xfff0)) (local.get $i))
			(br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1000000))))
		(local.get $h))`))
	for _, make := range []func(*engine.Cache) engine.Engine{
		func(c *engine.Cache) engine.Engine { return wazero.Engine{Cache: c} },
		func(c *engine.Cache) engine.Engine { return wazero.Engine{Cache: c, Interpreter: true} },
		func(c *engine.Cache) engine.Engine { return wasmtime.Engine{Cache: c} },
		func(c *engine.Cache) engine.Engine {
			return crosscheck.Engine{Engines: []engine.Engine{wazero.Engine{Cache: c}, wasmtime.Engine{Cache: c}}}
		},
	} {
		b.Run(make(nil).Name(), func(b *testing.B) { benchEngine(b, make, protected, loop) })
	}
}

func benchEngine(b *testing.B, make func(*engine.Cache) engine.Engine, runner, loop *sandbox.Protected) {
	b.Run("compile", func(b *testing.B) { benchCompile(b, make(nil), runner) })
	b.Run("compile-cached", func(b *testing.B) {
		cache, err := engine.OpenCache(filepath.Join(b.TempDir(), "cache"), 1<<30)
		if err != nil {
			b.Fatal(err)
		}
		defer cache.Close()
		benchCompile(b, make(cache), runner)
	})
	r, err := make(nil).Open(b.Context(), append(hostfuncs.Functions(), hostfuncs.Meter()))
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close(context.Background())
	bench := newBench(b, r, runner)
	b.Run("start", func(b *testing.B) {
		for b.Loop() {
			bench.start(b).Close(b.Context())
		}
	})
	in := bench.start(b)
	defer in.Close(context.Background())
	b.Run("supports", func(b *testing.B) { bench.each(b, in, abi.ExportSupports, abi.PhaseSupports) })
	b.Run("build", func(b *testing.B) { bench.each(b, in, abi.ExportBuild, abi.PhaseBuild) })
	b.Run("loop", func(b *testing.B) {
		bench := newBench(b, r, loop)
		in := bench.start(b)
		defer in.Close(context.Background())
		bench.each(b, in, "f", abi.PhaseRun)
	})
	b.Run("memory", func(b *testing.B) { bench.memoryOf(b) })
}

// benchCompile compiles in a fresh runtime, after once where that fills the cache.
func benchCompile(b *testing.B, e engine.Engine, p *sandbox.Protected) {
	compile := func() {
		r, err := e.Open(b.Context(), append(hostfuncs.Functions(), hostfuncs.Meter()))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := r.Compile(b.Context(), p.Wasm); err != nil {
			b.Fatal(err)
		}
		if err := r.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	compile()
	for b.Loop() {
		compile()
	}
}

func protect(b *testing.B, path string) *sandbox.Protected {
	b.Helper()
	wasm, err := os.ReadFile(root + path)
	if err != nil {
		b.Fatal(err)
	}
	return protectBytes(b, wasm)
}

func protectBytes(b *testing.B, wasm []byte) *sandbox.Protected {
	b.Helper()
	p, err := sandbox.Protect(wasm, sandbox.DefaultLimits())
	if err != nil {
		b.Fatal(err)
	}
	return p
}

// bench is a compiled module with what its instances need.
type bench struct {
	module engine.Module
	memory uint64
	host   *hostfuncs.Instance // of the instance that was started last
	lent   hostfuncs.Runner
	spec   *document.Index
}

func newBench(b *testing.B, r engine.Runtime, p *sandbox.Protected) *bench {
	b.Helper()
	m, err := r.Compile(b.Context(), p.Wasm)
	if err != nil {
		b.Fatal(err)
	}
	return newBenchOf(b, m, p)
}

func newBenchOf(b *testing.B, m engine.Module, p *sandbox.Protected) *bench {
	b.Helper()
	spec, err := document.ParseJSON([]byte(`{"slot":"s","kind":{"subprocess":{"mode":{"command":{"command":"echo","args":["a","b"]}}}},"timeout":5000}`), document.Bounds{})
	if err != nil {
		b.Fatal(err)
	}
	return &bench{module: m, memory: uint64(p.Memory), spec: document.NewIndex(spec), lent: hostfuncs.Runner{
		Env: hostfuncs.NewEnvironment(nil, nil), Metrics: metrics.NewGuests(metrics.NoOp{}).Emitter("r", 200, nil),
		Limits: abi.DefaultLimits(), Now: time.Now, Rand: rand.NewChaCha8([32]byte{}),
	}}
}

// start makes an instance as the registry does.
func (x *bench) start(b *testing.B) engine.Instance {
	b.Helper()
	host := hostfuncs.NewInstance(&x.lent)
	x.host = host
	host.Begin(abi.PhaseStart, &hostfuncs.Call{})
	defer host.End(b.Context())
	in, err := x.module.Instantiate(b.Context(), engine.InstanceConfig{Host: host, Memory: x.memory})
	if err == nil {
		if f := in.Func(abi.ExportInitialize); f != nil {
			_, err = f.Call(b.Context())
		}
	}
	if err != nil {
		b.Fatal(err)
	}
	return in
}

// each calls an export of the instance that was started last.
func (x *bench) each(b *testing.B, in engine.Instance, export string, phase abi.Phase) {
	b.ReportAllocs()
	f := in.Func(export)
	for b.Loop() {
		x.host.Begin(phase, &hostfuncs.Call{Spec: x.spec})
		if _, err := f.Call(b.Context()); err != nil {
			b.Fatal(err)
		}
		x.host.End(b.Context())
	}
}

// memoryOf reports by how much an instance that has built a task enlarges the process.
func (x *bench) memoryOf(b *testing.B) {
	const n = 50
	for b.Loop() {
		runtime.GC()
		before := resident(b)
		var all []engine.Instance
		for range n {
			in := x.start(b)
			all = append(all, in)
			x.host.Begin(abi.PhaseBuild, &hostfuncs.Call{Spec: x.spec})
			if _, err := in.Func(abi.ExportBuild).Call(b.Context()); err != nil {
				b.Fatal(err)
			}
			x.host.End(b.Context())
		}
		b.ReportMetric(float64(resident(b)-before)/n/1024, "KiB/instance")
		for _, in := range all {
			in.Close(b.Context())
		}
	}
	b.ReportMetric(0, "ns/op")
}

// resident is the process's resident memory, where the system tells it.
func resident(b *testing.B) int {
	text, err := os.ReadFile("/proc/self/statm")
	var size, pages int
	if _, scanErr := fmt.Sscan(string(text), &size, &pages); err != nil || scanErr != nil {
		b.Skip("the system doesn't tell a process's memory")
	}
	return pages * os.Getpagesize()
}

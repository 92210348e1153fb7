package sandbox_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/sandbox"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// benchArguments are the exports of testdata/c/bench.wasm with arguments that take about a millisecond.
var benchArguments = []struct {
	export   string
	argument uint64
}{
	{"nop", 0}, {"loop", 1_000_000}, {"xorshift", 300_000}, {"scan", 500_000}, {"strlen", 100_000}, {"bytecopy", 500_000},
	{"matmul", 3}, {"fib", 22}, {"sha", 1_000}, {"sieve", 200_000}, {"vm", 50_000}, {"qsort", 20_000}, {"copysmall", 50_000},
	{"copybig", 10}, {"crc", 300_000}, {"mandelbrot", 60}, {"hash", 40_000}, {"indirect", 200_000}, {"chase", 200_000},
}

// BenchmarkOverhead compares the metered module with the same module unprotected, call by call in one run, and
// reports the median of the ratios.
func BenchmarkOverhead(b *testing.B) {
	wasm, err := os.ReadFile("testdata/c/bench.wasm")
	if err != nil {
		b.Fatal(err)
	}
	plain, metered := pair(b, wasm)
	for _, c := range benchArguments {
		b.Run(c.export, func(b *testing.B) {
			repeat := 1
			if c.export == "nop" {
				repeat = 10_000
			}
			ratio(b, caller(b, plain, c.export, c.argument, repeat), caller(b, metered, c.export, c.argument, repeat))
		})
	}
}

// BenchmarkGoGuest does the same with a guest written in Go that parses JSON, which is built for this.
func BenchmarkGoGuest(b *testing.B) {
	plain, metered := pair(b, goGuest(b))
	spec, err := json.Marshal(map[string]any{
		"slot":   "backup",
		"labels": map[string]string{"zone": "eu", "tier": "prod"},
		"kind":   map[string]any{"subprocess": map[string]any{"command": "/usr/bin/env", "args": []string{"a", "b", "c"}}},
	})
	if err != nil {
		b.Fatal(err)
	}
	for _, instance := range []benchGuest{plain, metered} {
		buffer, err := instance.ExportedFunction("buffer").Call(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		instance.Memory().Write(uint32(buffer[0]), spec)
	}
	n := uint64(len(spec))
	ratio(b, caller(b, plain, "supports", n, 20), caller(b, metered, "supports", n, 20))
}

// BenchmarkInstantiate compares how long an instance of the guest in Go takes to make.
func BenchmarkInstantiate(b *testing.B) {
	wasm := goGuest(b)
	p, err := sandbox.Protect(wasm, sandbox.DefaultLimits())
	if err != nil {
		b.Fatal(err)
	}
	ctx := context.Background()
	engine, _ := newEngine(b)
	starter := func(wasm []byte) func() time.Duration {
		compiled, err := engine.CompileModule(ctx, wasm)
		if err != nil {
			b.Fatal(err)
		}
		return func() time.Duration {
			start := time.Now()
			instance, err := engine.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithName("").WithStartFunctions())
			if err != nil {
				b.Fatal(err)
			}
			took := time.Since(start)
			instance.Close(ctx)
			return took
		}
	}
	ratio(b, starter(wasm), starter(p.Wasm))
}

// BenchmarkProtect measures what admission costs, and how much larger the module gets.
func BenchmarkProtect(b *testing.B) {
	for name, wasm := range largeModules(b) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var p *sandbox.Protected
			for b.Loop() {
				p = protectAny(b, wasm)
			}
			b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N)/(float64(len(wasm))/(1<<20)), "ms/MiB")
			b.ReportMetric(float64(len(p.Wasm))/float64(len(wasm)), "size-ratio")
		})
	}
}

// BenchmarkCompile compares how long wazero takes to compile a module with and without the meter, and the former with
// the score.
func BenchmarkCompile(b *testing.B) {
	for name, wasm := range largeModules(b) {
		b.Run(name, func(b *testing.B) {
			p := protectAny(b, wasm)
			engine, _ := newEngine(b)
			var longest time.Duration
			compiler := func(wasm []byte) func() time.Duration {
				return func() time.Duration {
					start := time.Now()
					compiled, err := engine.CompileModule(context.Background(), wasm)
					if err != nil {
						b.Fatal(err)
					}
					took := time.Since(start)
					longest = max(longest, took)
					compiled.Close(context.Background())
					return took
				}
			}
			ratio(b, compiler(wasm), compiler(p.Wasm))
			b.ReportMetric(float64(longest.Milliseconds())/float64(p.Module.Score), "longest/score")
		})
	}
}

// largeModules are the guest in Go and the modules of the folder that SANDBOX_MODULES names.
func largeModules(b *testing.B) map[string][]byte {
	modules := map[string][]byte{"go": goGuest(b)}
	more := os.Getenv("SANDBOX_MODULES")
	if more == "" {
		return modules
	}
	paths, err := filepath.Glob(filepath.Join(more, "*.wasm"))
	if err != nil {
		b.Fatal(err)
	}
	for _, path := range paths {
		if modules[filepath.Base(path)], err = os.ReadFile(path); err != nil {
			b.Fatal(err)
		}
	}
	return modules
}

// protectAny protects a module however long it takes to compile, or skips the benchmark.
func protectAny(b *testing.B, wasm []byte) *sandbox.Protected {
	limits := sandbox.DefaultLimits()
	limits.Score = 300_000
	p, err := sandbox.Protect(wasm, limits)
	if err != nil {
		b.Skip(err)
	}
	return p
}

// goGuest builds the guest of testdata/go.
func goGuest(tb testing.TB) []byte {
	out := filepath.Join(tb.TempDir(), "guest.wasm")
	cmd := exec.Command("go", "build", "-buildmode=c-shared", "-trimpath", "-ldflags=-s -w", "-o", out, ".")
	cmd.Dir = "testdata/go"
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	if text, err := cmd.CombinedOutput(); err != nil {
		tb.Skipf("building the guest: %v\n%s", err, text)
	}
	wasm, err := os.ReadFile(out)
	if err != nil {
		tb.Fatal(err)
	}
	return wasm
}

// benchGuest is an instance and what decides about its fuel.
type benchGuest struct {
	api.Module
	pace *sandbox.Pace
}

// pair instantiates a module twice, without and with the meter.
func pair(b *testing.B, wasm []byte) (plain, metered benchGuest) {
	p, err := sandbox.Protect(wasm, sandbox.DefaultLimits())
	if err != nil {
		b.Fatal(err)
	}
	engine, pace := newEngine(b)
	instantiate := func(wasm []byte) benchGuest {
		instance, err := engine.InstantiateWithConfig(context.Background(), wasm,
			wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize").WithStderr(os.Stderr))
		if err != nil {
			b.Fatal(err)
		}
		return benchGuest{instance, pace}
	}
	return instantiate(wasm), instantiate(p.Wasm)
}

// newEngine makes a runtime with all that the benchmarks' guests import, and the Pace of the one call at a time.
func newEngine(b *testing.B) (wazero.Runtime, *sandbox.Pace) {
	ctx := context.Background()
	engine, pace := wazero.NewRuntime(ctx), new(sandbox.Pace)
	b.Cleanup(func() { engine.Close(ctx) })
	wasi_snapshot_preview1.MustInstantiate(ctx, engine)
	yield := func(ctx context.Context, stack []uint64) {
		more, err := pace.Yield(ctx, int64(stack[0]))
		if err != nil {
			panic(err)
		}
		stack[0] = uint64(more)
	}
	_, err := engine.NewHostModuleBuilder(sandbox.ImportModule).NewFunctionBuilder().
		WithGoFunction(api.GoFunc(yield), []api.ValueType{api.ValueTypeI64}, []api.ValueType{api.ValueTypeI64}).
		Export(sandbox.YieldImport).Instantiate(ctx)
	if err != nil {
		b.Fatal(err)
	}
	return engine, pace
}

// caller makes a function that calls an export some times and says how long it took.
func caller(b *testing.B, g benchGuest, export string, argument uint64, repeat int) func() time.Duration {
	f := g.ExportedFunction(export)
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	b.Cleanup(cancel)
	stack := make([]uint64, 1)
	return func() time.Duration {
		start := time.Now()
		for range repeat {
			stack[0] = argument
			g.pace.Begin()
			if err := f.CallWithStack(ctx, stack); err != nil {
				b.Fatal(err)
			}
		}
		return time.Since(start) / time.Duration(repeat)
	}
}

// ratio calls both in turns and reports the median time of the plain one, the median of the ratios, and the ratio of the
// best times, which other work on the machine changes least.
func ratio(b *testing.B, plain, metered func() time.Duration) {
	var times, ratios []float64
	best := time.Duration(math.MaxInt64)
	for b.Loop() {
		p, m := plain(), metered()
		times = append(times, float64(p))
		ratios = append(ratios, float64(m)/float64(p))
		best = min(best, m)
	}
	b.ReportMetric(float64(best)/slices.Min(times), "best-ratio")
	b.ReportMetric(median(times), "plain-ns/op")
	b.ReportMetric(median(ratios), "ratio")
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

package rows

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/soltihq/soltiwasm/bench/compare"
	"github.com/soltihq/soltiwasm/sandbox"
)

// kernels are the exports of the sandbox's own benchmark guest, with arguments that take about a millisecond.
var kernels = []struct {
	export   string
	argument uint64
}{
	{"loop", 1_000_000}, {"xorshift", 300_000}, {"scan", 500_000}, {"strlen", 100_000}, {"bytecopy", 500_000},
	{"matmul", 3}, {"fib", 22}, {"sha", 1_000}, {"sieve", 200_000}, {"vm", 50_000}, {"qsort", 20_000}, {"copysmall", 50_000},
	{"copybig", 10}, {"crc", 300_000}, {"mandelbrot", 60}, {"hash", 40_000}, {"indirect", 200_000}, {"chase", 200_000},
}

// protection runs the same code with the meter and without, both on a plain engine.
func protection(b *Bench) ([]Result, error) {
	kernel, err := b.kernelRatios()
	if err != nil {
		return nil, err
	}
	parse, err := b.parseRatio()
	if err != nil {
		return nil, err
	}
	var medians []float64
	var context []string
	worst := compare.Spread{}
	for i, ratio := range kernel {
		medians = append(medians, ratio.Median)
		context = append(context, fmt.Sprintf("%s %.2f", kernels[i].export, ratio.Median))
		if ratio.Median > worst.Median {
			worst = ratio
		}
	}
	return []Result{
		{"loops, the median", atMost(1.25, Times), compare.Of(medians...), nil},
		{"loops, the worst", atMost(1.4, Times), worst, context},
		parse,
	}, nil
}

func (b *Bench) kernelRatios() (_ []compare.Spread, err error) {
	wasm, err := os.ReadFile(filepath.Join(b.Root, "sandbox/testdata/c/bench.wasm"))
	if err != nil {
		return nil, err
	}
	p, err := newPair(wasm)
	if err != nil {
		return nil, err
	}
	defer closing(&err, p.runtime.Close)
	var ratios []compare.Spread
	for _, k := range kernels {
		s, err := b.Method.Run(p.subject("plain", p.plain, k.export, k.argument), p.subject("metered", p.metered, k.export, k.argument))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k.export, err)
		}
		ratios = append(ratios, s.Ratio("metered", "plain"))
	}
	return ratios, nil
}

// parseRatio is that of a guest in Go that parses the payload with encoding/json.
func (b *Bench) parseRatio() (_ Result, err error) {
	wasm, err := b.GoGuest("../sandbox/testdata/go")
	if err != nil {
		return Result{}, err
	}
	p, err := newPair(wasm)
	if err != nil {
		return Result{}, err
	}
	defer closing(&err, p.runtime.Close)
	spec, err := JSON(Payload())
	if err != nil {
		return Result{}, err
	}
	for _, module := range []api.Module{p.plain, p.metered} {
		buffer, err := module.ExportedFunction("buffer").Call(context.Background())
		if err != nil {
			return Result{}, err
		}
		if !module.Memory().Write(uint32(buffer[0]), spec) {
			return Result{}, errors.New("the spec doesn't fit into the Go guest")
		}
	}
	n := uint64(len(spec))
	// The guest collects its own garbage now and then, so that a short turn has none of that, or too much.
	s, err := b.Method.Long().Run(p.subject("plain", p.plain, "supports", n), p.subject("metered", p.metered, "supports", n))
	if err != nil {
		return Result{}, err
	}
	return Result{"a Go guest that parses JSON", atMost(1.1, Times), s.Ratio("metered", "plain"), Note(s, "metered", "plain")}, nil
}

// pair is an instance of a module as it is, and one of the same module protected.
type pair struct {
	runtime        wazero.Runtime
	plain, metered api.Module
	pace           sandbox.Pace // of the metered one
}

func newPair(wasm []byte) (_ *pair, err error) {
	protected, err := sandbox.Protect(wasm, sandbox.DefaultLimits())
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	p := &pair{runtime: wazero.NewRuntime(ctx)}
	if err := p.start(ctx, wasm, protected.Wasm); err != nil {
		return nil, errors.Join(err, p.runtime.Close(ctx))
	}
	return p, nil
}

func (p *pair) start(ctx context.Context, plain, metered []byte) error {
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, p.runtime); err != nil {
		return err
	}
	yield := func(ctx context.Context, stack []uint64) {
		more, err := p.pace.Yield(ctx, int64(stack[0]))
		if err != nil {
			panic(err)
		}
		stack[0] = uint64(more)
	}
	i64 := []api.ValueType{api.ValueTypeI64}
	_, err := p.runtime.NewHostModuleBuilder(sandbox.ImportModule).NewFunctionBuilder().
		WithGoFunction(api.GoFunc(yield), i64, i64).Export(sandbox.YieldImport).Instantiate(ctx)
	if err != nil {
		return err
	}
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize")
	if p.plain, err = p.runtime.InstantiateWithConfig(ctx, plain, config); err != nil {
		return err
	}
	p.metered, err = p.runtime.InstantiateWithConfig(ctx, metered, config)
	return err
}

func (p *pair) subject(name string, module api.Module, export string, argument uint64) compare.Subject {
	f, ctx, stack := module.ExportedFunction(export), context.Background(), make([]uint64, 1)
	return Subject(name, func() error {
		stack[0] = argument
		p.pace.Begin()
		return f.CallWithStack(ctx, stack)
	})
}

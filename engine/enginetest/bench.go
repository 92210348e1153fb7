package enginetest

import (
	"context"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/engine"
)

// Bench measures an engine: what a call, a host function, a global, an instance, and the pool around it cost.
func Bench(b *testing.B, e engine.Engine) {
	r := open(b, e)
	host := lent{"call": func(context.Context, engine.Memory, []uint64) error { return nil }}
	traps, exports, hosted := load(b, r, "traps"), load(b, r, "exports"), load(b, r, "host")
	ctx := context.Background()

	each := func(ctx context.Context, name string, f engine.Func) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f.Call(ctx); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	timed, cancel := context.WithTimeout(ctx, time.Hour)
	defer cancel()
	each(ctx, "call", find(b, instantiate(b, traps, engine.InstanceConfig{}), "answer"))
	each(timed, "call+deadline", find(b, instantiate(b, traps, engine.InstanceConfig{}), "answer"))
	each(ctx, "call+host", find(b, instantiate(b, hosted, engine.InstanceConfig{Host: host}), "call"))
	each(ctx, "call+2host", find(b, instantiate(b, hosted, engine.InstanceConfig{Host: host}), "call_twice"))

	b.Run("global", func(b *testing.B) {
		b.ReportAllocs()
		count := instantiate(b, exports, engine.InstanceConfig{}).Global("count")
		for b.Loop() {
			count.Set(count.Get() + 1)
		}
	})
	b.Run("instantiate", func(b *testing.B) {
		b.ReportAllocs()
		config := engine.InstanceConfig{Host: host, Memory: 64 << 20}
		for b.Loop() {
			in, err := exports.Instantiate(ctx, config)
			if err != nil {
				b.Fatal(err)
			}
			if err := in.Close(ctx); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("compile", func(b *testing.B) {
		b.ReportAllocs()
		wasm := binary(b, "memory") // one that the runtime doesn't have yet
		for b.Loop() {
			m, err := r.Compile(ctx, wasm)
			if err != nil {
				b.Fatal(err)
			}
			if err := m.Close(ctx); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("pool", func(b *testing.B) {
		b.ReportAllocs()
		pool := newPool(traps)
		for b.Loop() {
			if err := pool.Do(ctx, answer); err != nil {
				b.Fatal(err)
			}
		}
		closePool(b, pool)
	})
	b.Run("pool-parallel", func(b *testing.B) {
		b.ReportAllocs()
		pool := newPool(traps)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := pool.Do(ctx, answer); err != nil {
					b.Error(err)
					return
				}
			}
		})
		closePool(b, pool)
	})
}

// pooled is an instance with the function that is called, as a host keeps it.
type pooled struct {
	engine.Instance
	answer engine.Func
}

func newPool(m engine.Module) *engine.Pool[*pooled] {
	return engine.NewPool(4, func(ctx context.Context) (*pooled, error) {
		in, err := m.Instantiate(ctx, engine.InstanceConfig{Host: lent{}})
		if err != nil {
			return nil, err
		}
		return &pooled{in, in.Func("answer")}, nil
	}, nil)
}

func answer(p *pooled) error {
	_, err := p.answer.Call(context.Background())
	return err
}

func closePool(b *testing.B, pool *engine.Pool[*pooled]) {
	if err := pool.Close(context.Background()); err != nil {
		b.Error(err)
	}
}

package engine_test

import (
	"context"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
)

// BenchmarkPool measures the pool alone: what it adds to a call. The work of "busy" is about 1 µs, as a small guest's. How
// two goroutines scale shows beside "own", where each has an instance of its own and no pool.
func BenchmarkPool(b *testing.B) {
	for _, work := range []struct {
		name  string
		turns int
	}{{"nothing", 0}, {"busy", 1000}} {
		do := func(n *counted) error {
			for range work.turns {
				n.uses = n.uses*31 + 1
			}
			return nil
		}
		newPool := func() *engine.Pool[*counted] {
			return engine.NewPool(4, func(context.Context) (*counted, error) { return new(counted), nil }, nil)
		}
		ctx := context.Background()
		b.Run(work.name+"/serial", func(b *testing.B) {
			b.ReportAllocs()
			pool := newPool()
			for b.Loop() {
				_ = pool.Do(ctx, do)
			}
		})
		b.Run(work.name+"/own", func(b *testing.B) {
			b.RunParallel(func(pb *testing.PB) {
				own := new(counted)
				for pb.Next() {
					_ = do(own)
				}
			})
		})
		b.Run(work.name+"/parallel", func(b *testing.B) {
			b.ReportAllocs()
			pool := newPool()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					_ = pool.Do(ctx, do)
				}
			})
		})
	}
}

type counted struct {
	uses int
	_    [128]byte // apart from its neighbours, as instances are
}

func (*counted) Close(context.Context) error { return nil }

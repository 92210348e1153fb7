package engine_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
)

// TestPoolHammer has many goroutines trap, panic, fail and give up at random, while another closes the pool.
func TestPoolHammer(t *testing.T) {
	const size = 3
	f := new(factory)
	pool := engine.NewPool(size, f.make, nil)
	var calls atomic.Int64
	var wg sync.WaitGroup
	for seed := range uint64(8) {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(seed, 1))
			for range 3000 {
				ctx, cancel := context.WithCancel(t.Context())
				if random.IntN(4) == 0 {
					go cancel()
				}
				err := hammerOnce(ctx, pool, random.IntN(20), &calls)
				cancel()
				if errors.Is(err, engine.ErrClosed) {
					return
				}
				if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, errTrap) {
					t.Errorf("Do = %v", err)
				}
			}
		})
	}
	for calls.Load() < 5000 {
		runtime.Gosched()
	}
	if err := pool.Close(t.Context()); err != nil {
		t.Errorf("Close = %v", err)
	}
	wg.Wait()
	if made, alive, peak := f.count(); alive != 0 || peak > size {
		t.Errorf("of %d instances %d are alive, and there were up to %d at once", made, alive, peak)
	}
}

func hammerOnce(ctx context.Context, pool *engine.Pool[*fake], chance int, calls *atomic.Int64) (err error) {
	defer func() {
		if p := recover(); p != nil && p != "boom" {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return pool.Do(ctx, func(in *fake) error {
		calls.Add(1)
		if !in.inUse.CompareAndSwap(false, true) || in.closed {
			return fmt.Errorf("instance %d is used by two, or closed: %t", in.id, in.closed)
		}
		runtime.Gosched()
		in.inUse.Store(false)
		switch chance {
		case 0:
			panic("boom")
		case 1, 2:
			return errTrap
		}
		return nil
	})
}

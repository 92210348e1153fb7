package engine_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/soltihq/soltiwasm/engine"
)

// hold takes an instance of the pool and keeps it until the function it returns is called.
func hold(t *testing.T, pool *engine.Pool[*fake], result error) (release func()) {
	taken, end, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		if err := pool.Do(t.Context(), func(*fake) error { close(taken); <-end; return result }); err != result {
			t.Errorf("Do = %v, want %v", err, result)
		}
	}()
	<-taken
	return func() { close(end); <-ended }
}

func TestPoolServesInOrder(t *testing.T) {
	for name, result := range map[string]error{"instance given back": nil, "place given up": errTrap} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := new(factory)
				pool := engine.NewPool(1, f.make, nil)
				release := hold(t, pool, result)
				var order []int
				var wg sync.WaitGroup
				for i := range 5 {
					wg.Go(func() {
						if err := pool.Do(t.Context(), func(*fake) error { order = append(order, i); return result }); err != result {
							t.Errorf("Do = %v", err)
						}
					})
					synctest.Wait() // it is waiting now
				}
				release()
				wg.Wait()
				if want := []int{0, 1, 2, 3, 4}; !slices.Equal(order, want) {
					t.Errorf("served in the order %v", order)
				}
				if _, _, peak := f.count(); peak != 1 {
					t.Errorf("%d instances at once", peak)
				}
			})
		})
	}
}

func TestPoolWaitingRespectsTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := new(factory)
		pool := engine.NewPool(1, f.make, nil)
		release := hold(t, pool, nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		err := pool.Do(ctx, func(*fake) error { t.Error("fn ran"); return nil })
		if err != context.DeadlineExceeded || time.Since(begin) != time.Second {
			t.Errorf("Do = %v after %v", err, time.Since(begin))
		}
		release()
		if err := pool.Do(t.Context(), func(*fake) error { return nil }); err != nil { // the place isn't lost
			t.Error(err)
		}
		if err := pool.Do(ctx, func(*fake) error { t.Error("fn ran"); return nil }); err != context.DeadlineExceeded {
			t.Errorf("Do with an ended context = %v", err)
		}
		f.want(t, 1, 1)
	})
}

func TestPoolCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := new(factory)
		pool := engine.NewPool(2, f.make, nil)
		first, second := hold(t, pool, nil), hold(t, pool, nil)
		waiting := make(chan error, 1)
		go func() { waiting <- pool.Do(t.Context(), func(*fake) error { t.Error("fn ran"); return nil }) }()
		synctest.Wait()

		closed := make(chan error, 2)
		for range 2 {
			go func() { closed <- pool.Close(t.Context()) }()
		}
		synctest.Wait()
		if err := <-waiting; err != engine.ErrClosed {
			t.Errorf("the waiting call ended with %v", err)
		}
		if err := pool.Do(t.Context(), func(*fake) error { t.Error("fn ran"); return nil }); err != engine.ErrClosed {
			t.Errorf("a later call ended with %v", err)
		}
		short, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := pool.Close(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Close with a deadline = %v", err)
		}
		first()
		synctest.Wait()
		if len(closed) != 0 {
			t.Error("Close didn't wait for the second call")
		}
		second()
		for range 2 {
			if err := <-closed; err != nil {
				t.Errorf("Close = %v", err)
			}
		}
		f.want(t, 2, 0)
	})
}

func TestPoolClosesIdleInstances(t *testing.T) {
	f := new(factory)
	pool := engine.NewPool(2, f.make, nil)
	_ = pool.Do(t.Context(), func(*fake) error {
		return pool.Do(t.Context(), func(*fake) error { return nil })
	})
	f.want(t, 2, 2)
	for range 2 {
		if err := pool.Close(t.Context()); err != nil {
			t.Errorf("Close = %v", err)
		}
	}
	f.want(t, 2, 0)
	if err := engine.NewPool(1, f.make, nil).Close(t.Context()); err != nil {
		t.Errorf("Close of an unused pool = %v", err)
	}
}

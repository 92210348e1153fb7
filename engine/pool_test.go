package engine_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/soltihq/soltiwasm/engine"
)

// factory makes instances for a pool and keeps count of them.
type factory struct {
	mu      sync.Mutex
	made    []*fake
	alive   int
	peak    int
	refuse  error // what making one answers, if not nil
	closing error // what closing one answers
}

type fake struct {
	id     int
	from   *factory
	inUse  atomic.Bool
	closed bool
}

func (f *factory) make(context.Context) (*fake, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refuse != nil {
		return nil, f.refuse
	}
	f.alive++
	f.peak = max(f.peak, f.alive)
	in := &fake{id: len(f.made), from: f}
	f.made = append(f.made, in)
	return in, nil
}

func (in *fake) Close(ctx context.Context) error {
	f := in.from
	f.mu.Lock()
	defer f.mu.Unlock()
	if in.closed {
		return errors.New("closed twice")
	}
	if ctx.Err() != nil {
		return fmt.Errorf("closed with an ended context: %w", ctx.Err())
	}
	in.closed = true
	f.alive--
	return f.closing
}

func (f *factory) count() (made, alive, peak int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.made), f.alive, f.peak
}

func (f *factory) want(t *testing.T, made, alive int) {
	t.Helper()
	if m, a, _ := f.count(); m != made || a != alive {
		t.Errorf("%d instances were made and %d are alive, want %d and %d", m, a, made, alive)
	}
}

var errTrap = fmt.Errorf("build: %w", &engine.TrapError{Kind: engine.TrapUnreachable})

func TestPoolKeepsInstances(t *testing.T) {
	plain := errors.New("unsupported kind")
	for _, test := range []struct {
		name  string
		err   error
		reuse bool
	}{
		{"no error", nil, true},
		{"an error of the host", plain, true},
		{"a trap", errTrap, false},
		{"a trap among other errors", errors.Join(plain, errTrap), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := new(factory)
			pool := engine.NewPool(1, f.make)
			for range 3 {
				if err := pool.Do(t.Context(), func(*fake) error { return test.err }); err != test.err {
					t.Fatalf("Do = %v, want fn's own error", err)
				}
			}
			if test.reuse {
				f.want(t, 1, 1)
			} else {
				f.want(t, 3, 0)
			}
		})
	}
}

func TestPoolTakesTheLastUsed(t *testing.T) {
	f := new(factory)
	pool := engine.NewPool(3, f.make)
	var order []int
	note := func(in *fake) { order = append(order, in.id) }
	_ = pool.Do(t.Context(), func(a *fake) error {
		_ = pool.Do(t.Context(), func(b *fake) error {
			note(b)
			return nil
		})
		note(a)
		return nil
	})
	for range 2 {
		_ = pool.Do(t.Context(), func(in *fake) error { note(in); return nil })
	}
	if want := []int{1, 0, 0, 0}; !slices.Equal(order, want) {
		t.Errorf("instances %v were used, want %v", order, want)
	}
	f.want(t, 2, 2)
}

func TestPoolAfterAPanic(t *testing.T) {
	for name, end := range map[string]func(){"panic": func() { panic("boom") }, "Goexit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			f := new(factory)
			pool := engine.NewPool(1, f.make)
			done := make(chan any)
			go func() {
				defer func() { done <- recover() }()
				_ = pool.Do(t.Context(), func(*fake) error { end(); return nil })
			}()
			if got := <-done; name == "panic" && got != "boom" {
				t.Errorf("the panic became %v", got)
			}
			f.want(t, 1, 0)
			if err := pool.Do(t.Context(), func(*fake) error { return nil }); err != nil {
				t.Errorf("Do: %v", err)
			}
			f.want(t, 2, 1)
		})
	}
}

func TestPoolWhenMakingFails(t *testing.T) {
	f := &factory{refuse: errors.New("no memory")}
	pool := engine.NewPool(1, f.make)
	for range 2 {
		if err := pool.Do(t.Context(), func(*fake) error { t.Error("fn ran"); return nil }); err != f.refuse {
			t.Errorf("Do = %v", err)
		}
	}
	panicking := engine.NewPool(1, func(context.Context) (*fake, error) { panic("boom") })
	for range 2 { // a place that was lost would make the second wait for ever
		func() {
			defer func() { _ = recover() }()
			_ = panicking.Do(t.Context(), func(*fake) error { return nil })
		}()
	}
	f.refuse = nil
	if err := pool.Do(t.Context(), func(*fake) error { return nil }); err != nil {
		t.Errorf("Do = %v", err)
	}
}

func TestPoolReportsClosing(t *testing.T) {
	f := &factory{closing: errors.New("can't close")}
	pool := engine.NewPool(1, f.make)
	err := pool.Do(t.Context(), func(*fake) error { return errTrap })
	if !errors.Is(err, f.closing) || !errors.Is(err, errTrap) {
		t.Errorf("Do = %v, want both errors", err)
	}
}

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
				pool := engine.NewPool(1, f.make)
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
		pool := engine.NewPool(1, f.make)
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
		pool := engine.NewPool(2, f.make)
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
	pool := engine.NewPool(2, f.make)
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
	if err := engine.NewPool(1, f.make).Close(t.Context()); err != nil {
		t.Errorf("Close of an unused pool = %v", err)
	}
}

func TestPoolHasRoomForOne(t *testing.T) {
	f := new(factory)
	pool := engine.NewPool(-1, f.make)
	if err := pool.Do(t.Context(), func(*fake) error { return nil }); err != nil {
		t.Error(err)
	}
}

func TestPoolDoesNotAllocate(t *testing.T) {
	pool := engine.NewPool(2, new(factory).make)
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	if n := testing.AllocsPerRun(100, func() {
		if err := pool.Do(ctx, func(*fake) error { return nil }); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("Do allocates %v times", n)
	}
}

// TestPoolHammer has many goroutines trap, panic, fail and give up at random, while another closes the pool.
func TestPoolHammer(t *testing.T) {
	const size = 3
	f := new(factory)
	pool := engine.NewPool(size, f.make)
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

package engine_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
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
			pool := engine.NewPool(1, f.make, nil)
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

// TestPoolKeepsWhatIsWanted doesn't want the first instance, but the second one.
func TestPoolKeepsWhatIsWanted(t *testing.T) {
	f, calls := new(factory), 0
	pool := engine.NewPool(1, f.make, func(*fake) bool { calls++; return calls > 1 })
	for range 3 {
		if err := pool.Do(t.Context(), func(*fake) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	f.want(t, 2, 1)
	if err := pool.Close(t.Context()); err != nil || calls != 3 {
		t.Errorf("closed with %v after %d questions", err, calls)
	}
	f.want(t, 2, 0)
}

func TestPoolTakesTheLastUsed(t *testing.T) {
	f := new(factory)
	pool := engine.NewPool(3, f.make, nil)
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
			pool := engine.NewPool(1, f.make, nil)
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
	pool := engine.NewPool(1, f.make, nil)
	for range 2 {
		if err := pool.Do(t.Context(), func(*fake) error { t.Error("fn ran"); return nil }); err != f.refuse {
			t.Errorf("Do = %v", err)
		}
	}
	panicking := engine.NewPool(1, func(context.Context) (*fake, error) { panic("boom") }, nil)
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
	pool := engine.NewPool(1, f.make, nil)
	err := pool.Do(t.Context(), func(*fake) error { return errTrap })
	if !errors.Is(err, f.closing) || !errors.Is(err, errTrap) {
		t.Errorf("Do = %v, want both errors", err)
	}
}

func TestPoolHasRoomForOne(t *testing.T) {
	f := new(factory)
	pool := engine.NewPool(-1, f.make, nil)
	if err := pool.Do(t.Context(), func(*fake) error { return nil }); err != nil {
		t.Error(err)
	}
}

func TestPoolDoesNotAllocate(t *testing.T) {
	pool := engine.NewPool(2, new(factory).make, nil)
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

package wazero

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	wz "github.com/tetratelabs/wazero"
)

var errNotCached = errors.New("the cache has no code for it")

// recall has do load the cache's entry for wasm; the error is errNotCached or wazero's when there is no good one. Other modules
// may be recalled at the same time, and one compiled.
func (s *stage) recall(ctx context.Context, wasm []byte, do compileFunc) (wz.CompiledModule, error) {
	key := s.key(wasm)
	if err := s.take(ctx, key.Module); err != nil {
		return nil, err
	}
	defer s.leave(key.Module)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := loadOnly{ctx, s.workers, cancel, make(chan struct{})}
	var name string
	place := func() {
		defer close(c.placed)
		name = s.place(key)
	}
	switch {
	case len(wasm) < largeModule:
		if place(); name == "" {
			return nil, errNotCached
		}
	case s.cache.Has(key):
		go place()
	default:
		return nil, errNotCached
	}
	defer func() {
		<-c.placed
		s.done(name)
	}()
	compiled, err := do(c, wasm)
	if err != nil && isCacheError(err) {
		s.cache.Failed(fmt.Errorf("wazero can't use its part of the cache: %w", err))
	}
	return compiled, err
}

// largeModule is the size from which an entry is checked while wazero checks the module, on another processor.
const largeModule = 1 << 20

// loadOnly is the context of a compilation that ends where wazero would begin to compile, since it found nothing in dir. It
// asks for the number of workers then, and there only; two of them look whether the context has ended before they begin.
//
// Before it looks into dir it asks for something else, when it has checked the module, and has to wait until the entry is
// there. If it didn't ask, it would find nothing.
type loadOnly struct {
	context.Context
	workers any
	cancel  context.CancelFunc
	placed  chan struct{} // closed when the entry is placed, or there is no good one
}

func (c loadOnly) Value(key any) any {
	<-c.placed
	if key == c.workers {
		c.cancel()
		return 2
	}
	return c.Context.Value(key)
}

// keyOf is a context that keeps the key that it was last asked for.
type keyOf struct {
	context.Context
	key *any
}

func (c keyOf) Value(key any) any {
	*c.key = key
	return nil
}

// take waits until nobody else loads or compiles a module: wazero v1.12.0 shows a module that it loads to others before it is
// complete.
func (s *stage) take(ctx context.Context, module [sha256.Size]byte) error {
	for {
		s.mu.Lock()
		other, is := s.taken[module]
		if !is {
			s.taken[module] = make(chan struct{})
		}
		s.mu.Unlock()
		if !is {
			return nil
		}
		select {
		case <-other:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// leave lets others have it.
func (s *stage) leave(module [sha256.Size]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.taken[module])
	delete(s.taken, module)
}

package wasmtime

import (
	"context"
	"crypto/sha256"
	"fmt"
	goruntime "runtime"
	"sync"

	wt "github.com/bytecodealliance/wasmtime-go/v37"

	"github.com/soltihq/soltiwasm/engine"
)

// runtime is one Wasmtime engine. What it holds lies outside the Go heap, where the garbage collector doesn't see its size,
// so that everything is closed explicitly.
type runtime struct {
	wasmtime *wt.Engine
	hosts    map[importName]*hostFunc
	cache    *engine.Cache // nil for none

	mu        sync.Mutex
	modules   map[*module]struct{}
	instances map[*instance]struct{}
}

// Compile compiles on every core, and doesn't notice that ctx ends once it has begun.
func (r *runtime) Compile(ctx context.Context, wasm []byte) (engine.Module, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	compiled, err := r.compile(wasm)
	if err != nil {
		return nil, fmt.Errorf("compile: %s", words(err))
	}
	m := newModule(r, compiled, wasm)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.modules[m] = struct{}{}
	return m, nil
}

// compile takes the code from the cache, or makes it and keeps it there. An entry of the cache is what this user's programs
// have put there, and whole, or else deserializing it would mean to run what anybody wrote. Wasmtime itself refuses code
// of another version of it, of other settings and for another processor; then it is made anew.
func (r *runtime) compile(wasm []byte) (*wt.Module, error) {
	if r.cache == nil {
		return wt.NewModule(r.wasmtime, wasm)
	}
	key := cacheKey(wasm)
	if code, ok := r.cache.Load(key); ok {
		if compiled, err := wt.NewModuleDeserialize(r.wasmtime, code); err == nil {
			return compiled, nil
		}
	}
	compiled, err := wt.NewModule(r.wasmtime, wasm)
	if err != nil {
		return nil, err
	}
	code, err := compiled.Serialize()
	if err != nil {
		r.cache.Failed(fmt.Errorf("serialize a module for the cache: %s", words(err)))
		return compiled, nil
	}
	r.cache.Store(key, code)
	return compiled, nil
}

func cacheKey(wasm []byte) engine.CacheKey {
	return engine.CacheKey{Maker: "wasmtime " + goruntime.GOOS + "/" + goruntime.GOARCH, Module: sha256.Sum256(wasm)}
}

// Close frees everything of the runtime.
func (r *runtime) Close(context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for in := range r.instances {
		in.free()
	}
	for m := range r.modules {
		m.compiled.Close()
	}
	clear(r.instances)
	clear(r.modules)
	r.wasmtime.Close()
	return nil
}

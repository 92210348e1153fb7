package wazero

import (
	"context"
	"errors"
	"fmt"
	"sync"

	wz "github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/soltihq/soltiwasm/engine"
)

// runtime is one wazero runtime.
type runtime struct {
	engine   Engine
	versions versions
	begun    sync.Once // by which the next two come to be
	wazero   wz.Runtime
	stage    *stage // nil without a cache
	hosts    map[string]*hostModule
	workers  int
	instance wz.ModuleConfig
	images   images
}

// Compile compiles in this goroutine, and doesn't notice that ctx ends once it has begun.
func (r *runtime) Compile(ctx context.Context, wasm []byte) (engine.Module, error) {
	src := newSource(wasm)
	if m, ok := r.recall(ctx, src); ok {
		return m, nil
	}
	return r.make(ctx, src, func() (wz.CompiledModule, error) {
		ctx := experimental.WithCompilationWorkers(ctx, r.workers)
		if r.stage == nil {
			return r.wazero.CompileModule(ctx, src.wasm)
		}
		return r.stage.compile(ctx, src.wasm, r.wazero.CompileModule)
	})
}

// Recall implements engine.Recaller.
func (r *runtime) Recall(ctx context.Context, wasm []byte) (engine.Module, bool) {
	return r.recall(ctx, newSource(wasm))
}

func (r *runtime) recall(ctx context.Context, src source) (engine.Module, bool) {
	r.begin(ctx)
	if r.stage == nil {
		return nil, false
	}
	m, err := r.make(ctx, src, func() (wz.CompiledModule, error) { return r.stage.recall(ctx, src.wasm, r.wazero.CompileModule) })
	return m, err == nil
}

// make makes a module of what compile returns, and an error of its panic.
func (r *runtime) make(ctx context.Context, src source, compile func() (wz.CompiledModule, error)) (_ engine.Module, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("compile: wazero's compiler panicked: %s", clean(fmt.Sprint(p)))
		}
	}()
	compiled, err := compile()
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("compile: %s", words(err))
	}
	if err := r.lend(ctx, compiled); err != nil {
		return nil, errors.Join(err, compiled.Close(ctx))
	}
	return &module{
		runtime: r, compiled: compiled, data: src.data, keepsImages: src.all, exportsMemory: len(compiled.ExportedMemories()) > 0,
	}, nil
}

// lend builds the host modules that the module imports from. One that is unknown fails when it is instantiated.
func (r *runtime) lend(ctx context.Context, compiled wz.CompiledModule) error {
	for _, f := range compiled.ImportedFunctions() {
		name, _, _ := f.Import()
		if host := r.hosts[name]; host != nil {
			if err := host.build(ctx, r.wazero); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close ends everything of the runtime. Machine code is unmapped when the garbage collector finds it unused.
func (r *runtime) Close(ctx context.Context) error {
	r.begun.Do(func() {})
	if r.wazero == nil {
		return nil
	}
	err := r.wazero.Close(ctx)
	if r.stage != nil {
		err = errors.Join(err, r.stage.close(ctx))
	}
	return errors.Join(err, r.images.close())
}

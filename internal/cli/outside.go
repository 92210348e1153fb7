package cli

import (
	"context"

	"github.com/soltihq/soltiwasm/engine"
)

// outside is an engine that has large modules compiled in processes of their own, which fill its cache. A fault of the
// compiler ends such a process and nothing else, so that two of the compiler's workers share the module there, and the
// process may leave more garbage behind: it doesn't last.
type outside struct {
	engine.Engine
	compiler *compiler
}

// outsideLeast is the size in bytes of a metered module from which on a process of its own is worth it. Starting one takes some
// 20 ms, and compiling 50 KiB some 30.
const outsideLeast = 256 << 10

// Open opens the engine's own runtime. One that can't tell what it has in its cache is left as it is.
func (o outside) Open(ctx context.Context, funcs []engine.HostFunc) (engine.Runtime, error) {
	r, err := o.Engine.Open(ctx, funcs)
	if err != nil {
		return nil, err
	}
	if recaller, ok := r.(recaller); ok {
		return outsideRuntime{recaller, o.compiler}, nil
	}
	return r, nil
}

// recaller is a whole runtime that is an engine.Recaller.
type recaller interface {
	engine.Runtime
	engine.Recaller
}

type outsideRuntime struct {
	recaller
	compiler *compiler
}

// Compile is the runtime's own, after a process has put the code of a large module into the cache. When it crashed, so might this
// one. When it said that something was wrong, or couldn't be started, this one compiles, and says itself what is wrong
// with the module.
func (r outsideRuntime) Compile(ctx context.Context, wasm []byte) (engine.Module, error) {
	if len(wasm) >= outsideLeast {
		if m, ok := r.Recall(ctx, wasm); ok {
			return m, nil
		}
		if err := r.compiler.Compile(ctx, wasm); crashed(err) {
			return nil, err
		}
	}
	return r.recaller.Compile(ctx, wasm)
}

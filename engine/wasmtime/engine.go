// Package wasmtime is the second engine: Wasmtime, through github.com/bytecodealliance/wasmtime-go, which needs cgo. It
// alone imports that library, and is a Go module of its own, so that no user of the default engine carries 200 MB.
//
// What to know about it:
//   - It compiles with Cranelift, on every core. That takes longer than wazero's compiler; the code runs faster. Each
//     call into the guest and each host function crosses cgo, and allocates.
//   - A running guest is left alone when the context of its call ends: package sandbox meters modules, and the meter is
//     what ends them. Wasmtime's own fuel and epochs are off, since they would charge for the same work again, and an
//     epoch can't tell one call from another.
//   - The memory limit of an instance is a limit of its store. Tables are bounded by the maximum that they declare, which
//     the meter writes; calls by a third of the thread's stack, which is usually more than the meter grants. So a host
//     function may call into another instance, but that one's host functions not into a third.
//   - A guest that trapped is refused further calls, though Wasmtime would go on.
//   - On amd64 this version widens the load of f64.copysign's second operand (RUSTSEC-2026-0006): the guest traps where
//     that crosses the end of its memory. It reads nothing of anyone else: behind a memory there are only guard pages.
//   - A host function must not end its goroutine (runtime.Goexit): Wasmtime's frames would stay on the thread's stack.
//   - Features are those of WebAssembly 2.0, and extended constant expressions, which wasmtime-go can't turn off and
//     package sandbox refuses. SIMD is on, relaxed SIMD off.
package wasmtime

import (
	"context"
	"errors"
	goruntime "runtime"

	wt "github.com/bytecodealliance/wasmtime-go/v37"

	"github.com/soltihq/soltiwasm/engine"
)

// Engine opens Wasmtime runtimes. The zero value is ready: it has no cache.
type Engine struct {
	// Cache keeps compiled code between runs. Nil keeps none. The engine doesn't close it.
	Cache *engine.Cache
}

// Name is "wasmtime".
func (Engine) Name() string { return "wasmtime" }

// Open makes a runtime, with a Wasmtime engine of its own: modules and stores of two of them never meet.
//
// It refuses arm64, where this version's compiler lets guests out of their memory.
func (e Engine) Open(ctx context.Context, funcs []engine.HostFunc) (engine.Runtime, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := checkPlatform(goruntime.GOARCH); err != nil {
		return nil, err
	}
	hosts, err := readHostFuncs(funcs)
	if err != nil {
		return nil, err
	}
	return &runtime{
		wasmtime:  wt.NewEngineWithConfig(newConfig()),
		hosts:     hosts,
		cache:     e.Cache,
		modules:   make(map[*module]struct{}),
		instances: make(map[*instance]struct{}),
	}, nil
}

// checkPlatform refuses a platform with a known fault. RUSTSEC-2026-0096 (CVE-2026-34971), an escape from the sandbox on
// 64-bit ARM, is mended in Wasmtime 36.0.7, 42.0.2 and 43.0.1, and in no 37.
func checkPlatform(goarch string) error {
	if goarch == "arm64" {
		return errors.New("wasmtime 37 lets guests out of their memory on arm64 (RUSTSEC-2026-0096): use the engine wazero there")
	}
	return nil
}

// newConfig leaves on what WebAssembly 2.0 has, and nothing later.
func newConfig() *wt.Config {
	c := wt.NewConfig()
	c.SetWasmThreads(false)
	c.SetWasmTailCall(false)
	c.SetWasmRelaxedSIMD(false)
	c.SetWasmMultiMemory(false)
	c.SetWasmMemory64(false)
	c.SetWasmFunctionReferences(false)
	c.SetWasmGC(false)
	c.SetWasmWideArithmetic(false)
	c.SetMaxWasmStack(guestStack())
	return c
}

// Package enginetest is the suite that every implementation of package engine passes. Each subtest holds one promise of
// the interfaces against the engine, with modules from testdata, whose sources stand beside them.
//
//	func TestEngine(t *testing.T) {
//		enginetest.Run(t, wazero.Engine{})
//		enginetest.NoAllocs(t, wazero.Engine{})
//	}
//
// Run is what all engines promise; [NoAllocs] is for those that promise more, and [Bench] measures.
package enginetest

import (
	"context"
	"embed"
	"errors"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
)

//go:generate ./testdata/build.sh

//go:embed testdata/*.wasm
var modules embed.FS

// Run holds an engine to every promise of package engine.
func Run(t *testing.T, e engine.Engine) {
	t.Helper()
	for _, group := range []struct {
		name string
		run  func(*testing.T, engine.Engine)
	}{
		{"open", testOpen},
		{"compile", testCompile},
		{"exports", testExports},
		{"traps", testTraps},
		{"host", testHost},
		{"start", testStart},
		{"memory", testMemory},
		{"image", testImage},
		{"limits", testLimits},
		{"life", testLife},
		{"concurrency", testConcurrency},
	} {
		t.Run(group.name, func(t *testing.T) { group.run(t, e) })
	}
}

// lent is the Host value of the suite's instances: what each host function does. One that is missing does nothing.
type lent map[string]func(ctx context.Context, memory engine.Memory, stack []uint64) error

// lend makes the host functions that the suite's modules import. Each looks up what to do in the instance's Host.
func lend() []engine.HostFunc {
	var funcs []engine.HostFunc
	for _, f := range []struct{ module, name, typ string }{
		{"host", "call", "() -> ()"},
		{"host", "types", "(i32, i64, f32, f64) -> ()"},
		{"host", "i32", "(i32) -> i32"},
		{"host", "i64", "(i64) -> i64"},
		{"host", "f32", "(f32) -> f32"},
		{"host", "f64", "(f64) -> f64"},
		{"host2", "many", "(i32, i32, i32, i32, i32, i32, i32, i32, i32, i32) -> i32"},
	} {
		funcs = append(funcs, engine.HostFunc{
			Module: f.module, Name: f.name, Type: f.typ,
			Fn: func(ctx context.Context, host any, memory engine.Memory, stack []uint64) error {
				if do := host.(lent)[f.name]; do != nil {
					return do(ctx, memory, stack)
				}
				return nil
			},
		})
	}
	return funcs
}

// open opens a runtime that ends with the test.
func open(t testing.TB, e engine.Engine) engine.Runtime {
	t.Helper()
	r, err := e.Open(t.Context(), lend())
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := r.Close(context.Background()); err != nil {
			t.Errorf("Runtime.Close: %v", err)
		}
	})
	return r
}

// load compiles a module of testdata.
func load(t testing.TB, r engine.Runtime, name string) engine.Module {
	t.Helper()
	m, err := r.Compile(t.Context(), binary(t, name))
	if err != nil {
		t.Fatalf("Compile(%s): %v", name, err)
	}
	return m
}

func binary(t testing.TB, name string) []byte {
	t.Helper()
	wasm, err := modules.ReadFile("testdata/" + name + ".wasm")
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

// instantiate makes an instance that is closed with the test.
func instantiate(t testing.TB, m engine.Module, config engine.InstanceConfig) engine.Instance {
	t.Helper()
	if config.Host == nil {
		config.Host = lent{}
	}
	in, err := m.Instantiate(t.Context(), config)
	if err != nil {
		t.Fatalf("Instantiate: %v", err)
	}
	t.Cleanup(func() {
		if err := in.Close(context.Background()); err != nil {
			t.Errorf("Instance.Close: %v", err)
		}
	})
	return in
}

// start opens, loads and instantiates in one go.
func start(t testing.TB, e engine.Engine, name string, config engine.InstanceConfig) engine.Instance {
	t.Helper()
	return instantiate(t, load(t, open(t, e), name), config)
}

// find returns an exported function that must be there.
func find(t testing.TB, in engine.Instance, name string) engine.Func {
	t.Helper()
	f := in.Func(name)
	if f == nil {
		t.Fatalf("Func(%q) = nil", name)
	}
	return f
}

// call calls a function that must return want.
func call(t testing.TB, in engine.Instance, name string, want int32) {
	t.Helper()
	got, err := find(t, in, name).Call(t.Context())
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if got != want {
		t.Fatalf("%s = %d, want %d", name, got, want)
	}
}

// tryCall calls a function that may be gone with its instance.
func tryCall(in engine.Instance, name string) (int32, error) {
	f := in.Func(name)
	if f == nil {
		return 0, &engine.TrapError{Kind: engine.TrapClosed}
	}
	return f.Call(context.Background())
}

// ended is a context that is over.
func ended(t testing.TB) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// wantTrap fails the test unless err is a TrapError of the kind. It returns it, never nil.
func wantTrap(t testing.TB, err error, kind engine.TrapKind) *engine.TrapError {
	t.Helper()
	var trap *engine.TrapError
	if !errors.As(err, &trap) {
		t.Fatalf("error %v (%T), want a TrapError of kind %q", err, err, kind)
	}
	if trap.Kind != kind {
		t.Fatalf("trap %q (%v), want %q", trap.Kind, err, kind)
	}
	return trap
}

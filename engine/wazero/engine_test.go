package wazero_test

import (
	"encoding/hex"
	"runtime"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/enginetest"
	"github.com/soltihq/soltiwasm/engine/wazero"
)

func TestConformance(t *testing.T) {
	for name, e := range map[string]wazero.Engine{
		"compiler":               {},
		"compiler, every option": {Cache: openCache(t), Workers: 2},
		"interpreter":            {Interpreter: true},
	} {
		t.Run(name, func(t *testing.T) { enginetest.Run(t, e) })
	}
}

func TestNoAllocs(t *testing.T) {
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skip("wazero interprets here, which allocates")
	}
	enginetest.NoAllocs(t, wazero.Engine{})
}

// What isn't WebAssembly 2.0 is refused, each module being the smallest that needs one proposal (assembled by wat2wasm).
func TestFeatures(t *testing.T) {
	r, err := wazero.Engine{}.Open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(t.Context())
	for name, module := range map[string]string{
		"tail call":          "010401600000030201000a0601040012000b",
		"shared memory":      "050401030101",
		"atomics":            "0104016000000302010005030100010a0b0109004100fe1002001a0b",
		"exceptions":         "010401600000030201000d030100000a0601040008000b",
		"extended constant":  "0609017f00410141026a0b",
		"memory64":           "0503010401",
		"two memories":       "05050200010001",
		"relaxed SIMD":       "0105016000017b030201000a2b012900fd0c01000000020000000300000004000000fd0c01000000020000000300000004000000fd80020b",
		"garbage collection": "0103015f00",
	} {
		if _, err := r.Compile(t.Context(), assemble(t, module)); err == nil {
			t.Errorf("a module with %s compiles", name)
		}
	}
	if _, err := r.Compile(t.Context(), assemble(t, "010401600000030201000a17011500fd0c010000000200000003000000040000001a0b")); err != nil {
		t.Errorf("a module with SIMD: %v", err)
	}
}

func assemble(t testing.TB, sections string) []byte {
	t.Helper()
	wasm, err := hex.DecodeString("0061736d01000000" + sections)
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

func BenchmarkEngine(b *testing.B) { enginetest.Bench(b, wazero.Engine{}) }

func openCache(t testing.TB) *engine.Cache {
	t.Helper()
	cache, err := engine.OpenCache(t.TempDir()+"/cache", 64<<20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cache.Fault(); err != nil {
			t.Errorf("the cache failed: %v", err)
		}
		if err := cache.Close(); err != nil {
			t.Error(err)
		}
	})
	return cache
}

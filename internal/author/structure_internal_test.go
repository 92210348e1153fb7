package author

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/sandbox"
)

// FuzzExamine: check finds an error in a module, without running it, if and only if the host would refuse it.
func FuzzExamine(f *testing.F) {
	for _, dir := range []string{"fixtures", "broken", "modules"} {
		modules, err := filepath.Glob(filepath.Join("../../testdata", dir, "*.wasm"))
		if err != nil || len(modules) == 0 {
			f.Fatalf("%d modules, %v", len(modules), err)
		}
		for _, module := range modules {
			wasm, err := os.ReadFile(module)
			if err != nil {
				f.Fatal(err)
			}
			if len(wasm) < 100<<10 {
				f.Add(wasm)
			}
		}
	}
	limits := abi.DefaultLimits()
	f.Fuzz(func(t *testing.T, wasm []byte) {
		var found findings
		examineModule(&found, wasm, limits)
		_, rejection := registry.Examine(wasm, limits)
		_, err := sandbox.Protect(wasm, sandboxLimits(limits))
		refused := err != nil || rejection != nil
		if found.hasError() != refused {
			t.Errorf("check finds %v; the host says %v, %v", found.report("").Findings, rejection, err)
		}
	})
}

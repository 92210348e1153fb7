package sandbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/soltihq/soltiwasm/sandbox"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// realModule is what testdata/real says of a module that it has fetched.
type realModule struct {
	Name, Package, Version string
	Admitted               string // "in process", "with a compiler", or the code of a refusal
}

const (
	realFolder    = "SOLTIWASM_REAL"
	realCompiler  = "with a compiler"
	realInProcess = "in process"
	realSmall     = 8 << 20 // bytes of a module that is compiled and instantiated here
)

// TestRealModules admits real modules, compiles the metered ones on wazero and instantiates them.
func TestRealModules(t *testing.T) {
	dir := os.Getenv(realFolder)
	if dir == "" {
		t.Skipf("%s is not set: go run ./testdata/real fetch DIR, and set it to DIR", realFolder)
	}
	text, err := os.ReadFile(filepath.Join(dir, "modules.json"))
	if err != nil {
		t.Fatal(err)
	}
	var modules []realModule
	if err := json.Unmarshal(text, &modules); err != nil {
		t.Fatal(err)
	}
	admitted := 0
	for _, m := range modules {
		t.Run(m.Name, func(t *testing.T) {
			wasm, err := os.ReadFile(filepath.Join(dir, m.Name+".wasm"))
			if err != nil {
				t.Fatal(err)
			}
			if p := admitReal(t, wasm, m.Admitted); p != nil {
				admitted++
				instantiateReal(t, p)
			}
		})
	}
	if admitted < 12 {
		t.Errorf("only %d modules were admitted", admitted)
	}
}

// admitReal expects of a module what is said of it, and protects it if it is to be admitted.
func admitReal(t *testing.T, wasm []byte, admitted string) *sandbox.Protected {
	want := sandbox.Code("")
	switch admitted {
	case realInProcess:
	case realCompiler:
		want = "limit_score"
	default:
		want = sandbox.Code(admitted)
	}
	limits := sandbox.DefaultLimits()
	p, err := sandbox.Protect(wasm, limits)
	var refusal *sandbox.Error
	errors.As(err, &refusal)
	switch {
	case err == nil && want == "":
		return p
	case refusal == nil || refusal.Code != want:
		t.Fatalf("Protect: %v, want the code %q", err, want)
	case admitted != realCompiler:
		return nil
	}
	limits.Score = 10 * limits.Score // what a compiler that can be killed may be given
	if p, err = sandbox.Protect(wasm, limits); err != nil {
		t.Fatal(err)
	}
	return p
}

// instantiateReal compiles a metered module and makes an instance of it, unless it imports more than functions; those do
// nothing. Its start function runs, if it has one.
func instantiateReal(t *testing.T, p *sandbox.Protected) {
	if p.Module.Size > realSmall || testing.Short() {
		return
	}
	ctx := t.Context()
	engine := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler().WithCoreFeatures(api.CoreFeaturesV2))
	defer engine.Close(ctx)
	export(t, engine, sandbox.ImportModule, sandbox.YieldImport, yield)
	compiled, err := engine.CompileModule(ctx, p.Wasm)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range p.Module.Imports {
		if i.Kind != sandbox.KindFunc {
			return
		}
	}
	hosts := map[string]wazero.HostModuleBuilder{}
	for _, f := range compiled.ImportedFunctions() {
		module, name, _ := f.Import()
		if module == sandbox.ImportModule {
			continue
		}
		if hosts[module] == nil {
			hosts[module] = engine.NewHostModuleBuilder(module)
		}
		nothing := api.GoModuleFunc(func(_ context.Context, _ api.Module, stack []uint64) { clear(stack) })
		hosts[module].NewFunctionBuilder().WithGoModuleFunction(nothing, f.ParamTypes(), f.ResultTypes()).Export(name)
	}
	for _, host := range hosts {
		if _, err := host.Instantiate(ctx); err != nil {
			t.Fatal(err)
		}
	}
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions()
	if _, err := engine.InstantiateModule(ctx, compiled, config); err != nil {
		t.Fatal(err)
	}
}

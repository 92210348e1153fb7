package crosscheck_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/wasmtime"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/sandbox"
)

const root = "../../../"

// timeLimit is how long the first engine may run in a call. Enough happens in it, and no test waits for anything.
const timeLimit = 5 * time.Millisecond

// TestMeterEndsRecursion holds that the meter's account of the stack ends before Wasmtime's own, under the default limits and on
// threads with the usual stack.
func TestMeterEndsRecursion(t *testing.T) {
	subject := newSubject(t, wasmtime.Engine{}, sandbox.DefaultLimits())
	for _, test := range []struct {
		fixture, export string
		phase           abi.Phase
	}{{"recursion", abi.ExportBuild, abi.PhaseBuild}, {"recursion-supports", abi.ExportSupports, abi.PhaseSupports}} {
		p := admitted(t, root+"testdata/fixtures/"+test.fixture+".wasm", subject.limits)
		m, err := subject.runtime.Compile(t.Context(), p.Wasm)
		if err != nil {
			t.Fatal(err)
		}
		host := hostfuncs.NewInstance(&hostfuncs.Runner{Limits: abi.DefaultLimits(), Now: time.Now})
		in, err := m.Instantiate(t.Context(), engine.InstanceConfig{Host: host, Memory: uint64(p.Memory)})
		if err != nil {
			t.Fatal(err)
		}
		host.Begin(test.phase, &hostfuncs.Call{Spec: subject.specs[0]})
		if _, err := in.Func(test.export).Call(t.Context()); !errors.Is(err, sandbox.ErrStackExhausted) {
			t.Errorf("%s ended with %v", test.fixture, err)
		}
		if err := in.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// maxScore leaves out modules that are made to take long to compile, in milliseconds. The registry has them compiled elsewhere.
const maxScore = 100

// TestRepositoryModules has the engines do the same with every module of the repository.
func TestRepositoryModules(t *testing.T) {
	subject := newSubject(t, all(), sandbox.DefaultLimits())
	for _, folder := range []string{"testdata/modules", "testdata/fixtures", "guest/conformance"} {
		for _, path := range find(t, root+folder) {
			t.Run(strings.TrimPrefix(path, root), func(t *testing.T) { subject.file(t, path) })
		}
	}
	subject.wantCalls(t, 500)
}

// TestHostileModules has them do the same with the hostile modules that are admitted. The interpreter is left out, which
// takes a minute here.
func TestHostileModules(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	subject := newSubject(t, both(), sandbox.DefaultLimits())
	for _, path := range find(t, hostile(t)) {
		if filepath.Base(path) == "bomb.wasm" {
			t.Run(filepath.Base(filepath.Dir(filepath.Dir(path))), func(t *testing.T) { subject.file(t, path) })
		}
	}
	subject.wantCalls(t, 500)
}

// hostile writes the hostile corpus to a folder.
func hostile(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	write := exec.Command("go", "run", "./testdata/hostile", dir)
	write.Dir = root
	if out, err := write.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir
}

// find are the modules below a folder.
func find(t testing.TB, folder string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, e os.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && filepath.Ext(path) == ".wasm" {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	wt "github.com/bytecodealliance/wasmtime-go/v37"
)

const root = "../../../../"

// program is the built command, with a cache of its own.
type program struct{ path, cache string }

func build(t *testing.T) program {
	t.Helper()
	p := program{filepath.Join(t.TempDir(), "soltiwasm-wasmtime"), t.TempDir()}
	if out, err := exec.Command("go", "build", "-o", p.path, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return p
}

// run runs the command, and returns what it wrote and its exit code.
func (p program) run(t *testing.T, stdin []byte, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), p.path, args...)
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+p.cache)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

func TestProgram(t *testing.T) {
	p := build(t)
	t.Run("version", func(t *testing.T) {
		out, _, _ := p.run(t, nil, "version", "-o", "json")
		for _, engine := range []string{`{"name":"wasmtime","version":"v37.`, `{"name":"wazero","version":"v1.`} {
			if !strings.Contains(out, engine) {
				t.Errorf("version shows %s, want %s", out, engine)
			}
		}
	})
	t.Run("engines agree", func(t *testing.T) { testAgreement(t, p) })
	t.Run("difference", func(t *testing.T) { testDifference(t, p) })
	t.Run("compiling elsewhere", func(t *testing.T) { testCompiling(t, p) })
}

// testAgreement routes and runs the same on every engine.
func testAgreement(t *testing.T, p program) {
	var want string
	for _, engine := range []string{"wasmtime", "wazero", "both", "all"} {
		args := []string{"--engine", engine, "-r", root + "testdata/modules"}
		out, errs, code := p.run(t, nil, append(args, "route", "-o", "json", root+"testdata/specs/http-probe.yaml", root+"testdata/specs/hello.yaml")...)
		if want == "" {
			want = out
		}
		if code != 0 || out != want {
			t.Errorf("%s routes with code %d: %s%s; want %s", engine, code, out, errs, want)
		}
		out, errs, code = p.run(t, nil, append(args, "run", root+"testdata/specs/hello.yaml")...)
		if code != 0 || !strings.Contains(out, "success") && !strings.Contains(errs, "success") {
			t.Errorf("%s runs with code %d: %s%s", engine, code, out, errs)
		}
	}
}

// testDifference has a runner do what Wasmtime 37 does wrong on amd64: see TestLoadsAtTheEndOfMemory of package wasmtime.
func testDifference(t *testing.T, p program) {
	if runtime.GOARCH != "amd64" {
		t.Skip("no difference is known here")
	}
	ok, err := os.ReadFile(root + "testdata/fixtures/ok.wat")
	if err != nil {
		t.Fatal(err)
	}
	const supports = `(func (export "supports") (result i32)`
	text := strings.Replace(string(ok), supports, `(global $end (mut i32) (i32.const 65528)) (global $x (mut f64) (f64.const -1.5))
		`+supports+` (drop (i32.trunc_f64_s (f64.copysign (global.get $x) (f64.load (global.get $end)))))`, 1)
	if text == string(ok) {
		t.Fatal("the fixture has changed")
	}
	wasm, err := wt.Wat2Wasm(text)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	module := filepath.Join(dir, "odd.wasm")
	if err := os.WriteFile(module, wasm, 0o600); err != nil {
		t.Fatal(err)
	}
	const shown = `engines differ in the call of "supports": wazero: returned 1; wasmtime: trap: out of bounds memory access`
	for _, test := range []struct {
		engine string
		shows  bool
	}{{"", true}, {"both", true}, {"all", true}, {"wazero", false}, {"wasmtime", false}} {
		args := []string{"check", module}
		if test.engine != "" {
			args = append(args, "--engine", test.engine)
		}
		if out, errs, code := p.run(t, nil, args...); strings.Contains(out, shown) != test.shows {
			t.Errorf("check --engine %q ended with %d: %s%s", test.engine, code, out, errs)
		}
	}
	out, errs, code := p.run(t, nil, "route", "--explain", "--engine", "both", "-r", dir, root+"testdata/specs/hello.yaml")
	if code == 0 || !strings.Contains(out+errs, shown) {
		t.Errorf("route ended with %d: %s%s", code, out, errs)
	}
}

// testCompiling has the command compile as it does for modules that take long.
func testCompiling(t *testing.T, p program) {
	wasm, err := os.ReadFile(root + "testdata/modules/catch-all.wasm")
	if err != nil {
		t.Fatal(err)
	}
	for engine, entries := range map[string]int{"wasmtime": 1, "both": 2} {
		cache := filepath.Join(t.TempDir(), "cache")
		if _, errs, code := p.run(t, wasm, "compile-module", "--memory", "4294967296", "--engine", engine, cache); code != 0 {
			t.Errorf("%s: code %d: %s", engine, code, errs)
		}
		left, err := os.ReadDir(cache)
		if err != nil || len(left) < entries {
			t.Errorf("%s: the cache has %v, %v", engine, left, err)
		}
	}
}

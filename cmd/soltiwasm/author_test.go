package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestNewRunners makes a runner in each language whose toolchain is there, and builds, checks, tests, routes and runs it,
// as its Makefile does. Nothing of that may need the network.
func TestNewRunners(t *testing.T) {
	if testing.Short() {
		t.Skip("builds modules with their toolchains")
	}
	further := map[string][2]string{ // the name and the text of another source
		"go": {"more.go", "package main\n"}, "c": {"more.c", "int more(void);\nint more(void) { return 1; }\n"},
		"assemblyscript": {"more.ts", "export const more = 1;\n"}, "rust": {"src/more.rs", "pub const MORE: i32 = 1;\n"},
	}
	for language, tools := range map[string][]string{
		"go": {"go"}, "c": {"clang", "wasm-ld"}, "assemblyscript": {"asc"}, "rust": {"cargo", rustTarget}, "wat": {"wat2wasm"},
	} {
		t.Run(language, func(t *testing.T) {
			env := toolchain(t, tools)
			dir := t.TempDir()
			try := func(dir string, args ...string) string {
				t.Helper()
				return tryCommand(t, dir, env, args...)
			}
			try(dir, "soltiwasm", "new", "My-Runner.1", "--lang", language, "--dir", "made")
			dir = filepath.Join(dir, "made")
			try(dir, "make")
			want := `{"module":"My-Runner.1.wasm","ok":true,"findings":[]}` + "\n"
			if got := try(dir, "soltiwasm", "check", "-o", "json", "My-Runner.1.wasm"); got != want {
				t.Errorf("check: %s", got)
			}
			try(dir, "make", "check")
			try(dir, "make", "test")
			if got := try(dir, "make", "route"); !strings.Contains(got, "My-Runner.1-hello-1") || !strings.Contains(got, "selected") {
				t.Errorf("route: %s", got)
			}
			if got := try(dir, "make", "run"); !strings.Contains(got, "hello, Ada\n") {
				t.Errorf("run: %s", got)
			}
			if got := try(dir, "make"); !strings.Contains(got, "up to date") {
				t.Errorf("it is built again: %s", got)
			}
			checkManifest(t, filepath.Join(dir, "My-Runner.1.wasm"))
			write := func(name, text string) {
				t.Helper()
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			write("nul.yaml", "slot: s\nkind: {my-runner-1: {name: \"Ada\\0evil\"}}\ntimeout: 5s\n")
			if got := try(dir, "soltiwasm", "run", "--runners", ".", "-o", "json", "nul.yaml"); !strings.Contains(got, `hello, Ada\u0000evil`) {
				t.Errorf("of a name with a NUL: %s", got)
			}
			if source, ok := further[language]; ok {
				write(source[0], source[1])
				if got := try(dir, "make"); strings.Contains(got, "up to date") {
					t.Errorf("a further source is not built: %s", got)
				}
			}
		})
	}
}

func checkManifest(t *testing.T, module string) {
	t.Helper()
	wasm, err := os.ReadFile(module)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(wasm, []byte(`"my-runner-1"`)) || !bytes.Contains(wasm, []byte("solti.runner")) {
		t.Error("the manifest is not in the module")
	}
}

// rustTarget stands for Rust's library for that target among tools.
const rustTarget = "wasm32-unknown-unknown"

// toolchain is the environment of a build without network; the test is skipped where a tool is missing. A tool is found
// by the variable of its name in capitals, such as ASC, or by PATH.
func toolchain(t *testing.T, tools []string) []string {
	t.Helper()
	if raceEnabled {
		t.Skip("compiling large modules takes minutes under the race detector")
	}
	for _, tool := range append([]string{"make"}, tools...) {
		if tool == rustTarget {
			needRustTarget(t)
			continue
		}
		variable := strings.ToUpper(strings.ReplaceAll(tool, "-", "_"))
		if named := os.Getenv(variable); named != "" {
			tool = named
		}
		path, err := exec.LookPath(tool)
		if err != nil {
			t.Skipf("there is no %s here: set PATH or %s", tool, variable)
		}
		if variable == "ASC" { // the Makefile would want one in node_modules
			t.Setenv("ASC", path)
			t.Setenv("PATH", os.Getenv("PATH")+string(filepath.ListSeparator)+filepath.Dir(path))
		}
	}
	// The go command's cache stays where it is: that of the program moves with XDG_CACHE_HOME, and so would this.
	goCache, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	return append(os.Environ(), "GOCACHE="+strings.TrimSpace(string(goCache)), "XDG_CACHE_HOME="+filepath.Join(t.TempDir(), "cache"),
		"GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off", "CARGO_NET_OFFLINE=true", "MAKEFLAGS=", "LC_ALL=C")
}

// needRustTarget skips the test where Rust has no library for modules.
func needRustTarget(t *testing.T) {
	t.Helper()
	rustc := os.Getenv("RUSTC")
	if rustc == "" {
		rustc = "rustc"
	}
	sysroot, err := exec.Command(rustc, "--print", "sysroot").Output()
	if err == nil {
		_, err = os.Stat(filepath.Join(strings.TrimSpace(string(sysroot)), "lib", "rustlib", rustTarget, "lib"))
	}
	if err != nil {
		t.Skipf("there is no Rust for %s here: %v; RUSTC names another than rustc", rustTarget, err)
	}
}

// tryCommand runs a program that has to succeed, and returns its standard output.
func tryCommand(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Env = dir, env
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s%s", strings.Join(args, " "), err, &stdout, &stderr)
	}
	return stdout.String()
}

package wasi_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/run/wasi"
	"github.com/soltihq/soltiwasm/task"
)

func TestRefusedModules(t *testing.T) {
	fixtures := filepath.Join("..", "..", "testdata", "fixtures")
	x := open(t, config("testdata", fixtures))
	for module, words := range map[string]string{
		"start-type.wasm":     "expected the export _start to be a function of type () -> (), found a func of type () -> i32",
		"start-kind.wasm":     "expected the export _start to be a function of type () -> (), found a global of type i32",
		"no-memory.wasm":      "expected the memory to be exported as memory",
		"reactor.wasm":        "it is a reactor",
		"solti-import.wasm":   `it imports "solti.reply", which only runners may`,
		"old-wasi.wasm":       `it imports "wasi_unstable.proc_exit"; expected the version of WASI that is called wasi_snapshot_preview1`,
		"unknown-import.wasm": `it imports "wasi_snapshot_preview1.path_explode"; expected imports of the functions`,
		"import-module.wasm":  `it imports "env.proc_exit"; expected imports of the functions`,
		"import-type.wasm":    "as a func of type (i64) -> (); expected a function of type (i32) -> ()",
		"ok.wasm":             "it is a runner, which belongs into a runners directory",
		"garbage.wasm":        "can't be run",
		"truncated.wasm":      "can't be run",
		"component.wasm":      "component",
		"threads.wasm":        "can't be run",
		"memory64.wasm":       "can't be run",
	} {
		r := run(t, x, wasi.Command{Action: task.WasmAction{Module: module}})
		r.fails(t, task.CodeSpawnFailed, module, words)
	}
}

func TestLimits(t *testing.T) {
	for _, test := range []struct {
		set   func(*abi.Limits)
		words string
	}{
		{func(l *abi.Limits) { l.File = 1000 }, "in testdata: the file has more than the 1000 bytes of the limit file; raise it with --limit file=SIZE"},
		{func(l *abi.Limits) { l.Memory = 1 << 17 }, "raise it with --limit memory=SIZE, or limits.memory in the runner's sidecar"},
		{func(l *abi.Limits) { l.Load = 5 * time.Millisecond }, "raise it with --limit load=TIME, or limits.load in the runner's sidecar"},
	} {
		c := probe("")
		c.Limits = abi.DefaultLimits()
		test.set(&c.Limits)
		run(t, shared(), c).fails(t, task.CodeSpawnFailed, test.words)
	}
}

func TestLookup(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	wasm := []byte(read(t, "testdata/nothing.wasm"))
	for _, name := range []string{second + "/only.wasm", second + "/both.wasm", second + "/tools/deep.wasm"} {
		write(t, name, wasm)
	}
	write(t, first+"/both.wasm", []byte("not this one"))
	x := open(t, config(first, second))
	for module, words := range map[string]string{
		"only.wasm":         "",
		"tools/deep.wasm":   "",
		"./tools/deep.wasm": "",
		"both.wasm":         "can't be run",
		"none.wasm":         "there is no such file in the module path " + first,
		"only":              "there is no such file",
		"":                  "empty path",
		".":                 "expected a regular file, found a directory",
		"tools":             "expected a regular file, found a directory",
		"../only.wasm":      "expected a path relative to the module path, and nowhere two dots in it",
		"tools/../x.wasm":   "expected a path relative to the module path",
		second + "/a.wasm":  "expected a path relative to the module path",
		"only.wasm/x":       "in " + second,
		"a\x00b":            "a NUL byte",
	} {
		r := run(t, x, wasi.Command{Action: task.WasmAction{Module: module}})
		if words == "" {
			r.exits(t, "")
		} else {
			r.fails(t, task.CodeSpawnFailed, "the module ", words)
		}
	}
	run(t, open(t, config()), probe("")).fails(t, task.CodeSpawnFailed, "no module path is configured", "--module-path", "Config.ModulePath")
	run(t, open(t, config(second+"/none")), probe("")).fails(t, task.CodeSpawnFailed, "in "+second+"/none: stat ")
	run(t, open(t, config(second+"/only.wasm")), probe("")).fails(t, task.CodeSpawnFailed, "is not a directory")
}

func read(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func write(t testing.TB, name string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, text, 0o666); err != nil {
		t.Fatal(err)
	}
}

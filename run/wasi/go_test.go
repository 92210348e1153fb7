package wasi_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/run/wasi"
	"github.com/soltihq/soltiwasm/task"
)

// TestGoCommand builds a command with the go command and runs it.
func TestGoCommand(t *testing.T) {
	if testing.Short() {
		t.Skip("builds Go's library for wasip1")
	}
	modules := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-s -w", "-o", modules+"/go.wasm", "./testdata/go")
	build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	conf := config(modules)
	conf.Engine = wazero.Engine{Interpreter: true} // so little is done that compiling would take longer
	x := open(t, conf)
	dir, mount := data(t)
	c := wasi.Command{
		Action: task.WasmAction{Module: "go.wasm", Args: []string{"exit"}, Env: map[string]string{"A": "b"}, Stdin: "in"},
		Mounts: []wasi.Mount{mount},
	}
	want := []string{
		"args: [exit] env: [A=b]", `stdin: "in" <nil>`, "slept: true", "random: 100 <nil>",
		"mkdir: <nil>", "write: <nil>", "append: <nil>", "append: <nil> <nil>", "read: 100003 <nil>", "symlink: <nil>",
		"chtimes: <nil>", "stat: true 100003 6", "truncate: <nil>", "rename: <nil>",
		"walk: /data true <nil>", "walk: /data/deep true <nil>", "walk: /data/deep/er true <nil>",
		"walk: /data/deep/er/link false <nil>", "walk: /data/file false <nil>", "walk: <nil>",
		"temp: <nil> <nil> <nil>", "outside: false true", "removeall: <nil> <nil> <nil>",
	}
	r := run(t, x, c)
	r.fails(t, task.CodeTaskFailed, "code 5")
	r.prints(t, want...)
	if r.stderr != "to stderr\n" {
		t.Errorf("stderr is %q", r.stderr)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}

	c.Action.Args = []string{"panic"}
	want[0] = "args: [panic] env: [A=b]"
	r = run(t, x, c)
	r.fails(t, task.CodeTaskFailed, "code 2")
	r.prints(t, want...)
	if !strings.Contains(r.stderr, "panic: as asked") {
		t.Errorf("stderr is %q", r.stderr)
	}
}

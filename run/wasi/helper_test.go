package wasi_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/run/wasi"
	"github.com/soltihq/soltiwasm/task"
)

// shared is an executor with the modules of testdata, for tests that have no wish for another.
var shared = sync.OnceValue(func() *wasi.Executor {
	return wasi.New(context.Background(), config("testdata"))
})

func TestMain(m *testing.M) {
	code := m.Run()
	if err := shared().Close(context.Background()); err != nil {
		panic(err)
	}
	os.Exit(code)
}

func config(modulePath ...string) wasi.Config {
	return wasi.Config{Engine: wazero.Engine{}, ModulePath: modulePath, Now: time.Now, Rand: rand.Reader}
}

// open makes an executor that ends with the test.
func open(t testing.TB, c wasi.Config) *wasi.Executor {
	x := wasi.New(t.Context(), c)
	t.Cleanup(func() {
		if err := x.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return x
}

// result is what became of a command.
type result struct {
	stdout, stderr string
	code           *int
	err            error
}

// run runs a command with the default limits, unless it has others. The watchdog is far from what any test takes.
func run(t testing.TB, x *wasi.Executor, c wasi.Command) result {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	return runIn(ctx, x, c)
}

func runIn(ctx context.Context, x *wasi.Executor, c wasi.Command) (r result) {
	var stdout, stderr bytes.Buffer
	if c.Stdout == nil {
		c.Stdout, c.Stderr = &stdout, &stderr
	}
	if c.Limits == (abi.Limits{}) {
		c.Limits = abi.DefaultLimits()
	}
	r.code, r.err = x.Run(ctx, c)
	r.stdout, r.stderr = stdout.String(), stderr.String()
	return r
}

// probe is a command of testdata/probe.c, with verbs divided by spaces.
func probe(verbs string, mounts ...wasi.Mount) wasi.Command {
	return wasi.Command{Action: task.WasmAction{Module: "probe.wasm", Args: strings.Fields(verbs)}, Mounts: mounts}
}

// data is a new directory, and its mount as /data.
func data(t testing.TB) (string, wasi.Mount) {
	dir := t.TempDir()
	return dir, wasi.Mount{Host: dir, Guest: "/data"}
}

// exits checks that a command exited with 0 and printed these lines.
func (r result) exits(t testing.TB, lines ...string) {
	t.Helper()
	if r.err != nil || r.code == nil || *r.code != 0 {
		t.Errorf("exit code %v, error %v", deref(r.code), r.err)
	}
	r.prints(t, lines...)
}

func (r result) prints(t testing.TB, lines ...string) {
	t.Helper()
	got := strings.Split(strings.TrimSuffix(r.stdout, "\n"), "\n")
	for n := range max(len(got), len(lines)) {
		a, b := "nothing", "nothing"
		if n < len(got) {
			a = got[n]
		}
		if n < len(lines) {
			b = lines[n]
		}
		if a != b {
			t.Errorf("line %d of the output is\n%s\nwant\n%s\nall of it:\n%s", n+1, a, b, r.stdout)
			return
		}
	}
}

// fails checks that a command failed with a code and these words.
func (r result) fails(t testing.TB, code task.Code, words ...string) {
	t.Helper()
	e, ok := errors.AsType[*task.Error](r.err)
	if !ok || e.Code != code {
		t.Fatalf("error %v, want the code %s", r.err, code)
	}
	for _, w := range words {
		if !strings.Contains(e.Message, w) {
			t.Errorf("the error says\n%s\nwant in it\n%s", e.Message, w)
		}
	}
}

func deref(code *int) any {
	if code == nil {
		return nil
	}
	return *code
}

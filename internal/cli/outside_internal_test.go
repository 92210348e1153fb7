//go:build unix

package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
)

// knowing is an engine and its runtime, which counts what it is asked.
type knowing struct {
	cached   bool
	compiled int
}

func (k *knowing) Name() string { return "knowing" }

func (k *knowing) Open(context.Context, []engine.HostFunc) (engine.Runtime, error) { return k, nil }

func (k *knowing) Recall(context.Context, []byte) (engine.Module, bool) { return nil, k.cached }

func (k *knowing) Compile(context.Context, []byte) (engine.Module, error) {
	k.compiled++
	return nil, nil
}

func (k *knowing) Close(context.Context) error { return nil }

// attempts is how often a module is compiled that the compiler crashes over.
func attempts() int {
	if boundsMemory && runtime.GOMAXPROCS(0) > 1 {
		return 2
	}
	return 1
}

func TestOutside(t *testing.T) {
	large, small := make([]byte, outsideLeast), make([]byte, outsideLeast-1)
	const run = "echo >>runs; cat >/dev/null; "
	for _, test := range []struct {
		name, script     string
		wasm             []byte
		cached           bool
		outside, compile int // how often a process is run, and the runtime asked
		fails            bool
	}{
		{"a large module", run, large, false, 1, 1, false},
		{"a small one", run, small, false, 0, 1, false},
		{"one that is in the cache", run, large, true, 0, 0, false},
		{"one that the process says is wrong", run + "exit 1", large, false, 1, 1, false},
		{"one that the compiler crashes over", run + "exit 2", large, false, attempts(), 0, true},
		{"one that the process is killed over", run + "kill -KILL $$", large, false, attempts(), 0, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, k := compilerOf(t, test.script), &knowing{cached: test.cached}
			r, err := outside{k, c}.Open(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.Compile(t.Context(), test.wasm); (err != nil) != test.fails {
				t.Errorf("Compile: %v, want an error: %t", err, test.fails)
			}
			runs, _ := os.ReadFile(filepath.Join(c.cache, "runs"))
			if len(runs) != test.outside || k.compiled != test.compile {
				t.Errorf("%d processes ran and the runtime compiled %d times, want %d and %d", len(runs), k.compiled, test.outside, test.compile)
			}
		})
	}
}

// Where there is no process to be had, or the time is up, it is left to the runtime.
func TestOutsideWithoutAProcess(t *testing.T) {
	lost := &compiler{executable: func() (string, error) { return "", errors.New("lost") }}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, at := range map[string]struct {
		c   *compiler
		ctx context.Context
	}{"no program": {lost, t.Context()}, "no time": {compilerOf(t, "exit 2"), ended}} {
		k := &knowing{}
		r, err := outside{k, at.c}.Open(at.ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Compile(at.ctx, make([]byte, outsideLeast)); err != nil || k.compiled != 1 {
			t.Errorf("%s: %v, and the runtime compiled %d times", name, err, k.compiled)
		}
	}
}

// unknowing is a runtime that doesn't tell what it has in its cache.
type unknowing struct{ engine.Runtime }

func (u unknowing) Name() string { return "unknowing" }

func (u unknowing) Open(context.Context, []engine.HostFunc) (engine.Runtime, error) { return u, nil }

func TestOutsideLeavesOtherEnginesAlone(t *testing.T) {
	r, err := outside{unknowing{}, nil}.Open(t.Context(), nil)
	if _, is := r.(unknowing); !is || err != nil {
		t.Errorf("Open: %T, %v", r, err)
	}
}

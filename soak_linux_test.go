package soltiwasm_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/task"
)

// soakFor is how long TestSoak runs; SOLTIWASM_SOAK=5m sets it.
func soakFor(t *testing.T) time.Duration {
	text := os.Getenv("SOLTIWASM_SOAK")
	if text == "" {
		return 3 * time.Second
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestSoak mixes good and hostile calls from several goroutines, with reloads between them, and looks for what is left
// behind: goroutines, descriptors and memory.
func TestSoak(t *testing.T) {
	modules := strings.Fields(`ok echo-env echo-slot status2 trap-supports trap-build trap-run trap-once loop-supports
		loop-build loop-run recursion recursion-supports grow-forever grow-table log-flood metric-flood reply-too-big
		reply-not-json reply-deep run-output run-flood run-exit3 run-fail bad-range out-of-phase exit-build sleep-build`)
	dir := directory(t, modules...)
	for _, name := range modules {
		settings(t, dir, name, 0)
	}
	host := open(t, soltiwasm.Config{Dirs: []string{dir}, Limits: abi.Limits{Start: time.Second}})
	call := func(i int) {
		spec := command(fmt.Sprint("slot-", i%7))
		spec.Timeout = 5 * time.Millisecond
		spec.Selector = &task.Selector{MatchLabels: map[string]string{"module": modules[i%len(modules)]}}
		// What becomes of it is tested elsewhere; here it has to end, and to leave nothing.
		_ = host.Run(context.Background(), spec, soltiwasm.Output{Stdout: io.Discard, Stderr: io.Discard})
	}
	for i := range 3 * len(modules) {
		call(i)
	}
	before := measure(t)

	var calls atomic.Int64
	var workers sync.WaitGroup
	end := time.Now().Add(soakFor(t))
	for w := range 4 {
		workers.Go(func() {
			for i := w; time.Now().Before(end); i += 4 {
				call(i)
				calls.Add(1)
			}
		})
	}
	for i := 0; time.Now().Before(end); i++ {
		put(t, dir, []string{"ok", "echo-slot"}[i%2], "ok.wasm")
		// With another sidecar a module is loaded anew, which also ends its quarantine.
		settings(t, dir, modules[i%len(modules)], i)
		if err := host.Reload(t.Context()); err != nil {
			t.Error(err)
		}
		time.Sleep(20 * time.Millisecond)
	}
	workers.Wait()

	after := measure(t)
	t.Logf("%d calls; before %+v, after %+v", calls.Load(), before, after)
	if after.goroutines > before.goroutines || after.descriptors > before.descriptors {
		t.Errorf("left behind: before %+v, after %+v", before, after)
	}
	if grown := after.memory - before.memory; grown > 32<<20 {
		t.Errorf("memory has grown by %d bytes", grown)
	}
}

// settings writes a module's sidecar. A module is chosen by its own label, however often the others go wrong.
func settings(t *testing.T, dir, module string, version int) {
	t.Helper()
	text := fmt.Sprintf("labels: {module: %s}\nlimits: {ask: 5ms, build: 5ms}\nconfig: {version: %d}\n", module, version)
	temp := filepath.Join(dir, ".new")
	if err := os.WriteFile(temp, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(temp, filepath.Join(dir, module+".yaml")); err != nil {
		t.Fatal(err)
	}
}

type footprint struct {
	goroutines, descriptors int
	memory                  int64 // resident bytes
}

// measure waits until the number of goroutines is at rest, for what a call started may take a moment to end.
func measure(t *testing.T) footprint {
	t.Helper()
	f := footprint{goroutines: runtime.NumGoroutine()}
	for range 100 {
		time.Sleep(10 * time.Millisecond)
		n := runtime.NumGoroutine()
		if n == f.goroutines {
			break
		}
		f.goroutines = n
	}
	debug.FreeOSMemory()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	f.descriptors = len(fds)
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	var size, resident int64
	if _, err := fmt.Sscan(string(statm), &size, &resident); err != nil {
		t.Fatal(err)
	}
	f.memory = resident * int64(os.Getpagesize())
	return f
}

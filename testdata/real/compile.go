//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/soltihq/soltiwasm/engine/wazero"
)

// compilation is what compiling a module cost.
type compilation struct {
	Seconds   float64 `json:"seconds"`
	PeakBytes int64   `json:"-"` // of the process that did it
}

// compileInChild compiles a module in a process of its own, so that none finds the memory of another.
func compileInChild(ctx context.Context, path string) (compilation, error) {
	self, err := os.Executable()
	if err != nil {
		return compilation{}, err
	}
	cmd := exec.CommandContext(ctx, self, "compile", path)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return compilation{}, fmt.Errorf("compiling %s: %w", path, err)
	}
	var c compilation
	if err := json.Unmarshal(out, &c); err != nil {
		return compilation{}, fmt.Errorf("compiling %s: %w", path, err)
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.PeakBytes = int64(usage.Maxrss) << 10
	}
	return c, nil
}

// compile is what the child does: it compiles a module and prints how long that took. The engine compiles what an
// instance would have to import without asking for it.
func compile(ctx context.Context, path string) error {
	wasm, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	rt, err := wazero.Engine{}.Open(ctx, nil)
	if err != nil {
		return err
	}
	defer rt.Close(ctx)
	start := time.Now()
	if _, err := rt.Compile(ctx, wasm); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(compilation{Seconds: time.Since(start).Seconds()})
}

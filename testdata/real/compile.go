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
	Seconds   float64 `json:"seconds"` // of processor time
	PeakBytes int64   `json:"-"`       // of memory, of the process that did it
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

// compile is what the child does: it compiles a module and prints what that took. Imports need not be there for that.
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
	start := processorTime()
	if _, err := rt.Compile(ctx, wasm); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(compilation{Seconds: (processorTime() - start).Seconds()})
}

// processorTime is how much processor time the process has used, its garbage collector's included. Other work on the
// machine changes it less than the time of day.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // it can't fail for the process itself
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

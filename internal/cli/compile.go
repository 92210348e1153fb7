package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/registry"
)

// compileName is the hidden command with which the program starts itself.
const compileName = "compile-module"

// compileMemory is how many bytes a process with one worker may use, where the system can hold it to that. Modules with the
// highest scores and those of the largest size took under 200 MiB.
const compileMemory = 4 << 30

// Two workers may take the memory of the two dearest functions at the same time, which is twice what limits were set for. So
// they get less than one, and what takes more is left to one; so are modules whose size alone takes much of that.
const (
	sharedWorkers = 2
	sharedMemory  = 640 << 20
	sharedLargest = 8 << 20 // bytes of a module
)

// compileBallast is memory that a compiling process reserves and doesn't touch. The collector counts it as if it were in
// use, and comes so much later: most modules are compiled before it does.
const compileBallast = 64 << 20

// compileCommand compiles a metered module into a cache. It is for the program itself, which starts it where a compilation may
// take too long for a process that has something else to do.
func (a *app) compileCommand() *cobra.Command {
	var memory int64
	workers := 1
	cmd := &cobra.Command{
		Use:    compileName + " CACHE",
		Short:  "Compile the metered module on standard input into the cache in a directory",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
	}
	define(cmd, "memory", "", "end when more than `SIZE` of memory is used", func(text string) (err error) {
		memory, err = parseSize(text)
		return err
	})
	define(cmd, "workers", "1", "compile with `N` goroutines", func(text string) (err error) {
		workers, err = strconv.Atoi(text)
		return err
	})
	return a.runs(cmd, func(ctx context.Context, args []string) error {
		if memory > 0 {
			if err := boundMemory(uint64(memory)); err != nil {
				return fmt.Errorf("bounding the memory: %w", err)
			}
		}
		wasm, err := io.ReadAll(interruptible{ctx, a.Stdin})
		if err != nil {
			return err
		}
		cache, err := engine.OpenCache(args[0], maxCache)
		if err != nil {
			return err
		}
		ballast := make([]byte, compileBallast)
		err = compileInto(ctx, a.engine().New(cache, workers), wasm)
		runtime.KeepAlive(ballast)
		return errors.Join(err, cache.Fault(), cache.Close())
	})
}

// compileInto has the engine compile a module, which leaves the code in the engine's cache.
func compileInto(ctx context.Context, e engine.Engine, wasm []byte) error {
	r, err := e.Open(ctx, nil)
	if err != nil {
		return err
	}
	module, err := r.Compile(ctx, wasm)
	if err == nil {
		err = module.Close(ctx)
	}
	return errors.Join(err, r.Close(ctx))
}

// compiler compiles modules in processes of its own, which are killed when their time is up. It is safe for concurrent use.
type compiler struct {
	executable func() (string, error)
	cache      string // its directory
	engine     string // for --engine; empty where there is one only
}

// Compile implements soltiwasm.Compiler. Two workers have the first go, where the system can bound their memory and there
// are processors for them; when they crash, one has another.
func (c *compiler) Compile(ctx context.Context, wasm []byte) error {
	if len(wasm) <= sharedLargest && boundsMemory && runtime.GOMAXPROCS(0) >= sharedWorkers {
		if err := c.run(ctx, wasm, sharedWorkers, sharedMemory); !crashed(err) {
			return err
		}
	}
	return c.run(ctx, wasm, 1, compileMemory)
}

// run compiles in a process. It has neither environment nor output but its errors, and ends itself some seconds after its time
// even if nobody is left to kill it.
func (c *compiler) run(ctx context.Context, wasm []byte, workers int, memory int64) error {
	executable, err := c.executable()
	if err != nil {
		return fmt.Errorf("finding the program's own file: %w", err)
	}
	args := []string{compileName, "--memory", strconv.FormatInt(memory, 10), "--workers", strconv.Itoa(workers)}
	if c.engine != "" {
		args = append(args, "--engine", c.engine)
	}
	if deadline, ok := ctx.Deadline(); ok {
		args = append(args, "--timeout", max(time.Until(deadline), time.Millisecond).String())
	}
	cmd := exec.CommandContext(ctx, executable, append(args, c.cache)...)
	cmd.Args[0] = "soltiwasm"
	cmd.Env = []string{}
	cmd.Dir = c.cache
	cmd.Stdin = bytes.NewReader(wasm)
	errs := &head{}
	cmd.Stderr = errs
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	if errs.outOfMemory() || killed(cmd.ProcessState) {
		return fmt.Errorf("%w, which is %s in a process of its own: %w%s", registry.ErrCompilerMemory, formatSize(memory), err, errs)
	}
	return fmt.Errorf("compiling in a process of its own failed: %w%s", err, errs)
}

// crashed says whether an error of Compile is that the process ended otherwise than by its own decision.
func crashed(err error) bool {
	exit, ok := errors.AsType[*exec.ExitError](err)
	return ok && exit.ExitCode() != exitHost
}

// killed says whether a process was killed by a signal that only the system sends it: when memory is short.
func killed(state *os.ProcessState) bool {
	return state != nil && !state.Exited() && state.String() == "signal: killed"
}

// head keeps the beginning of what is written to it.
type head struct{ text []byte }

// maxHead is how many bytes a head keeps.
const maxHead = 1 << 10

func (h *head) Write(p []byte) (int, error) {
	h.text = append(h.text, p[:min(len(p), maxHead-len(h.text))]...)
	return len(p), nil
}

// outOfMemory says whether it begins with how a Go program ends that gets no more memory, be it for a thread's stack.
func (h *head) outOfMemory() bool {
	first, _, _ := bytes.Cut(h.text, []byte("\n\n"))
	return bytes.Contains(first, []byte("fatal error: ")) && bytes.Contains(first, []byte("memory")) ||
		bytes.Contains(first, []byte("pthread_create failed"))
}

// String is the first paragraph, on one line and after a colon: what follows it is the stacks of a program that crashed.
func (h *head) String() string {
	text, _, _ := strings.Cut(string(h.text), "\n\n")
	if text = strings.TrimSpace(text); text == "" {
		return ""
	}
	return ": " + strings.ReplaceAll(strings.TrimPrefix(text, "soltiwasm: "), "\n", "; ")
}

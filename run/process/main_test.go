//go:build unix

package process_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/run/process"
	"github.com/soltihq/soltiwasm/task"
)

// TestMain makes this binary a program for its own tests: its first argument names one of helpers.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		if name, ok := strings.CutPrefix(os.Args[1], "helper="); ok {
			helpers[name](os.Args[2:])
			syscall.Exit(0) // not os.Exit, at which a binary that measures coverage writes of that to standard error
		}
	}
	if r, w, err := os.Pipe(); err == nil { // the runtime opens its poller's descriptors now, before they are counted
		r.Close()
		w.Close()
	}
	os.Exit(m.Run())
}

// watchdog bounds a wait that should be over in a fraction of it.
const watchdog = 60 * time.Second

// helper is the action of a helper of this binary.
func helper(t testing.TB, name string, args ...string) task.ProcessAction {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return task.ProcessAction{Command: exe, Args: append([]string{"helper=" + name}, args...)}
}

// sh is the action of a shell with a text.
func sh(text string) task.ProcessAction {
	return task.ProcessAction{Command: "sh", Args: []string{"-c", text}}
}

// mark is the variable by which the processes of a test are found.
const mark = "SOLTIWASM_TEST"

// room is where a test runs its programs: it is told apart by a mark, and has a directory for scripts.
type room struct {
	t              testing.TB
	mark           string
	scripts        string
	stdout, stderr safeBuffer
}

// newRoom also checks, at the test's end, that nothing is left behind.
func newRoom(t testing.TB) *room {
	r := &room{t: t, mark: t.Name() + "-" + strconv.FormatInt(time.Now().UnixNano(), 36), scripts: t.TempDir()}
	goroutines, files := runtime.NumGoroutine(), descriptors(t)
	t.Cleanup(func() {
		if t.Failed() {
			return
		}
		r.eventually("no process", func() bool { return len(r.processes()) == 0 })
		r.eventually("no more goroutines than before", func() bool { return runtime.NumGoroutine() <= goroutines })
		r.eventually("no more descriptors than before", func() bool { return descriptors(t) <= files })
		if left, _ := filepath.Glob(r.scripts + "/*"); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	})
	return r
}

// command is a Command in the room. Its marked environment has the default PATH.
func (r *room) command(a task.ProcessAction) process.Command {
	env := map[string]string{mark: r.mark}
	for key, value := range a.Env {
		env[key] = value
	}
	a.Env = env
	return process.Command{Action: a, ScriptDir: r.scripts, Stdout: &r.stdout, Stderr: &r.stderr}
}

// run runs a program under the watchdog.
func (r *room) run(a task.ProcessAction) (process.Exit, error) {
	r.t.Helper()
	return r.within(context.Background(), r.command(a))
}

// within runs a command under the watchdog.
func (r *room) within(ctx context.Context, c process.Command) (process.Exit, error) {
	r.t.Helper()
	type result struct {
		exit process.Exit
		err  error
	}
	done := make(chan result, 1)
	go func() {
		exit, err := process.Run(ctx, c)
		done <- result{exit, err}
	}()
	select {
	case res := <-done:
		return res.exit, res.err
	case <-time.After(watchdog):
		r.t.Fatalf("Run hangs; its processes: %v", r.processes())
		panic("unreachable")
	}
}

// processes are the marked processes that live, by /proc where there is one.
func (r *room) processes() (pids []int) {
	dirs, _ := filepath.Glob("/proc/[1-9]*")
	for _, dir := range dirs {
		env, err := os.ReadFile(dir + "/environ") // empty for a zombie
		if err == nil && bytes.Contains(env, []byte(mark+"="+r.mark+"\x00")) {
			pid, _ := strconv.Atoi(filepath.Base(dir))
			pids = append(pids, pid)
		}
	}
	return pids
}

func (r *room) eventually(what string, ok func() bool) {
	r.t.Helper()
	for start := time.Now(); !ok(); time.Sleep(time.Millisecond) {
		if time.Since(start) > watchdog {
			r.t.Fatalf("never: %s; processes %v", what, r.processes())
		}
	}
}

// descriptors counts the open ones; 0 where nothing tells.
func descriptors(t testing.TB) int {
	for _, dir := range []string{"/proc/self/fd", "/dev/fd"} {
		if names, err := os.ReadDir(dir); err == nil {
			return len(names)
		}
	}
	return 0
}

// safeBuffer is a bytes.Buffer that may be read while it is written.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// code is the code of a *task.Error, "" for nil.
func code(t testing.TB, err error) task.Code {
	t.Helper()
	if err == nil {
		return ""
	}
	te, ok := errors.AsType[*task.Error](err)
	if !ok {
		t.Fatalf("%v (%T) is no *task.Error", err, err)
	}
	return te.Code
}

// exitCode is the code of an Exit, -1 if there is none.
func exitCode(e process.Exit) int {
	if e.Code == nil {
		return -1
	}
	return *e.Code
}

// waitFor waits until the room's output has a text.
func (r *room) waitFor(text string) {
	r.t.Helper()
	r.eventually("output "+text, func() bool { return strings.Contains(r.stdout.String(), text) })
}

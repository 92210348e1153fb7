package process_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/run/process"
	"github.com/soltihq/soltiwasm/task"
)

// cgroupFor finds a cgroup for limits, or skips the test. At the test's end no cgroup may be left in it.
func cgroupFor(t *testing.T, l process.Limits) string {
	t.Helper()
	dir, err := process.FindCgroup(l)
	if err != nil {
		t.Skipf("this machine has no cgroup for it: %v", err)
	}
	t.Cleanup(func() {
		if left, _ := filepath.Glob(dir + "/soltiwasm-*"); len(left) > 0 {
			t.Errorf("cgroups are left: %q", left)
		}
	})
	return dir
}

// TestCgroupEndsDaemons: with a cgroup not even a session of its own helps.
func TestCgroupEndsDaemons(t *testing.T) {
	dir := cgroupFor(t, process.Limits{})
	t.Run("left behind", func(t *testing.T) {
		r := newRoom(t)
		c := r.command(helper(t, "session"))
		c.Cgroup = dir
		exit, err := r.within(t.Context(), c)
		if err != nil || len(exit.Notes) > 0 || !strings.HasPrefix(r.stdout.String(), "left ") || len(r.processes()) > 0 {
			t.Errorf("%+v, %v, output %q, processes %v", exit, err, r.stdout.String(), r.processes())
		}
	})
	t.Run("canceled", func(t *testing.T) {
		r := newRoom(t)
		c := r.command(sh(fmt.Sprintf("%q helper=session; sleep 300", os.Args[0])))
		c.Cgroup, c.Grace = dir, -1
		exit, err := r.canceledWhen("left", c)
		if code(t, err) != task.CodeCanceled || exit.Signal != "SIGKILL" || len(exit.Notes) > 0 || len(r.processes()) > 0 {
			t.Errorf("%+v, %v, processes %v", exit, err, r.processes())
		}
	})
	t.Run("start error", func(t *testing.T) {
		r := newRoom(t)
		path := filepath.Join(t.TempDir(), "text")
		if err := os.WriteFile(path, []byte("text\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		c := r.command(task.ProcessAction{Command: path})
		c.Cgroup = dir
		if _, err := r.within(t.Context(), c); code(t, err) != "spawn_failed" {
			t.Error(err)
		}
	})
}

// TestCgroupsBelow: a program may make cgroups in its own; they go with it.
func TestCgroupsBelow(t *testing.T) {
	dir := cgroupFor(t, process.Limits{})
	r := newRoom(t)
	c := r.command(sh(`d=$(echo "` + dir + `"/soltiwasm-*); mkdir -p "$d/a/b"; sleep 300 & echo $! >"$d/a/b/cgroup.procs" && echo moved`))
	c.Cgroup = dir
	exit, err := r.within(t.Context(), c)
	if err != nil || len(exit.Notes) > 0 || r.stdout.String() != "moved\n" {
		t.Errorf("%+v, %v, output %q, stderr %q", exit, err, r.stdout.String(), r.stderr.String())
	}
}

func TestMemoryLimit(t *testing.T) {
	limits := process.Limits{Memory: new(int64(32 << 20))}
	cgroupFor(t, limits)
	r := newRoom(t)
	c := r.command(sh("head -c 200000000 /dev/zero | tail | wc -c; echo not reached")) // tail keeps the one endless line
	c.Limits = limits
	exit, err := r.within(t.Context(), c)
	if code(t, err) != task.CodeTaskFailed || exit.Signal != "SIGKILL" || r.stdout.String() != "" ||
		!strings.Contains(err.Error(), "signal SIGKILL; the limit memory of 33554432 bytes was met") {
		t.Errorf("%+v, %v, output %q", exit, err, r.stdout.String())
	}
}

func TestPidsLimit(t *testing.T) {
	limits := process.Limits{Pids: new(int64(5))}
	cgroupFor(t, limits)
	r := newRoom(t)
	c := r.command(sh("for i in 1 2 3 4 5 6 7 8; do sleep 300 & done; echo not reached"))
	c.Limits = limits
	exit, err := r.within(t.Context(), c)
	if err == nil || r.stdout.String() != "" || !strings.Contains(err.Error(), "; the limit pids of 5 was met") {
		t.Errorf("%+v, %v, output %q", exit, err, r.stdout.String())
	}
}

func TestCPULimit(t *testing.T) {
	limits := process.Limits{CPU: new(0.25)}
	dir := cgroupFor(t, limits)
	r := newRoom(t)
	c := r.command(sh("cat '" + dir + "'/soltiwasm-*/cpu.max"))
	c.Limits = limits
	if _, err := r.within(t.Context(), c); err != nil || r.stdout.String() != "25000 100000\n" {
		t.Errorf("cpu.max is %q, %v", r.stdout.String(), err)
	}
}

func TestAllLimitsTogether(t *testing.T) {
	limits := process.Limits{CPU: new(0.5), Memory: new(int64(64 << 20)), Pids: new(int64(10)), OpenFiles: new(int64(30))}
	cgroupFor(t, limits)
	r := newRoom(t)
	c := r.command(sh("ulimit -n; exit 3"))
	c.Limits = limits
	if exit, err := r.within(t.Context(), c); exitCode(exit) != 3 || len(exit.Notes) > 0 || r.stdout.String() != "30\n" {
		t.Errorf("%+v, %v, output %q", exit, err, r.stdout.String())
	}
}

// TestNoCgroup: where the machine can't hold a limit nothing is started.
func TestNoCgroup(t *testing.T) {
	for name, limits := range map[string]process.Limits{
		"cpu":    {CPU: new(1.0)},
		"memory": {Memory: new(int64(1 << 30))},
		"pids":   {Pids: new(int64(100))},
	} {
		r := newRoom(t)
		c := r.command(task.ProcessAction{Command: "sh", Script: []byte("echo ran")})
		c.Limits = limits
		if _, err := process.FindCgroup(limits); err == nil {
			c.Cgroup = t.TempDir() // this machine could; this directory can't
		}
		_, err := r.within(t.Context(), c)
		limit, ok := errors.AsType[*process.LimitError](err)
		if !ok || limit.Limit != name || code(t, err) != "spawn_failed" || r.stdout.String() != "" {
			t.Errorf("%s: %v, output %q", name, err, r.stdout.String())
		}
		t.Log(err)
	}
	r := newRoom(t)
	c := r.command(sh("exit 0"))
	c.Cgroup = t.TempDir()
	if _, err := r.within(t.Context(), c); code(t, err) != "spawn_failed" || !strings.Contains(err.Error(), "no cgroup v2") {
		t.Error(err)
	}
	if left, _ := os.ReadDir(c.Cgroup); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

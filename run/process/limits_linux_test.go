package process_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/soltihq/soltiwasm/run/process"
)

func TestRlimits(t *testing.T) {
	r := newRoom(t)
	c := r.command(sh("ulimit -Sn; ulimit -Hn; ulimit -Sf; ulimit -Hf; ulimit -Sc; ulimit -Hc; sh -c 'ulimit -n'"))
	c.Limits = process.Limits{OpenFiles: new(int64(64)), FileSize: new(int64(512 * 20)), Core: new(int64(0))}
	if _, err := r.within(t.Context(), c); err != nil || r.stdout.String() != "64\n64\n20\n20\n0\n0\n64\n" {
		t.Errorf("limits %q, %v", r.stdout.String(), err)
	}
}

// TestRlimitsHoldFromTheStart: the program counts what it can open as the first thing that it does.
func TestRlimitsHoldFromTheStart(t *testing.T) {
	r := newRoom(t)
	c := r.command(helper(t, "files"))
	c.Limits.OpenFiles = new(int64(20))
	if _, err := r.within(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	var n int
	if fmt.Sscan(r.stdout.String(), &n); n < 10 || n > 17 {
		t.Errorf("%d files could be opened under a limit of 20", n)
	}
}

func TestFileSizeLimit(t *testing.T) {
	r := newRoom(t)
	path := filepath.Join(t.TempDir(), "file")
	c := r.command(sh("exec head -c 100000 /dev/zero >" + path))
	c.Limits.FileSize = new(int64(4096))
	exit, err := r.within(t.Context(), c)
	if err == nil || exit.Signal != "SIGXFSZ" || !strings.Contains(err.Error(), "signal SIGXFSZ; the limit fileSize of 4096 bytes was met") {
		t.Errorf("%+v, %v", exit, err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != 4096 {
		t.Errorf("%v, %v", info, err)
	}
}

// TestRlimitsNeverRaiseTheHost's own hard limits.
func TestRlimitsNeverRaise(t *testing.T) {
	var own unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &own); err != nil {
		t.Fatal(err)
	}
	r := newRoom(t)
	c := r.command(sh("ulimit -Hn"))
	c.Limits.OpenFiles = new(int64(math.MaxInt64))
	want := fmt.Sprintln(own.Max)
	if own.Max > math.MaxInt64 {
		want = fmt.Sprintln(int64(math.MaxInt64))
	}
	if _, err := r.within(t.Context(), c); err != nil || r.stdout.String() != want {
		t.Errorf("hard limit %q, want %q, %v", r.stdout.String(), want, err)
	}
}

// TestRlimitsLeaveTheRestAlone: exits, signals, start errors and output are those of a program without limits.
func TestRlimitsLeaveTheRestAlone(t *testing.T) {
	for _, test := range []struct {
		text   string
		exit   int
		signal string
	}{{"exit 0", 0, ""}, {"exit 3", 3, ""}, {"kill -TRAP $$", -1, "SIGTRAP"}, {"kill -TERM $$", -1, "SIGTERM"}, {"sh -c 'exit 4' & wait $!", 4, ""}} {
		r := newRoom(t)
		c := r.command(sh(test.text))
		c.Limits.Core = new(int64(0))
		if exit, _ := r.within(t.Context(), c); exitCode(exit) != test.exit || exit.Signal != test.signal {
			t.Errorf("%s: %+v", test.text, exit)
		}
	}
	path := filepath.Join(t.TempDir(), "bad")
	if err := os.WriteFile(path, []byte("#!/nowhere\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	r := newRoom(t)
	c := r.command(sh(""))
	c.Action.Command, c.Limits.Core = path, new(int64(0))
	if _, err := r.within(t.Context(), c); code(t, err) != "spawn_failed" || !errors.Is(err, unix.ENOENT) {
		t.Error(err)
	}
}

func TestRlimitsConcurrently(t *testing.T) {
	r := newRoom(t)
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			var out safeBuffer
			c := r.command(sh("ulimit -n"))
			c.Stdout = &out
			if want := "unlimited"; i%3 > 0 {
				c.Limits.OpenFiles = new(int64(20 + i))
				want = fmt.Sprintln(20 + i)
				if _, err := process.Run(t.Context(), c); err != nil || out.String() != want {
					t.Errorf("limit %q, want %q, %v", out.String(), want, err)
				}
			} else if _, err := process.Run(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestImpossibleLimits(t *testing.T) {
	for name, limits := range map[string]process.Limits{
		"openFiles": {OpenFiles: new(int64(0))},
		"fileSize":  {FileSize: new(int64(-1))},
		"core":      {Core: new(int64(-1))},
		"memory":    {Memory: new(int64(0))},
		"pids":      {Pids: new(int64(0))},
		"cpu":       {CPU: new(math.NaN())},
	} {
		r := newRoom(t)
		c := r.command(sh("exit 0"))
		c.Limits = limits
		_, err := r.within(t.Context(), c)
		if limit, ok := errors.AsType[*process.LimitError](err); !ok || code(t, err) != "spawn_failed" || limit.Limit != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

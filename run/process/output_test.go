//go:build unix

package process_test

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/run/process"
	"github.com/soltihq/soltiwasm/task"
)

func TestBinaryOutputIsExact(t *testing.T) {
	r := newRoom(t)
	if _, err := r.run(helper(t, "binary")); err != nil {
		t.Fatal(err)
	}
	if r.stdout.String() != string(allBytes(1000)) || r.stderr.String() != string(allBytes(10)) {
		t.Errorf("%d and %d bytes, which are not those that were written", len(r.stdout.String()), len(r.stderr.String()))
	}
}

func TestNoNewlineAtTheEnd(t *testing.T) {
	r := newRoom(t)
	if _, err := r.run(sh("printf a; printf b >&2")); err != nil || r.stdout.String() != "a" || r.stderr.String() != "b" {
		t.Errorf("%q and %q, %v", r.stdout.String(), r.stderr.String(), err)
	}
}

// pattern counts bytes and checks that they repeat a text.
type pattern struct {
	text string
	n    int64
	bad  bool
}

func (p *pattern) Write(b []byte) (int, error) {
	for i, c := range b {
		p.bad = p.bad || c != p.text[(p.n+int64(i))%int64(len(p.text))]
	}
	p.n += int64(len(b))
	return len(b), nil
}

func TestHundredMegabytes(t *testing.T) {
	r := newRoom(t)
	c := r.command(sh("yes abc | head -c 100000000; yes defg | head -c 1000000 >&2"))
	stdout, stderr := &pattern{text: "abc\n"}, &pattern{text: "defg\n"}
	c.Stdout, c.Stderr = stdout, stderr
	if exit, err := r.within(t.Context(), c); err != nil || len(exit.Notes) > 0 {
		t.Fatal(err, exit.Notes)
	}
	if stdout.n != 100_000_000 || stdout.bad || stderr.n != 1_000_000 || stderr.bad {
		t.Errorf("%+v %+v", stdout, stderr)
	}
}

func TestNoWriters(t *testing.T) {
	r := newRoom(t)
	c := r.command(helper(t, "null")) // exits with 1 unless its output is the null device
	c.Stdout, c.Stderr = nil, nil
	if _, err := r.within(t.Context(), c); err != nil {
		t.Error(err)
	}
}

// slow is a writer that takes its time for every Write.
type slow struct {
	safeBuffer
	pause time.Duration
}

func (s *slow) Write(p []byte) (int, error) {
	time.Sleep(s.pause)
	return s.safeBuffer.Write(p)
}

// TestSlowWriterLosesNothing: what a program wrote before its exit is delivered, also when the writer takes longer than
// the wait for descendants that hold the output.
func TestSlowWriterLosesNothing(t *testing.T) {
	r := newRoom(t)
	c := r.command(sh("yes ab | head -c 90000"))
	out := &slow{pause: 700 * time.Millisecond}
	c.Stdout = out
	if exit, err := r.within(t.Context(), c); err != nil || len(exit.Notes) > 0 {
		t.Error(err, exit.Notes)
	}
	if got := out.String(); len(got) != 90_000 {
		t.Errorf("%d bytes, want 90000", len(got))
	}
}

// broken is a writer that fails, or panics, once it has taken some bytes.
type broken struct {
	left  int
	calls int
	panic bool
}

var errBroken = errors.New("the disk is full")

func (b *broken) Write(p []byte) (int, error) {
	b.calls++
	if len(p) <= b.left {
		b.left -= len(p)
		return len(p), nil
	}
	if b.panic {
		panic("oh")
	}
	return b.left, errBroken
}

func TestBrokenWriterDoesNotDisturb(t *testing.T) {
	for _, w := range []*broken{{}, {left: 100_000}, {panic: true}} {
		r := newRoom(t)
		c := r.command(sh("yes abc | head -c 1000000; echo fine >&2"))
		c.Stdout = w
		exit, err := r.within(t.Context(), c)
		if err != nil || exitCode(exit) != 0 || r.stderr.String() != "fine\n" {
			t.Errorf("%v, stderr %q", err, r.stderr.String())
		}
		want := "bytes are dropped, since its writer failed: the disk is full"
		if w.panic {
			want = "it panicked: oh"
		}
		if len(exit.Notes) != 1 || !strings.Contains(exit.Notes[0], "standard output: ") || !strings.Contains(exit.Notes[0], want) {
			t.Errorf("notes %q", exit.Notes)
		}
	}
}

// stuck is a writer whose Write blocks until it is let go.
type stuck struct {
	begun  chan struct{}
	letGo  chan struct{}
	writes atomic.Int32
}

func (s *stuck) Write(p []byte) (int, error) {
	if s.writes.Add(1) == 1 {
		close(s.begun)
	}
	<-s.letGo
	return len(p), nil
}

// TestCancelWithStuckWriter: neither the end of the program nor that of Run waits for a Write that blocks, and no other follows.
func TestCancelWithStuckWriter(t *testing.T) {
	r := newRoom(t)
	w := &stuck{begun: make(chan struct{}), letGo: make(chan struct{})}
	c := r.command(sh("yes"))
	c.Stdout = w
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-w.begun
		cancel()
	}()
	exit, err := r.within(ctx, c)
	if code(t, err) != task.CodeCanceled {
		t.Error(err)
	}
	w.end(r, exit)
}

// end lets the Write go and checks that it was the last.
func (s *stuck) end(r *room, exit process.Exit) {
	if len(exit.Notes) != 1 || !strings.Contains(exit.Notes[0], "its writer didn't take it") {
		r.t.Errorf("notes %q", exit.Notes)
	}
	goroutines := runtime.NumGoroutine()
	close(s.letGo)
	r.eventually("the reader's end", func() bool { return runtime.NumGoroutine() < goroutines })
	if n := s.writes.Load(); n != 1 {
		r.t.Errorf("%d writes, want 1", n)
	}
}

// TestHeldOutput: a descendant that got away and holds the output open doesn't keep Run, and Run says so.
func TestHeldOutput(t *testing.T) {
	for _, stage := range []string{"alone", "canceled meanwhile"} {
		t.Run(stage, func(t *testing.T) {
			r := newRoom(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if stage != "alone" {
				go func() {
					r.waitFor("left")
					cancel()
				}()
			}
			c := r.command(helper(t, "session"))
			c.Stderr = nil
			exit, err := r.within(ctx, c)
			if stage == "alone" && (err != nil || exitCode(exit) != 0) {
				t.Error(err)
			}
			if len(exit.Notes) != 1 || !strings.Contains(exit.Notes[0], "standard output: ") || !strings.Contains(exit.Notes[0], "holds it open") {
				t.Errorf("notes %q", exit.Notes)
			}
			if !strings.HasPrefix(r.stdout.String(), "left ") {
				t.Errorf("output %q", r.stdout.String())
			}
			r.killDaemon()
		})
	}
}

// killDaemon ends what only a cgroup would have ended.
func (r *room) killDaemon() {
	r.t.Helper()
	pids := r.processes()
	if len(pids) != 1 {
		r.t.Errorf("%d processes are left, want the daemon", len(pids))
	}
	for _, pid := range pids {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// TestBabblingDaemon: nor does one that goes on writing.
func TestBabblingDaemon(t *testing.T) {
	r := newRoom(t)
	exit, err := r.run(helper(t, "babble"))
	if err != nil || len(exit.Notes) != 1 || !strings.Contains(r.stdout.String(), "still here\n") {
		t.Errorf("%v, notes %q, %d bytes", err, exit.Notes, len(r.stdout.String()))
	}
	r.eventually("the daemon's end by SIGPIPE", func() bool { return len(r.processes()) == 0 })
}

func TestOutputBeforeTheExitIsNotMissed(t *testing.T) {
	for range 50 {
		var out bytes.Buffer
		action := sh("printf %060000d 1; exit 1")
		_, err := process.Run(t.Context(), process.Command{Action: action, Stdout: &out})
		if code(t, err) != task.CodeTaskFailed || out.Len() != 60_000 {
			t.Fatalf("%v, %d bytes", err, out.Len())
		}
	}
}

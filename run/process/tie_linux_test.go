package process_test

import (
	"context"
	"os"
	"strconv"
	"strings"
	"testing"
)

// exits waits until the program that wrote its id as the first line is a zombie: it has exited, whether or not anybody looked.
func (r *room) exits(line []byte) {
	pid, err := strconv.Atoi(strings.TrimSpace(string(line)))
	if err != nil {
		r.t.Error(err)
		return
	}
	r.eventually("a zombie", func() bool {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		return err != nil || strings.Contains(string(stat), ") Z ")
	})
}

// TestExitWinsATie: what has exited before ctx ended is not canceled, even if Run learns of both at the same time.
func TestExitWinsATie(t *testing.T) {
	for range 50 {
		r := newRoom(t)
		ctx, cancel := context.WithCancel(t.Context())
		c := r.command(sh("echo $$"))
		c.Stdout = writerFunc(func(p []byte) (int, error) {
			r.exits(p)
			cancel()
			return len(p), nil
		})
		if exit, err := r.within(ctx, c); err != nil || exitCode(exit) != 0 || len(exit.Notes) > 0 {
			t.Fatalf("%+v, %v", exit, err)
		}
	}
}

// TestCancelAfterTheExitWithStuckWriter: the outcome is the program's, though nobody takes its output.
func TestCancelAfterTheExitWithStuckWriter(t *testing.T) {
	r := newRoom(t)
	w := &stuck{begun: make(chan struct{}), letGo: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	c := r.command(sh("echo $$"))
	c.Stdout = writerFunc(func(p []byte) (int, error) {
		r.exits(p)
		cancel()
		return w.Write(p)
	})
	exit, err := r.within(ctx, c)
	if err != nil || exitCode(exit) != 0 {
		t.Errorf("%+v, %v", exit, err)
	}
	w.end(r, exit)
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

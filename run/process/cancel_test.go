//go:build unix

package process_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/run/process"
	"github.com/soltihq/soltiwasm/task"
)

var errReason = errors.New("the operator said so")

// canceledWhen runs a command and cancels it once its output has a text.
func (r *room) canceledWhen(text string, c process.Command) (process.Exit, error) {
	r.t.Helper()
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	go func() {
		r.waitFor(text)
		cancel(errReason)
	}()
	return r.within(ctx, c)
}

func TestCanceledBeforeTheStart(t *testing.T) {
	r := newRoom(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errReason)
	c := r.command(task.ProcessAction{Command: "sh", Script: []byte("echo ran")})
	exit, err := process.Run(ctx, c)
	if code(t, err) != task.CodeCanceled || !errors.Is(err, errReason) || exit.Code != nil || r.stdout.String() != "" {
		t.Errorf("%+v, %v, output %q", exit, err, r.stdout.String())
	}
}

func TestCanceledWhileItRuns(t *testing.T) {
	r := newRoom(t)
	exit, err := r.canceledWhen("ready", r.command(sh("sleep 300 & echo ready; wait")))
	want := "the process was ended with SIGTERM: the operator said so"
	if code(t, err) != task.CodeCanceled || err.Error() != want || !errors.Is(err, errReason) || exit.Signal != "SIGTERM" {
		t.Errorf("%+v, %v", exit, err)
	}
}

func TestTimeout(t *testing.T) {
	r := newRoom(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := r.within(ctx, r.command(sh("sleep 300"))); code(t, err) != task.CodeTaskTimeout || !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

func TestProgramCleansUpWithinTheGrace(t *testing.T) {
	r := newRoom(t)
	c := r.command(sh("trap 'echo cleaned; exit 5' TERM; echo ready; while :; do sleep 0.01; done"))
	c.Grace = watchdog
	exit, err := r.canceledWhen("ready", c)
	if code(t, err) != task.CodeCanceled || exitCode(exit) != 5 || r.stdout.String() != "ready\ncleaned\n" {
		t.Errorf("%+v, %v, output %q", exit, err, r.stdout.String())
	}
}

// TestChildCleansUpAfterItsParent: the grace belongs to the group, not to its leader, which here dies at once.
func TestChildCleansUpAfterItsParent(t *testing.T) {
	r := newRoom(t)
	child := `trap "sleep 0.3; echo cleaned; exit" TERM; echo ready; while :; do sleep 0.01; done`
	c := r.command(sh("sh -c '" + child + "'; echo not reached"))
	c.Grace = watchdog
	exit, err := r.canceledWhen("ready", c)
	if code(t, err) != task.CodeCanceled || exit.Signal != "SIGTERM" || r.stdout.String() != "ready\ncleaned\n" {
		t.Errorf("%+v, %v, output %q", exit, err, r.stdout.String())
	}
}

func TestProgramIgnoresSIGTERM(t *testing.T) {
	stubborn := sh("trap '' TERM; sh -c 'sleep 300' & echo ready; while :; do sleep 1; done")
	closed := make(chan struct{})
	close(closed)
	for _, test := range []struct {
		name  string
		grace time.Duration
		kill  chan struct{}
	}{
		{"after the grace", 50 * time.Millisecond, nil},
		{"no grace", -1, nil},
		{"grace cut short", time.Hour, closed},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t)
			c := r.command(stubborn)
			c.Grace, c.Kill = test.grace, test.kill
			exit, err := r.canceledWhen("ready", c)
			if code(t, err) != task.CodeCanceled || exit.Signal != "SIGKILL" || !strings.Contains(err.Error(), "ended with SIGKILL") {
				t.Errorf("%+v, %v", exit, err)
			}
		})
	}
}

// TestChildIgnoresSIGTERM: the leader is gone at once, and its child has to be killed.
func TestChildIgnoresSIGTERM(t *testing.T) {
	closed := make(chan struct{})
	close(closed)
	for _, kill := range []chan struct{}{nil, closed} {
		r := newRoom(t)
		c := r.command(sh(`sh -c 'trap "" TERM; echo ready; while :; do sleep 1; done'; echo not reached`))
		c.Grace, c.Kill = 300*time.Millisecond, kill
		if kill != nil {
			c.Grace = time.Hour
		}
		exit, err := r.canceledWhen("ready", c)
		if code(t, err) != task.CodeCanceled || !strings.Contains(err.Error(), "ended with SIGKILL") {
			t.Errorf("%+v, %v", exit, err)
		}
	}
}

// tree starts three generations, all of which ignore the hang-up, and one that is stopped.
const tree = `for i in 1 2 3; do sh -c 'for j in 1 2 3; do sh -c "sleep 300; :" & done; wait' & done; sleep 300 & kill -STOP $!; `

func TestTreeIsCanceled(t *testing.T) {
	r := newRoom(t)
	c := r.command(sh("trap '' HUP; " + tree + "echo ready; wait"))
	c.Grace = 100 * time.Millisecond // the stopped one takes no SIGTERM
	if _, err := r.canceledWhen("ready", c); code(t, err) != task.CodeCanceled {
		t.Error(err)
	}
	if left := r.processes(); len(left) > 0 {
		t.Errorf("%d processes are left", len(left))
	}
}

func TestTreeIsLeftBehind(t *testing.T) {
	r := newRoom(t)
	exit, err := r.run(sh("trap '' HUP TERM; " + tree + "exit 4"))
	if code(t, err) != task.CodeTaskFailed || exitCode(exit) != 4 || len(exit.Notes) > 0 {
		t.Errorf("%+v, %v", exit, err)
	}
	if left := r.processes(); len(left) > 0 {
		t.Errorf("%d processes are left", len(left))
	}
}

// TestCanceledAnyTime cancels at random moments from before the start to after the end, and nothing may be left behind.
func TestCanceledAnyTime(t *testing.T) {
	r := newRoom(t)
	const seed = 1
	random := rand.New(rand.NewPCG(seed, seed))
	seen := map[task.Code]int{}
	for range 150 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(random.IntN(12_000))*time.Microsecond)
		action := task.ProcessAction{Command: "sh", Script: []byte("sleep 300 & cat; echo x; exit 1"), Stdin: "text"}
		c := r.command(action)
		c.Grace = -1
		exit, err := r.within(ctx, c)
		cancel()
		seen[code(t, err)]++
		if code(t, err) == task.CodeTaskFailed && exitCode(exit) != 1 {
			t.Fatalf("%+v, %v", exit, err)
		}
	}
	t.Log(seen)
	if seen[task.CodeTaskTimeout] == 0 || seen[""] > 0 || len(seen) > 2 {
		t.Errorf("ends: %v", seen)
	}
}

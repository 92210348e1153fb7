package process_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/soltihq/soltiwasm/run/process"
	"github.com/soltihq/soltiwasm/task"
)

func init() {
	helpers["subreaper"] = subreaper
	helpers["careless"] = careless
}

// TestOtherGroupOfTheSession: a job of its own process group, as shells with job control make them, is ended too.
func TestOtherGroupOfTheSession(t *testing.T) {
	r := newRoom(t)
	if exit, err := r.run(helper(t, "group")); err != nil || len(exit.Notes) > 0 || !strings.HasPrefix(r.stdout.String(), "left ") {
		t.Errorf("%+v, %v, output %q", exit, err, r.stdout.String())
	}
	if left := r.processes(); len(left) > 0 {
		t.Errorf("%d processes are left", len(left))
	}
	r = newRoom(t)
	exit, err := r.canceledWhen("left", r.command(sh(fmt.Sprintf("sleep 300 & %q helper=group; wait", os.Args[0]))))
	if code(t, err) != task.CodeCanceled || exit.Signal != "SIGTERM" {
		t.Errorf("%+v, %v", exit, err)
	}
}

// TestOwnSession: a program leads a session and a group of its own, and has no terminal.
func TestOwnSession(t *testing.T) {
	r := newRoom(t)
	if _, err := r.run(sh(`set -- $(cat /proc/$$/stat); echo $(($1 == $5)) $(($1 == $6)) $7`)); err != nil || r.stdout.String() != "1 1 0\n" {
		t.Errorf("group, session and terminal: %q, %v", r.stdout.String(), err)
	}
}

// TestOrphansAreReaped: a host that gets orphans as children, as process 1 of a container does, doesn't keep them as zombies.
func TestOrphansAreReaped(t *testing.T) {
	out, err := exec.Command(os.Args[0], "helper=subreaper").CombinedOutput()
	if err != nil || string(out) != "no children\n" {
		t.Errorf("%v: %s", err, out)
	}
}

func subreaper([]string) {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		fmt.Println(err)
		return
	}
	action := task.ProcessAction{Command: "sh", Args: []string{"-c", "for i in 1 2 3 4 5; do sleep 300 & done; exit 0"}}
	if exit, err := process.Run(context.Background(), process.Command{Action: action}); err != nil || len(exit.Notes) > 0 {
		fmt.Println(exit, err)
	}
	if _, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); err == unix.ECHILD {
		fmt.Println("no children")
	} else {
		fmt.Println("there are children:", err)
	}
}

// TestUnknownEnd: a host that ignores SIGCHLD never learns an exit code, and an unknown one is no success.
func TestUnknownEnd(t *testing.T) {
	out, err := exec.Command(os.Args[0], "helper=careless").CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "how the process ended is not known: no child processes") {
		t.Errorf("%v: %s", err, out)
	}
}

func careless([]string) {
	signal.Ignore(unix.SIGCHLD)
	action := task.ProcessAction{Command: "sh", Args: []string{"-c", "exit 0"}, AllowNonZero: true}
	exit, err := process.Run(context.Background(), process.Command{Action: action})
	if exit.Code != nil || err == nil {
		fmt.Println("taken for a success")
		return
	}
	fmt.Println(err)
}

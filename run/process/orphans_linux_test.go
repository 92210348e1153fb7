package process_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/soltihq/soltiwasm/run/process"
	"github.com/soltihq/soltiwasm/task"
)

func init() { helpers["adopter"] = adopter }

// TestOrphans: daemons with sessions of their own are ended by a host that adopts them, but not as long as another
// program runs whose they might be. The host is a process of its own, since it stays the parent of orphans.
func TestOrphans(t *testing.T) {
	out, err := exec.Command(os.Args[0], "helper=adopter").CombinedOutput()
	if err != nil || string(out) != "zombies: 0\none: dead\nbesides another: alive\nafter the other: dead\nno children\n" {
		t.Errorf("%v: %s", err, out)
	}
}

func adopter([]string) {
	orphans, err := process.AdoptOrphans()
	if err != nil {
		fmt.Println(err)
		return
	}
	daemon := func() (state func() string) {
		var out strings.Builder
		// Twice over, as daemons begin: what leads the new session has exited too.
		script := `setsid sh -c 'sleep 300 >/dev/null 2>&1 & echo $!'`
		action := task.ProcessAction{Command: "sh", Args: []string{"-c", script}, Env: map[string]string{"PATH": os.Getenv("PATH")}}
		if exit, err := process.Run(context.Background(), process.Command{Action: action, Stdout: &out, Orphans: orphans}); err != nil || len(exit.Notes) > 0 {
			fmt.Println(exit, err)
		}
		return func() string {
			var pid int
			if _, err := fmt.Sscan(out.String(), &pid); err != nil {
				return err.Error()
			}
			if errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
				return "dead"
			}
			return "alive"
		}
	}
	// The orphans of a program that goes on are reaped meanwhile.
	script := `for i in 1 2 3 4 5; do (sleep 0.01 &); done; sleep 3; ps --ppid $PPID -o state= | grep -c Z`
	action := task.ProcessAction{Command: "sh", Args: []string{"-c", script}, AllowNonZero: true}
	fmt.Print("zombies: ")
	if _, err := process.Run(context.Background(), process.Command{Action: action, Stdout: os.Stdout, Orphans: orphans}); err != nil {
		fmt.Println(err)
	}
	fmt.Println("one:", daemon()())

	ctx, cancel := context.WithCancel(context.Background())
	begun := make(chan struct{})
	var other sync.WaitGroup
	other.Go(func() {
		action := task.ProcessAction{Command: "sh", Args: []string{"-c", "echo begun; exec sleep 300"}}
		_, _ = process.Run(ctx, process.Command{Action: action, Stdout: signalWriter(begun), Orphans: orphans})
	})
	<-begun
	state := daemon()
	fmt.Println("besides another:", state())
	cancel()
	other.Wait()
	fmt.Println("after the other:", state())
	if _, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); err == unix.ECHILD {
		fmt.Println("no children")
	}
}

// signalWriter is closed by what is written first.
type signalWriter chan struct{}

func (w signalWriter) Write(p []byte) (int, error) {
	close(w)
	return len(p), nil
}

// TestOrphansHammer starts and ends programs with daemons side by side.
func TestOrphansHammer(t *testing.T) {
	out, err := exec.Command(os.Args[0], "helper=adopters").CombinedOutput()
	if err != nil || string(out) != "no children\n" {
		t.Errorf("%v: %s", err, out)
	}
}

func init() { helpers["adopters"] = adopters }

func adopters([]string) {
	orphans, err := process.AdoptOrphans()
	if err != nil {
		fmt.Println(err)
		return
	}
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for range 10 {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(5*i+1)*time.Millisecond)
				action := task.ProcessAction{Command: "sh", Args: []string{"-c", "setsid sleep 300 >/dev/null 2>&1 & wait"}}
				exit, err := process.Run(ctx, process.Command{Action: action, Orphans: orphans})
				cancel()
				if err == nil || len(exit.Notes) > 0 {
					fmt.Println(exit, err)
				}
			}
		})
	}
	all.Wait()
	if _, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); err == unix.ECHILD {
		fmt.Println("no children")
	}
}

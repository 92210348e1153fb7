//go:build unix

package process

import (
	"context"
	"fmt"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// leader is a started program: the leader of its session and process group, both of which have its id. How its family
// is found and its exit awaited differs from system to system.
type leader struct {
	pid    int
	cgroup *cgroup // nil is none
	reaped bool    // status is known, and the id may be anybody's
	status syscall.WaitStatus
	lost   error // why there is no status
}

// wait returns once the program has exited. At the end of ctx it makes the family end, and returns the last signal it sent
// for that; 0 says that the program exited by itself.
func (l *leader) wait(ctx context.Context, grace time.Duration, kill <-chan struct{}) syscall.Signal {
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		l.awaitExit()
	}()
	select {
	case <-exited:
		return 0
	case <-ctx.Done():
	}
	if l.hasExited(exited) { // it wins a tie
		return 0
	}
	if grace > 0 {
		l.signal(unix.SIGTERM)
		if l.gone(exited, grace, kill) {
			return unix.SIGTERM
		}
	}
	l.signal(unix.SIGKILL)
	<-exited
	return unix.SIGKILL
}

// gone waits until the family has ended, its leader first, and says whether it did so within the grace.
func (l *leader) gone(exited <-chan struct{}, grace time.Duration, kill <-chan struct{}) bool {
	over := time.NewTimer(grace)
	defer over.Stop()
	select {
	case <-exited:
	case <-over.C:
		return false
	case <-kill:
		return false
	}
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for l.living() {
		select {
		case <-look.C:
		case <-over.C:
			return false
		case <-kill:
			return false
		}
	}
	return true
}

// clear kills what the program left behind and waits until it is dead.
func (l *leader) clear() error {
	start := time.Now()
	_ = unix.Kill(-l.pid, unix.SIGKILL) // all of a group at once: it can't fork its way out
	for pause := time.Millisecond; l.living(); pause = min(2*pause, 50*time.Millisecond) {
		if time.Since(start) > drain {
			return fmt.Errorf("processes that the program left behind are not dead %v after SIGKILL", drain)
		}
		l.signal(unix.SIGKILL)
		time.Sleep(pause)
	}
	return nil
}

// reap takes the program's status, and with it the end of those of its group that are our children: they are if
// we are process 1 of a container, or a subreaper.
func (l *leader) reap() {
	if !l.reaped {
		l.status, l.lost = wait4(l.pid, 0)
		l.reaped = true
	}
	for {
		if pid, err := syscall.Wait4(-l.pid, nil, unix.WNOHANG, nil); err != nil || pid <= 0 {
			return
		}
	}
}

// wait4 waits for a child's change of state. It fails where somebody else takes it: SIGCHLD is ignored, or a library of this
// program waits for any child.
func wait4(pid, options int) (status syscall.WaitStatus, err error) {
	for {
		if _, err = syscall.Wait4(pid, &status, options, nil); err != syscall.EINTR {
			return status, err
		}
	}
}

func signalName(s syscall.Signal) string {
	if name := unix.SignalName(s); name != "" {
		return name
	}
	return strconv.Itoa(int(s))
}

//go:build unix && !linux

package process

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// awaitExit returns when the program has exited, and takes its status.
func (l *leader) awaitExit() {
	l.status, l.lost = wait4(l.pid, 0)
	l.reaped = true
}

// hasExited says whether awaitExit has returned.
func (l *leader) hasExited(exited <-chan struct{}) bool {
	select {
	case <-exited:
		return true
	default:
		return false
	}
}

// signal sends a signal to the process group. Once the leader is reaped and the group empty its id could in theory be
// another's; systems hand out the most recently freed ids last.
func (l *leader) signal(s syscall.Signal) { _ = unix.Kill(-l.pid, s) }

// living says whether anybody of the group is left.
func (l *leader) living() bool { return unix.Kill(-l.pid, 0) == nil }

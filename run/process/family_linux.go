package process

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// awaitExit returns when the program has exited, and leaves it a zombie: while it is one its id, which is also that of
// the group and the session, can't become anybody else's.
func (l *leader) awaitExit() {
	for unix.Waitid(unix.P_PID, l.pid, nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
	}
}

// hasExited asks the kernel, since awaitExit may not have been woken yet.
func (l *leader) hasExited(<-chan struct{}) bool {
	var info unix.Siginfo
	err := unix.Waitid(unix.P_PID, l.pid, &info, unix.WEXITED|unix.WNOWAIT|unix.WNOHANG, nil)
	return err == nil && info.Signo == int32(unix.SIGCHLD)
}

// signal sends a signal to the whole family. SIGKILL reaches all of a cgroup, any other the session.
func (l *leader) signal(s syscall.Signal) {
	if s == unix.SIGKILL && l.cgroup != nil {
		l.cgroup.kill()
		return
	}
	_ = unix.Kill(-l.pid, s) // it fails only if nobody is left
	for _, pid := range l.session() {
		if pgid, err := unix.Getpgid(pid); err == nil && pgid != l.pid {
			signalMember(pid, l.pid, s)
		}
	}
}

// signalMember signals a process of a session. The pidfd holds the process, so that a reuse of its id between the two looks can't
// make it another's.
func signalMember(pid, session int, s syscall.Signal) {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	if sid, err := unix.Getsid(pid); err == nil && sid == session {
		_ = unix.PidfdSendSignal(fd, s, nil, 0)
	}
}

// living says whether anybody of the family lives besides its leader. The dead that nobody has waited for don't count.
func (l *leader) living() bool {
	if l.cgroup != nil {
		return l.cgroup.living()
	}
	return slices.ContainsFunc(l.session(), func(pid int) bool { return !dead(pid) })
}

// session lists the processes of the session but the leader. It asks the kernel for the session of
// every process of the machine, about a microsecond each, since nothing lists a session's members.
func (l *leader) session() (members []int) {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil // without /proc there is only the group
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	for _, name := range names {
		if name[0] < '1' || name[0] > '9' {
			continue
		}
		pid, err := strconv.Atoi(name)
		if err != nil || pid == l.pid {
			continue
		}
		if sid, err := unix.Getsid(pid); err == nil && sid == l.pid {
			members = append(members, pid)
		}
	}
	return members
}

// dead says whether a process is gone or only waits to be reaped.
func dead(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return true
	}
	_, state, _ := bytes.Cut(stat[bytes.LastIndexByte(stat, ')')+1:], []byte(" ")) // the name before may hold anything
	return len(state) > 0 && (state[0] == 'Z' || state[0] == 'X')
}

package process

import (
	"errors"
	"fmt"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// rlimit is one limit of [Limits] that each process has for itself.
type rlimit struct {
	name     string
	resource int
	value    uint64
}

func (l Limits) rlimits() (list []rlimit) {
	add := func(name string, resource int, value *int64) {
		if value != nil {
			list = append(list, rlimit{name, resource, uint64(*value)})
		}
	}
	add("openFiles", unix.RLIMIT_NOFILE, l.OpenFiles)
	add("fileSize", unix.RLIMIT_FSIZE, l.FileSize)
	add("core", unix.RLIMIT_CORE, l.Core)
	return list
}

// startLimited starts a program so that it stops before its first instruction, as a traced program does after exec, sets its limits and
// lets it go. Go has no hook between fork and exec; limits set on a running child come too late for what it has forked by
// then, and limits of our own, inherited, would hold for the whole host in the meantime.
func startLimited(path string, argv []string, attr *syscall.ProcAttr, limits []rlimit) (int, error) {
	runtime.LockOSThread() // the thread that starts a traced program is its tracer
	defer runtime.UnlockOSThread()
	attr.Sys.Ptrace = true
	pid, _, err := syscall.StartProcess(path, argv, attr)
	if errors.Is(err, unix.EPERM) {
		return 0, &LimitError{Limit: limits[0].name, Reason: "the program can't be started under ptrace: " + err.Error() +
			"; look at kernel.yama.ptrace_scope, which has to be below 2, and at the container's seccomp profile"}
	}
	if err != nil {
		return 0, err
	}
	if err := confine(pid, limits); err != nil {
		_ = unix.Kill(pid, unix.SIGKILL)
		for {
			if status, waitErr := wait4(pid, unix.WALL); waitErr != nil || !status.Stopped() {
				return 0, err
			}
		}
	}
	return pid, nil
}

// confine waits for the stop after exec, sets the limits and detaches.
func confine(pid int, limits []rlimit) error {
	for {
		status, err := wait4(pid, unix.WALL)
		if err != nil || !status.Stopped() {
			return errors.Join(errors.New("it ended before it could be given its limits"), err)
		}
		if status.StopSignal() == unix.SIGTRAP {
			break
		}
		if err := unix.PtraceCont(pid, int(status.StopSignal())); err != nil { // somebody else's signal
			return fmt.Errorf("going on under ptrace: %w", err)
		}
	}
	for _, l := range limits {
		if err := setLimit(pid, l); err != nil {
			return err
		}
	}
	if err := unix.PtraceDetach(pid); err != nil {
		return fmt.Errorf("detaching from the program: %w", err)
	}
	return nil
}

// setLimit sets the soft and the hard limit, which is never raised.
func setLimit(pid int, l rlimit) error {
	var old unix.Rlimit
	err := unix.Prlimit(pid, l.resource, nil, &old)
	if err == nil {
		value := min(l.value, old.Max)
		err = unix.Prlimit(pid, l.resource, &unix.Rlimit{Cur: value, Max: value}, nil)
	}
	if err != nil {
		return &LimitError{Limit: l.name, Reason: "prlimit: " + err.Error()}
	}
	return nil
}

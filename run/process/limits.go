package process

import "fmt"

// Limits bound one program with its descendants. A nil field is no limit. The names in errors are those of the sidecar.
//
// The first three are rlimits: they hold for each process alone, are set as soft and hard limit, are in force before
// the program's first instruction, and never raise a hard limit that the host has itself. For that the program is
// started under ptrace and released at once, which has two costs: a set-user-ID program gains nothing unless the host has
// CAP_SYS_PTRACE, and where ptrace is forbidden (kernel.yama.ptrace_scope from 2 on, some seccomp profiles)
// the start fails. The other three hold for all processes together, by a cgroup v2.
type Limits struct {
	OpenFiles *int64   // file descriptors; at least 1
	FileSize  *int64   // bytes that a file may be written to; beyond, the writer gets SIGXFSZ
	Core      *int64   // bytes of a core file; a handler that core_pattern names may do as it likes
	CPU       *float64 // processors' time, such as 0.5; at least 0.01
	Memory    *int64   // bytes, without swap; beyond, the kernel kills all of the program's processes
	Pids      *int64   // processes and threads, at least 1; beyond, fork fails
}

// LimitError says that a limit can't be held, so that nothing was started.
type LimitError struct {
	Limit  string // its name in a sidecar, such as "memory"
	Reason string // what is in the way, for people
}

// Error names the limit and what is in the way.
func (e *LimitError) Error() string {
	return fmt.Sprintf("the process limit %s can't be held: %s", e.Limit, e.Reason)
}

// leastCPU is the kernel's least quota, 1 ms, in a period of 100 ms.
const leastCPU = 0.01

// check refuses values that no kernel could hold.
func (l Limits) check() error {
	for _, n := range []struct {
		name  string
		value *int64
		least int64
	}{{"openFiles", l.OpenFiles, 1}, {"fileSize", l.FileSize, 0}, {"core", l.Core, 0}, {"memory", l.Memory, 1}, {"pids", l.Pids, 1}} {
		if n.value != nil && *n.value < n.least {
			return &LimitError{Limit: n.name, Reason: fmt.Sprintf("it must be at least %d, and is %d", n.least, *n.value)}
		}
	}
	if l.CPU != nil && !(*l.CPU >= leastCPU && *l.CPU <= 1<<16) {
		return &LimitError{Limit: "cpu", Reason: fmt.Sprintf("it must be from %v to %d processors, and is %v", leastCPU, 1<<16, *l.CPU)}
	}
	return nil
}

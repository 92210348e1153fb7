//go:build unix && !linux

package process

import (
	"errors"
	"runtime"
	"syscall"
)

// rlimit and cgroup are Linux's.
type (
	rlimit struct{}
	cgroup struct{}
)

// FindCgroup fails: cgroups are Linux's.
func FindCgroup(l Limits) (string, error) { return "", errors.ErrUnsupported }

// openCgroup refuses every limit.
func openCgroup(parent string, l Limits) (*cgroup, error) {
	for _, limit := range []struct {
		name  string
		asked bool
	}{{"openFiles", l.OpenFiles != nil}, {"fileSize", l.FileSize != nil}, {"core", l.Core != nil},
		{"cpu", l.CPU != nil}, {"memory", l.Memory != nil}, {"pids", l.Pids != nil}} {
		if limit.asked {
			return nil, &LimitError{Limit: limit.name, Reason: "limits of processes are kept on Linux only, and this is " + runtime.GOOS}
		}
	}
	if parent != "" {
		return nil, errors.New("a cgroup was given, and there are none on " + runtime.GOOS)
	}
	return nil, nil
}

func (l Limits) rlimits() []rlimit { return nil }

func startLimited(string, []string, *syscall.ProcAttr, []rlimit) (int, error) {
	return 0, errors.ErrUnsupported
}

func (*cgroup) join(*syscall.SysProcAttr) {}
func (*cgroup) remove() error             { return nil }
func (*cgroup) met(Limits) []string       { return nil }

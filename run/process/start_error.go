//go:build unix

package process

import (
	"errors"

	"golang.org/x/sys/unix"
)

// startError says in words what the kernel didn't like about a program.
func startError(err error, p program, argv []string, group *cgroup) error {
	if limit, ok := errors.AsType[*LimitError](err); ok {
		return spawnFailed(err, "%v", limit)
	}
	hint := ""
	switch {
	case errors.Is(err, unix.ENOENT):
		hint = ": the file is there, so the interpreter of its #! line, or its loader, is not"
	case errors.Is(err, unix.ENOEXEC):
		hint = ": it is neither a program of this system nor a script with a #! line"
	case group != nil && (errors.Is(err, unix.EACCES) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EOPNOTSUPP)):
		hint = ": perhaps it can't be put into its cgroup, for which this user has to own the directories up to the one that also holds the host"
	case errors.Is(err, unix.EACCES):
		hint = ": its file system or the interpreter of its #! line forbids it"
	case errors.Is(err, unix.EINVAL):
		hint = ": most likely an argument or a variable holds a NUL byte"
	case errors.Is(err, unix.ETXTBSY):
		hint = ": somebody has it open for writing"
	case errors.Is(err, unix.E2BIG):
		hint = ": its arguments and environment are larger than this system allows"
	case errors.Is(err, unix.EAGAIN):
		hint = ": this user or this system has too many processes"
	}
	return spawnFailed(err, "the program %s (%s) can't be started: %v%s", shown(argv[0]), shown(p.path), err, hint)
}

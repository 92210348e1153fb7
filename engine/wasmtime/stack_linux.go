package wasmtime

import "syscall"

// threadStack is the size of the stacks of the threads that the Go runtime starts in a program with cgo: the GNU C library's
// default, which is the limit that the process began with, and 2 MiB where that is unlimited.
func threadStack() int {
	const (
		unlimited = 2 << 20
		most      = 1 << 30
	)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_STACK, &limit); err != nil || limit.Cur > most {
		return unlimited
	}
	return int(limit.Cur)
}

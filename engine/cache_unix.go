//go:build unix

package engine

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// notPrivate says what makes a directory unfit as this user's own, and what to do about it; nothing if it is fit.
func notPrivate(info fs.FileInfo) (problem, remedy string) {
	if stat, ok := info.Sys().(*syscall.Stat_t); !ok || int(stat.Uid) != os.Geteuid() {
		return "belongs to another user", "name a directory of your own"
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Sprintf("is open to others (mode %04o)", mode), "make it private with chmod 700, or name another directory"
	}
	return "", ""
}

// openNonblock keeps the opening of a FIFO from waiting for a writer.
const openNonblock = syscall.O_NONBLOCK

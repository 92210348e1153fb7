package wasi

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"github.com/soltihq/soltiwasm/hostfuncs"
)

// errnoOf is an error of the host's file system as the guest is told it: nil, or a [hostfuncs.Errno].
func errnoOf(err error) error {
	if err == nil {
		return nil
	}
	if code, ok := errors.AsType[syscall.Errno](err); ok {
		if told := tell(code); told != 0 {
			return told
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return hostfuncs.ENOENT
	case errors.Is(err, fs.ErrExist):
		return hostfuncs.EEXIST
	case errors.Is(err, fs.ErrPermission):
		return hostfuncs.EACCES
	case errors.Is(err, fs.ErrInvalid):
		return hostfuncs.EINVAL
	case escapes(err):
		return hostfuncs.ENOTCAPABLE
	}
	return hostfuncs.EIO
}

// escapes says whether err is of a path that leads out of its os.Root. That error is not exported, but it is the only
// one of a path that comes from no system call.
func escapes(err error) bool {
	if _, system := errors.AsType[syscall.Errno](err); system {
		return false
	}
	if _, is := errors.AsType[*fs.PathError](err); is {
		return true
	}
	_, is := errors.AsType[*os.LinkError](err)
	return is
}

// tell is WASI's number of a system's error, 0 for one that has none here.
func tell(code syscall.Errno) hostfuncs.Errno {
	switch code {
	case syscall.EACCES:
		return hostfuncs.EACCES
	case syscall.EAGAIN:
		return hostfuncs.EAGAIN
	case syscall.EBADF:
		return hostfuncs.EBADF
	case syscall.EBUSY:
		return hostfuncs.EBUSY
	case syscall.EDQUOT:
		return hostfuncs.EDQUOT
	case syscall.EEXIST:
		return hostfuncs.EEXIST
	case syscall.EFBIG:
		return hostfuncs.EFBIG
	case syscall.EINVAL:
		return hostfuncs.EINVAL
	case syscall.EISDIR:
		return hostfuncs.EISDIR
	case syscall.ELOOP:
		return hostfuncs.ELOOP
	case syscall.EMFILE:
		return hostfuncs.EMFILE
	case syscall.ENAMETOOLONG:
		return hostfuncs.ENAMETOOLONG
	case syscall.ENFILE:
		return hostfuncs.ENFILE
	case syscall.ENOENT:
		return hostfuncs.ENOENT
	case syscall.ENOSPC:
		return hostfuncs.ENOSPC
	case syscall.ENOTDIR:
		return hostfuncs.ENOTDIR
	case syscall.ENOTEMPTY:
		return hostfuncs.ENOTEMPTY
	case syscall.ENOTSUP:
		return hostfuncs.ENOTSUP
	case syscall.EPERM:
		return hostfuncs.EPERM
	case syscall.EROFS:
		return hostfuncs.EROFS
	case syscall.ETXTBSY:
		return hostfuncs.ETXTBSY
	case syscall.EXDEV:
		return hostfuncs.EXDEV
	}
	return 0
}

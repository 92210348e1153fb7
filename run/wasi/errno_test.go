package wasi_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"testing"

	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/run/wasi"
)

func TestErrnoOf(t *testing.T) {
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	_, outside := root.Stat("../x")
	for _, test := range []struct {
		err  error
		want error
	}{
		{nil, nil},
		{outside, hostfuncs.ENOTCAPABLE},
		{root.Rename("../x", "../y"), hostfuncs.ENOTCAPABLE},
		{root.Mkdir("/x", 0o777), hostfuncs.ENOTCAPABLE},
		{fs.ErrNotExist, hostfuncs.ENOENT},
		{fs.ErrExist, hostfuncs.EEXIST},
		{fs.ErrPermission, hostfuncs.EACCES},
		{fs.ErrInvalid, hostfuncs.EINVAL},
		{errors.New("anything else"), hostfuncs.EIO},
		{&fs.PathError{Err: syscall.EIO}, hostfuncs.EIO},
		{&fs.PathError{Err: syscall.ENOTEMPTY}, hostfuncs.ENOTEMPTY},
		{&os.LinkError{Err: syscall.EXDEV}, hostfuncs.EXDEV},
		{fmt.Errorf("wrapped: %w", &fs.PathError{Err: syscall.ENOSPC}), hostfuncs.ENOSPC},
		{syscall.EACCES, hostfuncs.EACCES},
		{syscall.EAGAIN, hostfuncs.EAGAIN},
		{syscall.EBADF, hostfuncs.EBADF},
		{syscall.EBUSY, hostfuncs.EBUSY},
		{syscall.EDQUOT, hostfuncs.EDQUOT},
		{syscall.EEXIST, hostfuncs.EEXIST},
		{syscall.EFBIG, hostfuncs.EFBIG},
		{syscall.EINVAL, hostfuncs.EINVAL},
		{syscall.EISDIR, hostfuncs.EISDIR},
		{syscall.ELOOP, hostfuncs.ELOOP},
		{syscall.EMFILE, hostfuncs.EMFILE},
		{syscall.ENAMETOOLONG, hostfuncs.ENAMETOOLONG},
		{syscall.ENFILE, hostfuncs.ENFILE},
		{syscall.ENOENT, hostfuncs.ENOENT},
		{syscall.ENOTDIR, hostfuncs.ENOTDIR},
		{syscall.ENOTSUP, hostfuncs.ENOTSUP},
		{syscall.EPERM, hostfuncs.EPERM},
		{syscall.EROFS, hostfuncs.EROFS},
		{syscall.ETXTBSY, hostfuncs.ETXTBSY},
	} {
		if got := wasi.ErrnoOf(test.err); got != test.want {
			t.Errorf("%v is told as %v, want %v", test.err, got, test.want)
		}
	}
}

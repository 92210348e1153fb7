package wasi

import (
	"errors"
	"io/fs"
	"os"

	"github.com/soltihq/soltiwasm/hostfuncs"
)

// directory is one that a guest has open. No path leads out of its root.
type directory struct {
	root     *os.Root
	guest    string // what a mount is called; empty for a directory that the guest opened
	readOnly bool
	listing  *listing // where fd_readdir is; nil before the first
}

func (d *directory) close() error {
	var err error
	if d.listing != nil {
		err = d.listing.file.Close()
	}
	return errors.Join(err, d.root.Close())
}

// sync flushes the directory's entries.
func (d *directory) sync() error {
	f, err := d.root.Open(".")
	if err != nil {
		return errnoOf(err)
	}
	defer f.Close()
	return errnoOf(f.Sync())
}

// stat looks at a path. With follow, a symbolic link at its end is followed.
func (d *directory) stat(name string, follow bool) (fs.FileInfo, error) {
	if follow {
		return d.root.Stat(name)
	}
	return d.root.Lstat(name)
}

// opening is how a path is to be opened.
type opening struct {
	follow, create, directory, exclusive, truncate bool
	read, write                                    bool
	flags                                          uint16
}

// open opens a regular file or a directory. The error is an Errno.
func (d *directory) open(name string, how opening) (*descriptor, error) {
	if d.readOnly && (how.write || how.create || how.truncate) {
		return nil, hostfuncs.EROFS
	}
	info, err := d.stat(name, how.follow)
	switch {
	case errors.Is(err, fs.ErrNotExist) && how.create && !how.directory:
		return d.openFile(name, how)
	case err != nil:
		return nil, errnoOf(err)
	case how.create && how.exclusive:
		return nil, hostfuncs.EEXIST
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, hostfuncs.ELOOP
	case !info.IsDir() && how.directory:
		return nil, hostfuncs.ENOTDIR
	case !info.IsDir():
		return d.openFile(name, how)
	case how.write || how.create || how.truncate:
		return nil, hostfuncs.EISDIR
	}
	// The dot has os.Root open what comes before as a directory. Without it a named pipe, put there in the meantime,
	// would be opened and waited for.
	root, err := d.root.OpenRoot(name + "/.")
	if err != nil {
		return nil, errnoOf(err)
	}
	return &descriptor{dir: &directory{root: root, readOnly: d.readOnly}}, nil
}

func (d *directory) openFile(name string, how opening) (*descriptor, error) {
	file, err := openRegular(d.root, name, how.flag(), 0o666)
	if _, special := errors.AsType[*kindError](err); special {
		return nil, hostfuncs.EACCES
	}
	if err != nil {
		return nil, errnoOf(err)
	}
	return &descriptor{file: file, read: how.read, write: how.write, flags: how.flags}, nil
}

// flag is that of os.OpenFile.
func (o opening) flag() int {
	flag := os.O_RDONLY
	switch {
	case o.read && o.write:
		flag = os.O_RDWR
	case o.write:
		flag = os.O_WRONLY
	}
	for _, f := range []struct {
		set  bool
		flag int
	}{
		{o.create, os.O_CREATE},
		{o.exclusive, os.O_EXCL},
		{o.truncate, os.O_TRUNC},
		{o.flags&flagAppend != 0, os.O_APPEND},
		{o.flags&(flagDsync|flagRsync|flagSync) != 0, os.O_SYNC},
	} {
		if f.set {
			flag |= f.flag
		}
	}
	return flag
}

// mounted returns the mount that argument 0 stands for.
func (g *guest) mounted(f *hostfuncs.Frame) (*directory, error) {
	d, err := g.files.get(f.U32(0))
	switch {
	case err != nil:
		return nil, err
	case d.dir == nil || d.dir.guest == "":
		return nil, hostfuncs.EBADF // which ends a library's search for mounts
	}
	return d.dir, nil
}

// fdPrestatGet is (fd, result): a tag, which is 0 for a directory, and the length of its name.
func (g *guest) fdPrestatGet(f *hostfuncs.Frame) error {
	d, err := g.mounted(f)
	if err != nil {
		return err
	}
	return f.PutU64(f.U32(1), uint64(len(d.guest))<<32)
}

// fdPrestatDirName is (fd, buf, len).
func (g *guest) fdPrestatDirName(f *hostfuncs.Frame) error {
	d, err := g.mounted(f)
	if err != nil {
		return err
	}
	if uint64(f.U32(2)) < uint64(len(d.guest)) {
		return hostfuncs.ENAMETOOLONG
	}
	b, err := f.View(f.U32(1), uint32(len(d.guest)))
	if err != nil {
		return err
	}
	copy(b, d.guest)
	return nil
}

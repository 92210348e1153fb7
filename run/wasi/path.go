package wasi

import (
	"github.com/soltihq/soltiwasm/hostfuncs"
)

// maxPath bounds a path, in bytes, as systems do.
const maxPath = 4 << 10

// text copies a path that the guest gave as arguments n and n+1.
func text(f *hostfuncs.Frame, n int) (string, error) {
	size := f.U32(n + 1)
	switch {
	case size == 0:
		return "", hostfuncs.ENOENT
	case size > maxPath:
		return "", hostfuncs.ENAMETOOLONG
	}
	b, err := f.View(f.U32(n), size)
	if err != nil {
		return "", err
	}
	// A path of single letters has the system look at half as many directories as it has bytes.
	return string(b), f.Spend(pathUnits + 1<<8*len(b))
}

// path returns the directory that argument fd stands for, and the path below it in arguments n and n+1.
func (g *guest) path(f *hostfuncs.Frame, fd, n int) (*directory, string, error) {
	d, err := g.files.get(f.U32(fd))
	switch {
	case err != nil:
		return nil, "", err
	case d.dir == nil:
		return nil, "", hostfuncs.ENOTDIR
	}
	name, err := text(f, n)
	return d.dir, name, err
}

// changing is path for what changes the directory.
func (g *guest) changing(f *hostfuncs.Frame, fd, n int) (*directory, string, error) {
	d, name, err := g.path(f, fd, n)
	if err == nil && d.readOnly {
		err = hostfuncs.EROFS
	}
	return d, name, err
}

// follows says whether lookup flags have a link at a path's end followed.
func follows(lookup uint32) bool { return lookup&1 != 0 }

// Flags of path_open.
const (
	openCreate = 1 << iota
	openDirectory
	openExclusive
	openTruncate
)

// pathOpen is (fd, lookup, path, len, flags, rights, inheriting, fdflags, result).
func (g *guest) pathOpen(f *hostfuncs.Frame) error {
	d, name, err := g.path(f, 0, 2)
	if err != nil {
		return err
	}
	if _, err := f.View(f.U32(8), 4); err != nil {
		return err
	}
	if !g.files.room() {
		return hostfuncs.EMFILE
	}
	flags, rights := f.U32(4), f.U64(5)
	opened, err := d.open(name, opening{
		follow:    follows(f.U32(1)),
		create:    flags&openCreate != 0,
		directory: flags&openDirectory != 0,
		exclusive: flags&openExclusive != 0,
		truncate:  flags&openTruncate != 0,
		read:      rights&rightRead != 0,
		write:     rights&rightWrite != 0,
		flags:     uint16(f.U32(7) & flagsAll),
	})
	if err != nil {
		return err
	}
	return f.PutU32(f.U32(8), g.files.add(opened))
}

// pathCreateDirectory is (fd, path, len).
func (g *guest) pathCreateDirectory(f *hostfuncs.Frame) error {
	d, name, err := g.changing(f, 0, 1)
	if err != nil {
		return err
	}
	return errnoOf(d.root.Mkdir(name, 0o777))
}

// pathRemoveDirectory is (fd, path, len).
func (g *guest) pathRemoveDirectory(f *hostfuncs.Frame) error { return g.remove(f, true) }

// pathUnlinkFile is (fd, path, len).
func (g *guest) pathUnlinkFile(f *hostfuncs.Frame) error { return g.remove(f, false) }

func (g *guest) remove(f *hostfuncs.Frame, dir bool) error {
	d, name, err := g.changing(f, 0, 1)
	if err != nil {
		return err
	}
	info, err := d.root.Lstat(name)
	switch {
	case err != nil:
		return errnoOf(err)
	case dir && !info.IsDir():
		return hostfuncs.ENOTDIR
	case !dir && info.IsDir():
		return hostfuncs.EISDIR
	}
	return errnoOf(d.root.Remove(name))
}

// pathRename is (fd, path, len, newFD, newPath, newLen). Both directories have to be the same open one.
func (g *guest) pathRename(f *hostfuncs.Frame) error {
	from, old, err := g.changing(f, 0, 1)
	if err != nil {
		return err
	}
	to, name, err := g.changing(f, 3, 4)
	switch {
	case err != nil:
		return err
	case from != to:
		return hostfuncs.EXDEV
	}
	return errnoOf(from.root.Rename(old, name))
}

// pathReadlink is (fd, path, len, buf, bufLen, used). What has no place is cut off.
func (g *guest) pathReadlink(f *hostfuncs.Frame) error {
	d, name, err := g.path(f, 0, 1)
	if err != nil {
		return err
	}
	target, err := d.root.Readlink(name)
	if err != nil {
		return errnoOf(err)
	}
	b, err := f.View(f.U32(3), uint32(min(uint64(len(target)), uint64(f.U32(4)))))
	if err != nil {
		return err
	}
	copy(b, target)
	return f.PutU32(f.U32(5), uint32(len(b)))
}

// pathSymlink is (target, targetLen, fd, path, len). The target has to be below the link's own directory, without any
// dots: then no link leads out, wherever it or its directory is moved to later.
func (g *guest) pathSymlink(f *hostfuncs.Frame) error {
	target, err := text(f, 0)
	if err != nil {
		return err
	}
	d, name, err := g.changing(f, 2, 3)
	switch {
	case err != nil:
		return err
	case leadsOut(target):
		return hostfuncs.ENOTCAPABLE
	}
	return errnoOf(d.root.Symlink(target, name))
}

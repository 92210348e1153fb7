package wasi

import (
	"errors"
	"io"
	"math"

	"github.com/soltihq/soltiwasm/hostfuncs"
)

// fileUnits is the work of an operation on an open file, and pathUnits that of one on a path, as Frame.Spend counts it.
const (
	fileUnits = 2 << 10
	pathUnits = 16 << 10
)

// fdRead is (fd, vectors, count, read).
func (g *guest) fdRead(f *hostfuncs.Frame) error {
	d, err := g.files.get(f.U32(0))
	if err != nil {
		return err
	}
	return f.Transfer(f.U32(1), f.U32(2), f.U32(3), d.readNext)
}

func (d *descriptor) readNext(p []byte) (int, error) {
	switch {
	case d.stream != nil:
		return d.stream.read(p)
	case d.dir != nil:
		return 0, hostfuncs.EISDIR
	case !d.read:
		return 0, hostfuncs.EBADF
	}
	return read(d.file.Read(p))
}

// read makes what a reader returned fit for Transfer, to which the end is no error.
func read(n int, err error) (int, error) {
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, errnoOf(err)
}

// fdWrite is (fd, vectors, count, written).
func (g *guest) fdWrite(f *hostfuncs.Frame) error {
	d, err := g.files.get(f.U32(0))
	if err != nil {
		return err
	}
	return f.Transfer(f.U32(1), f.U32(2), f.U32(3), d.writeNext)
}

func (d *descriptor) writeNext(p []byte) (int, error) {
	switch {
	case d.stream != nil:
		return d.stream.write(p)
	case !d.write: // nor is a directory
		return 0, hostfuncs.EBADF
	}
	n, err := d.file.Write(p)
	return n, errnoOf(err)
}

// at returns the file that argument 0 stands for, and argument n as an offset in it.
func (g *guest) at(f *hostfuncs.Frame, n int) (*descriptor, int64, error) {
	d, err := g.files.get(f.U32(0))
	offset := f.U64(n)
	switch {
	case err != nil:
		return nil, 0, err
	case d.stream != nil:
		return nil, 0, hostfuncs.ESPIPE
	case d.dir != nil:
		return nil, 0, hostfuncs.EISDIR
	case offset > math.MaxInt64:
		return nil, 0, hostfuncs.EINVAL
	}
	return d, int64(offset), f.Spend(fileUnits)
}

// fdPread is (fd, vectors, count, offset, read).
func (g *guest) fdPread(f *hostfuncs.Frame) error {
	d, offset, err := g.at(f, 3)
	switch {
	case err != nil:
		return err
	case !d.read:
		return hostfuncs.EBADF
	}
	return f.Transfer(f.U32(1), f.U32(2), f.U32(4), func(p []byte) (int, error) {
		n, err := read(d.file.ReadAt(p, offset))
		offset += int64(n)
		return n, err
	})
}

// fdPwrite is (fd, vectors, count, offset, written). A file that is only appended to has no offsets.
func (g *guest) fdPwrite(f *hostfuncs.Frame) error {
	d, offset, err := g.at(f, 3)
	switch {
	case err != nil:
		return err
	case !d.write:
		return hostfuncs.EBADF
	case d.flags&flagAppend != 0:
		return hostfuncs.ENOTSUP
	}
	return f.Transfer(f.U32(1), f.U32(2), f.U32(4), func(p []byte) (int, error) {
		n, err := d.file.WriteAt(p, offset)
		offset += int64(n)
		return n, errnoOf(err)
	})
}

// fdSeek is (fd, offset, whence, result); the offset is signed.
func (g *guest) fdSeek(f *hostfuncs.Frame) error {
	return g.seek(f, int64(f.U64(1)), f.U32(2), f.U32(3))
}

// fdTell is (fd, result).
func (g *guest) fdTell(f *hostfuncs.Frame) error { return g.seek(f, 0, io.SeekCurrent, f.U32(1)) }

// seek moves a file's position; WASI's numbers for whence are those of package io.
func (g *guest) seek(f *hostfuncs.Frame, offset int64, whence, result uint32) error {
	d, err := g.files.get(f.U32(0))
	switch {
	case err != nil:
		return err
	case d.stream != nil:
		return hostfuncs.ESPIPE
	case d.dir != nil:
		return hostfuncs.EISDIR
	case whence > io.SeekEnd:
		return hostfuncs.EINVAL
	}
	if err := f.Spend(fileUnits); err != nil {
		return err
	}
	at, err := d.file.Seek(offset, int(whence))
	if err != nil {
		return errnoOf(err)
	}
	return f.PutU64(result, uint64(at))
}

// fdFilestatSetSize is (fd, size).
func (g *guest) fdFilestatSetSize(f *hostfuncs.Frame) error {
	d, size, err := g.at(f, 1)
	switch {
	case err != nil:
		return err
	case !d.write:
		return hostfuncs.EBADF
	}
	return errnoOf(d.file.Truncate(size))
}

// fdSync is (fd), of fd_sync and of fd_datasync, which may do more than it has to.
func (g *guest) fdSync(f *hostfuncs.Frame) error {
	d, err := g.files.get(f.U32(0))
	if err != nil {
		return err
	}
	if err := f.Spend(fileUnits); err != nil {
		return err
	}
	switch {
	case d.stream != nil:
		return hostfuncs.EINVAL
	case d.dir != nil:
		return d.dir.sync()
	}
	return errnoOf(d.file.Sync())
}

package wasi

import (
	"encoding/binary"
	"io"
	"io/fs"
	"os"

	"github.com/soltihq/soltiwasm/hostfuncs"
)

// descriptor is what a guest has open under a number. Exactly one of stream, file and dir is there.
type descriptor struct {
	stream *stream
	file   *os.File // a regular one
	dir    *directory

	read, write bool   // what a file is open for
	flags       uint16 // of WASI, as the guest set them
}

// Flags of a descriptor.
const (
	flagAppend   = 1 << 0
	flagDsync    = 1 << 1
	flagNonblock = 1 << 2
	flagRsync    = 1 << 3
	flagSync     = 1 << 4
	flagsAll     = 1<<5 - 1
)

// Rights are told and never asked for: what can be done follows from what a descriptor is, and how it was opened. But C
// libraries ask a directory for what may be opened below it.
const (
	rightRead    = 1 << 1
	rightWrite   = 1 << 6
	rightPoll    = 1 << 27
	rightsFile   = 1<<2 | 1<<5 | 1<<7 | 1<<21 | rightPoll // seek, tell, advise, filestat_get
	rightsChange = 1<<0 | 1<<3 | 1<<4 | 1<<22 | rightWrite
	rightsDir    = 0xfff<<9 | 1<<21 | 7<<24 // path_* and readdir
	rightsAll    = 1<<30 - 1
)

// Types of files.
const (
	typeUnknown = iota
	typeBlockDevice
	typeCharacterDevice
	typeDirectory
	typeRegular
	typeSocketDgram
	typeSocketStream
	typeSymlink
)

// typeOf is WASI's word for what a file is.
func typeOf(mode fs.FileMode) byte {
	switch mode.Type() {
	case 0:
		return typeRegular
	case fs.ModeDir:
		return typeDirectory
	case fs.ModeSymlink:
		return typeSymlink
	case fs.ModeDevice:
		return typeBlockDevice
	case fs.ModeDevice | fs.ModeCharDevice:
		return typeCharacterDevice
	case fs.ModeSocket:
		return typeSocketStream
	}
	return typeUnknown
}

// fdstat is the descriptor's type and rights.
func (d *descriptor) fdstat() (kind byte, rights, inheriting uint64) {
	switch {
	case d.dir != nil:
		return typeDirectory, rightsDir, rightsAll
	case d.file != nil:
		rights = rightsFile
		if d.read {
			rights |= rightRead
		}
		if d.write {
			rights |= rightsChange
		}
		return typeRegular, rights, 0
	case d.stream.input != nil:
		return typeCharacterDevice, rightRead | rightPoll, 0
	}
	return typeCharacterDevice, rightWrite | rightPoll, 0
}

// ready says whether the descriptor can be read from, or written to. Files and streams never wait.
func (d *descriptor) ready(write bool) (hostfuncs.Ready, error) {
	switch {
	case d.dir != nil:
		return hostfuncs.Ready{}, hostfuncs.EISDIR
	case d.stream != nil:
		return d.stream.ready(write)
	case write && !d.write, !write && !d.read:
		return hostfuncs.Ready{}, hostfuncs.EBADF
	case write:
		return hostfuncs.Ready{}, nil
	}
	at, err := d.file.Seek(0, io.SeekCurrent)
	if err != nil {
		return hostfuncs.Ready{}, errnoOf(err)
	}
	info, err := d.file.Stat()
	if err != nil {
		return hostfuncs.Ready{}, errnoOf(err)
	}
	return hostfuncs.Ready{Bytes: uint64(max(info.Size()-at, 0))}, nil
}

// close gives the host's descriptors back.
func (d *descriptor) close() error {
	switch {
	case d.file != nil:
		return errnoOf(d.file.Close())
	case d.dir != nil:
		return errnoOf(d.dir.close())
	}
	return nil
}

// fdFdstatGet is (fd, result).
func (g *guest) fdFdstatGet(f *hostfuncs.Frame) error {
	d, err := g.files.get(f.U32(0))
	if err != nil {
		return err
	}
	b, err := f.View(f.U32(1), 24)
	if err != nil {
		return err
	}
	kind, rights, inheriting := d.fdstat()
	clear(b)
	b[0] = kind
	binary.LittleEndian.PutUint16(b[2:], d.flags)
	binary.LittleEndian.PutUint64(b[8:], rights)
	binary.LittleEndian.PutUint64(b[16:], inheriting)
	return nil
}

// fdFdstatSetFlags is (fd, flags). Nothing ever waits, so not to wait is granted; the other flags are set by opening.
func (g *guest) fdFdstatSetFlags(f *hostfuncs.Frame) error {
	d, err := g.files.get(f.U32(0))
	if err != nil {
		return err
	}
	flags := f.U32(1)
	if (flags^uint32(d.flags))&^flagNonblock != 0 {
		return hostfuncs.ENOTSUP
	}
	d.flags = uint16(flags)
	return nil
}

// fdAdvise is (fd, offset, length, advice). It may be ignored.
func (g *guest) fdAdvise(f *hostfuncs.Frame) error {
	d, err := g.files.get(f.U32(0))
	switch {
	case err != nil:
		return err
	case d.file == nil:
		return hostfuncs.ESPIPE
	}
	return nil
}

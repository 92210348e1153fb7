package wasi

import (
	"encoding/binary"
	"io/fs"
	"math"
	"time"

	"github.com/soltihq/soltiwasm/hostfuncs"
)

// filestat is what WASI says of a file.
type filestat struct {
	kind byte
	size uint64
	details
}

// details are what only the system's own record has.
type details struct {
	device, inode, links   uint64
	access, modify, change time.Time
}

func statOf(info fs.FileInfo) filestat {
	return filestat{kind: typeOf(info.Mode()), size: uint64(max(info.Size(), 0)), details: detailsOf(info)}
}

// put writes the record at ptr.
func (s filestat) put(f *hostfuncs.Frame, ptr uint32) error {
	b, err := f.View(ptr, 64)
	if err != nil {
		return err
	}
	for n, v := range []uint64{
		s.device, s.inode, uint64(s.kind), s.links, s.size, nanoseconds(s.access), nanoseconds(s.modify), nanoseconds(s.change),
	} {
		binary.LittleEndian.PutUint64(b[8*n:], v)
	}
	return nil
}

// nanoseconds is a time as WASI counts it, from 1970 on; 0 for one before that, or centuries later.
func nanoseconds(t time.Time) uint64 {
	if s := t.Unix(); s < 0 || s >= math.MaxInt64/int64(time.Second) {
		return 0
	}
	return uint64(t.UnixNano())
}

// fdFilestatGet is (fd, result).
func (g *guest) fdFilestatGet(f *hostfuncs.Frame) error {
	d, err := g.files.get(f.U32(0))
	if err != nil {
		return err
	}
	if err := f.Spend(fileUnits); err != nil {
		return err
	}
	if d.stream != nil {
		return filestat{kind: typeCharacterDevice}.put(f, f.U32(1))
	}
	var info fs.FileInfo
	if d.dir != nil {
		info, err = d.dir.root.Stat(".")
	} else {
		info, err = d.file.Stat()
	}
	if err != nil {
		return errnoOf(err)
	}
	return statOf(info).put(f, f.U32(1))
}

// pathFilestatGet is (fd, lookup, path, len, result).
func (g *guest) pathFilestatGet(f *hostfuncs.Frame) error {
	d, name, err := g.path(f, 0, 2)
	if err != nil {
		return err
	}
	info, err := d.stat(name, follows(f.U32(1)))
	if err != nil {
		return errnoOf(err)
	}
	return statOf(info).put(f, f.U32(4))
}

// What path_filestat_set_times sets.
const (
	setAccess = 1 << iota
	setAccessNow
	setModify
	setModifyNow
)

// pathFilestatSetTimes is (fd, lookup, path, len, access, modify, what). Times of a link itself can't be set.
func (g *guest) pathFilestatSetTimes(f *hostfuncs.Frame) error {
	d, name, err := g.changing(f, 0, 2)
	if err != nil {
		return err
	}
	what := f.U32(6)
	access, err := g.timeToSet(what, f.U64(4), setAccess, setAccessNow)
	if err != nil {
		return err
	}
	modify, err := g.timeToSet(what, f.U64(5), setModify, setModifyNow)
	if err != nil {
		return err
	}
	if !follows(f.U32(1)) {
		info, err := d.root.Lstat(name)
		if err != nil {
			return errnoOf(err)
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return hostfuncs.ENOTSUP
		}
	}
	return errnoOf(d.root.Chtimes(name, access, modify))
}

// timeToSet is one of the two times; the zero one leaves what is there.
func (g *guest) timeToSet(what uint32, given uint64, set, now uint32) (time.Time, error) {
	switch what &= set | now; {
	case what == 0:
		return time.Time{}, nil
	case what == set && given <= math.MaxInt64:
		return time.Unix(0, int64(given)), nil
	case what == now:
		return g.now(), nil
	}
	return time.Time{}, hostfuncs.EINVAL
}

package wasi

import (
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/soltihq/soltiwasm/hostfuncs"
)

// window is how many entries of a directory are held at once.
const window = 64

// listing is a directory's entries as fd_readdir goes through them. It holds a window on them, since a directory may
// have any number. Cookies count entries from 0.
type listing struct {
	file    *os.File
	first   uint64 // the cookie of entries[0]
	entries []entry
}

type entry struct {
	name  string
	inode uint64
	kind  byte
}

// list begins a listing at its start.
func (d *directory) list() (*listing, error) {
	file, err := d.root.Open(".")
	if err != nil {
		return nil, errnoOf(err)
	}
	return &listing{file: file, entries: []entry{{name: ".", kind: typeDirectory}, {name: "..", kind: typeDirectory}}}, nil
}

// next moves the window on. Where there are no more entries it is empty.
func (l *listing) next() error {
	l.first += uint64(len(l.entries))
	l.entries = l.entries[:0]
	found, err := l.file.ReadDir(window)
	if err != nil && !errors.Is(err, io.EOF) {
		return errnoOf(err)
	}
	for _, e := range found {
		l.entries = append(l.entries, entry{name: e.Name(), inode: inodeOf(e), kind: typeOf(e.Type())})
	}
	return nil
}

// inodeOf is the entry's inode, 0 where it isn't known.
func inodeOf(e fs.DirEntry) uint64 {
	info, err := e.Info() // of a directory opened in an os.Root this looks at nothing: it is known already
	if err != nil {
		return 0
	}
	return detailsOf(info).inode
}

// at returns the entry of a cookie, or false behind the last.
func (l *listing) at(f *hostfuncs.Frame, cookie uint64) (entry, bool, error) {
	for cookie-l.first >= uint64(len(l.entries)) {
		if err := f.Spend(pathUnits); err != nil {
			return entry{}, false, err
		}
		if err := l.next(); err != nil || len(l.entries) == 0 {
			return entry{}, false, err
		}
	}
	return l.entries[cookie-l.first], true, nil
}

// listFrom returns the listing with its window at the cookie or before it. A cookie of 0 reads the directory anew, and
// so does one before the window.
func (d *directory) listFrom(cookie uint64) (*listing, error) {
	if d.listing != nil && cookie > 0 && cookie >= d.listing.first {
		return d.listing, nil
	}
	l, err := d.list()
	if err != nil {
		return nil, err
	}
	if d.listing != nil {
		d.listing.file.Close()
	}
	d.listing = l
	return l, nil
}

// direntSize is the size of what precedes a name.
const direntSize = 24

// put writes the entry as far as it goes into b, and returns how far.
func (e entry) put(b []byte, cookie uint64) int {
	le := binary.LittleEndian
	var head [direntSize]byte
	le.PutUint64(head[:], cookie+1)
	le.PutUint64(head[8:], e.inode)
	le.PutUint32(head[16:], uint32(len(e.name)))
	head[20] = e.kind
	n := copy(b, head[:])
	return n + copy(b[n:], e.name)
}

// fdReaddir is (fd, buf, len, cookie, used). Used is len when there are more entries, of which the last may be cut.
func (g *guest) fdReaddir(f *hostfuncs.Frame) error {
	d, err := g.files.get(f.U32(0))
	switch {
	case err != nil:
		return err
	case d.dir == nil:
		return hostfuncs.ENOTDIR
	}
	buf, err := f.View(f.U32(1), f.U32(2))
	if err != nil {
		return err
	}
	if err := f.Spend(fileUnits); err != nil {
		return err
	}
	cookie := f.U64(3)
	l, err := d.dir.listFrom(cookie)
	if err != nil {
		return err
	}
	used := 0
	for used < len(buf) {
		e, ok, err := l.at(f, cookie)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		n := e.put(buf[used:], cookie)
		used += n
		cookie++
		if err := f.Spend(n); err != nil {
			return err
		}
	}
	return f.PutU32(f.U32(4), uint32(used))
}

package wasi

import "github.com/soltihq/soltiwasm/hostfuncs"

// maxFiles bounds the descriptors of one command, standard streams and mounts included.
const maxFiles = 256

// table has a guest's descriptors by their numbers; nil is a number that is free.
type table struct {
	list []*descriptor
	open int
}

// get returns the descriptor of a number that the guest gave.
func (t *table) get(fd uint32) (*descriptor, error) {
	if uint64(fd) >= uint64(len(t.list)) || t.list[fd] == nil {
		return nil, hostfuncs.EBADF
	}
	return t.list[fd], nil
}

// room says whether one more descriptor may be opened.
func (t *table) room() bool { return t.open < maxFiles }

// add gives a descriptor the lowest free number. The caller has asked whether there is room.
func (t *table) add(d *descriptor) uint32 {
	t.open++
	for fd, other := range t.list {
		if other == nil {
			t.list[fd] = d
			return uint32(fd)
		}
	}
	t.list = append(t.list, d)
	return uint32(len(t.list) - 1)
}

// remove closes a descriptor that is open and frees its number, even if closing fails.
func (t *table) remove(fd uint32) error {
	d := t.list[fd]
	t.list[fd] = nil
	t.open--
	return d.close()
}

// close closes what the guest left open. As at the end of a process nobody is told of what fails.
func (t *table) close() {
	for fd, d := range t.list {
		if d != nil {
			_ = t.remove(uint32(fd))
		}
	}
}

// fdClose is (fd).
func (g *guest) fdClose(f *hostfuncs.Frame) error {
	fd := f.U32(0)
	if _, err := g.files.get(fd); err != nil {
		return err
	}
	return g.files.remove(fd)
}

// fdRenumber is (from, to), both of which are open: to is closed and from gets its number.
func (g *guest) fdRenumber(f *hostfuncs.Frame) error {
	from, to := f.U32(0), f.U32(1)
	d, err := g.files.get(from)
	if err != nil {
		return err
	}
	if _, err := g.files.get(to); err != nil || from == to {
		return err
	}
	err = g.files.remove(to)
	g.files.list[from], g.files.list[to] = nil, d
	return err
}

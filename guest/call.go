package guest

import "unsafe"

const (
	room    = 4<<10 - 1 // bytes for values that are made at once
	large   = 512       // the longest value that they are made for; a longer one gets bytes of its own if it doesn't fit
	keepOut = 64 << 10  // the capacity up to which call.out is kept for the next call
)

// call is what all of one instance's calls share.
type call struct {
	host Host
	in   *[room + 1]byte // where values are read to; one byte more, so that there is one behind the last of them
	used int             // the bytes of in that strings are made of
	out  []byte          // labels or a reply being written
}

// getter is a function of the host's that hands over values, by the convention for buffers of docs/abi.md.
type getter func(key string, buf unsafe.Pointer, limit uint32) int32

// read returns a value, valid until the next read, and its length or a result of Host.Get that is none.
func (c *call) read(get getter, key string) ([]byte, int32) {
	n := get(key, unsafe.Add(unsafe.Pointer(c.in), c.used), uint32(room-c.used))
	if uint32(n) <= uint32(room-c.used) {
		return c.in[c.used : c.used+int(n)], n
	}
	return c.readMore(get, key, n)
}

// text returns a value as a string, without copying it: the next one is read behind it. Most of what a call costs in a module
// are branches taken and calls, so it is written for few of both.
func (c *call) text(get getter, key string) (string, int32) {
	used := c.used
	n := get(key, unsafe.Add(unsafe.Pointer(c.in), used), uint32(room-used))
	if uint32(n) <= uint32(room-used) {
		c.used = used + int(n)
		return unsafe.String((*byte)(unsafe.Add(unsafe.Pointer(c.in), used)), n), n
	}
	b, n := c.readMore(get, key, n)
	return view(b), n
}

// readMore is read of a value of n bytes for which there is no room. They aren't read to again.
func (c *call) readMore(get getter, key string, n int32) ([]byte, int32) {
	if n < 0 {
		return nil, n
	}
	var b []byte
	if n > large {
		b = make([]byte, n)
	} else {
		c.in, c.used = new([room + 1]byte), int(n)
		b = c.in[:n]
	}
	return b, get(key, unsafe.Pointer(unsafe.SliceData(b)), uint32(n))
}

// view is b as a string, which is right as long as b doesn't change.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// end lets go of what one call with a large reply made.
func (c *call) end() {
	if cap(c.out) > keepOut {
		c.out = nil
	}
}

// SupportsCall is what the host lends to [Runner].Supports.
type SupportsCall struct {
	// Spec is the TaskSpec, as docs/abi.md shows it.
	Spec Document
	// Config is the operator's configuration of this runner, {} without one.
	Config Document

	call *call
}

// Log writes one record to the host's log. The host cuts it at 8 KiB, and drops records that are too many.
func (c *SupportsCall) Log(level Level, text string) { c.call.host.Log(level, text) }

// BuildCall is what the host lends to [Runner].Build.
type BuildCall struct {
	SupportsCall
	// Env has the environment variables that the operator gave to builds and granted to this runner.
	Env Env
}

// RunCall is what the host lends to [Runner].Run.
type RunCall struct {
	BuildCall
	// Task is the task that Build made, with runId, a string, and attempt, a number from 1.
	Task Document
}

// Print writes text to the task's standard output, as it is: a line ends with the \n that it has. It costs less in
// size than fmt and os do.
func (c *RunCall) Print(text string) { c.call.host.Print(text) }

package guest

// keepBuffer is the capacity up to which a buffer is kept for the next call.
const keepBuffer = 64 << 10

// call is what all of one instance's calls share.
type call struct {
	host Host
	in   []byte // the value read last
	out  []byte // labels or a reply being written
}

// read returns a value in c.in, valid until the next read, or a result of Host.Get that is no length.
func (c *call) read(source Source, key string) ([]byte, int32) {
	n := c.host.Get(source, key, c.in[:cap(c.in)])
	if int(n) > cap(c.in) {
		c.in = make([]byte, n)
		n = c.host.Get(source, key, c.in)
	}
	return c.in[:max(n, 0)], n
}

// end lets go of what one call with large values made.
func (c *call) end() {
	if cap(c.in) > keepBuffer {
		c.in = nil
	}
	if cap(c.out) > keepBuffer {
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

package sandbox

// stackFrame estimates, from above, how much of an engine's stack a call of a function takes. Compilers may give every
// value of a function a place of its own (wazero does), so that a frame grows with the code and not with what is alive
// at once: locals and parameters, each instruction that makes a value, and each local that differs between paths that
// merge.
type stackFrame struct {
	values  int
	sets    int // of locals, in the order of the code
	wide    bool
	calls   bool
	changed []bool // by local, whether it was ever set
	locals  int    // how many were
}

const (
	frameBase = 48 // return address, saved registers and the engine's own values
	slot      = 8  // bytes of a value
	wideSlot  = 16 // in a function that has vectors
	// frameSmall is a frame that needs no account in a function that calls none: there is only one such at a time.
	frameSmall = 4096
)

// begin starts a function and reads its locals' declarations.
func (s *stackFrame) begin(t *funcType, r *reader) {
	*s = stackFrame{changed: s.changed[:0], values: len(t.params) + len(t.results) + 1}
	for _, v := range t.params {
		s.wide = s.wide || v == v128
		s.changed = append(s.changed, false)
	}
	for range r.u32() {
		n := int(r.u32())
		s.wide = r.valueType() == v128 || s.wide
		s.values += n
		for range n {
			s.changed = append(s.changed, false)
		}
	}
}

// instruction counts one instruction.
func (s *stackFrame) instruction(in *instruction, l *layout) {
	if in.info.result {
		s.values++
	}
	switch {
	case in.op == opLocalSet || in.op == opLocalTee:
		s.sets++
		if !s.changed[in.index] {
			s.changed[in.index] = true
			s.locals++
		}
	case in.op == opCall:
		s.call(&l.types[l.funcs[in.index]])
	case in.op == opCallIndirect:
		s.call(&l.types[in.index])
	case in.op>>8 == prefixSIMD:
		s.wide = true
	}
}

// call counts a call's results.
func (s *stackFrame) call(t *funcType) {
	s.calls = true
	s.values += len(t.results)
	for _, v := range t.results {
		s.wide = s.wide || v == v128
	}
}

// merge counts what may differ between the paths that meet at a block's end or a loop's begin: locals that were set in
// the block, which had seen so many sets before, and its results.
func (s *stackFrame) merge(before, results int) {
	s.values += min(s.locals, s.sets-before) + results
}

// size is the frame's size in bytes, or 0 if it needs no account.
func (s *stackFrame) size() int64 {
	size := int64(frameBase + slot*s.values)
	if s.wide {
		size = int64(frameBase + wideSlot*s.values)
	}
	if !s.calls && size <= frameSmall {
		return 0
	}
	return size
}

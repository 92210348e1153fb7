package sandbox

// stackFrame estimates, from above, how much of an engine's stack a call of a function takes. Compilers may give every
// value of a function a place of its own (wazero does, mostly), so that a frame grows with the code and not with what
// is alive at once: locals and parameters, each instruction that makes a value, and each local that differs between
// paths that merge. Parameters and results are also passed on the stack.
type stackFrame struct {
	values  int
	passed  int // parameters and results of the call that has the most of them
	sets    int // of locals, in the order of the code
	wide    bool
	calls   bool
	changed localSet
}

const (
	frameBase  = 160 // return address, saved registers and what the engine and the meter need in any function
	slot       = 8   // bytes of a value
	wideSlot   = 16  // in a function that has vectors
	bulkValues = 10  // values that a bulk instruction makes inside
	// smallFrame is a size up to which frames are really half as large at most.
	smallFrame = 1024
)

// begin starts a function and reads its locals' declarations. It returns their number, with parameters.
func (s *stackFrame) begin(t *funcType, r *reader) (locals int) {
	*s = stackFrame{changed: s.changed, values: 2 * (len(t.params) + len(t.results))}
	for _, v := range t.params {
		s.wide = s.wide || v == v128
	}
	locals = len(t.params)
	for range r.u32() {
		locals += int(r.u32())
		s.wide = r.valueType() == v128 || s.wide
	}
	s.values += locals
	s.changed.reset(locals)
	return locals
}

// instruction counts one instruction.
func (s *stackFrame) instruction(in *instruction, l *layout) {
	if in.info.result {
		s.values++
	}
	switch {
	case in.op == opLocalSet || in.op == opLocalTee:
		s.sets++
		s.changed.add(in.index)
	case in.op == opCall:
		s.call(&l.types[l.funcs[in.index]])
	case in.op == opCallIndirect:
		s.call(&l.types[in.index])
	case in.op>>8 == prefixSIMD:
		s.wide = true
	case in.op >= opMemoryInit && in.op <= opTableFill:
		s.values += bulkValues
	}
}

// call counts a call's results, and the room for what it passes.
func (s *stackFrame) call(t *funcType) {
	s.calls = true
	s.passed = max(s.passed, len(t.params)+len(t.results))
	s.values += len(t.results)
	for _, v := range t.results {
		s.wide = s.wide || v == v128
	}
}

// merge counts what may differ between the paths that meet at a block's end or a loop's begin: locals that were set in
// the block, which had seen so many sets before, and values that branches carry.
func (s *stackFrame) merge(before, carried int) int64 {
	n := min(s.changed.len, s.sets-before) + carried
	s.values += n
	return int64(n)
}

// bytes is the frame's size so far.
func (s *stackFrame) bytes() int64 {
	size := int64(slot)
	if s.wide {
		size = wideSlot
	}
	return frameBase + size*int64(s.values+s.passed)
}

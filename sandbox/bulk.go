package sandbox

// Bulk instructions work through as much memory as they are told to, without a way to stop them. Short ones are paid
// for by their length; long ones are cut into pieces by helper functions, with a look at the fuel before each.

const (
	bytesShift   = 1 // logarithm of the bytes that a bulk instruction moves for a unit of fuel
	bytesPerUnit = 1 << bytesShift
	pageShift    = 14      // logarithm of the fuel that a new page of memory costs: more than a quantum for those that grow at once
	maxInline    = 4096    // bytes that an instruction moves without a look at the fuel
	pieceBytes   = 1 << 18 // bytes that it moves between two looks
	piecePages   = 32      // pages by which a memory grows between two looks
	bulkLocals   = 3       // i32 locals that a function with such instructions needs
)

// smallLength says whether an instruction pushes the constant length of a bulk instruction behind it that needs no
// look at the fuel.
func smallLength(in *instruction) (n int64, small bool) {
	return in.value, in.op == opI32Const && in.value >= 0 && in.value <= maxInline
}

// bulk writes one of the instructions whose cost depends on an operand; others stay.
func (e *emitter) bulk(in *instruction) {
	a := e.added
	switch in.op {
	case opMemoryFill, opMemoryCopy:
		if _, small := smallLength(&e.last); !small {
			e.move(in)
		}
	case opMemoryInit:
		if e.layout.data[in.index] > pieceBytes {
			e.replace(in.start).index(opCall, a.helper(helperInit, in.index))
		} else {
			e.toll(in, a.helper(helperTollBytes, in.index))
		}
	case opTableFill, opTableCopy:
		e.toll(in, a.helper(helperToll, in.index))
	case opTableInit:
		e.toll(in, a.helper(helperToll, in.second))
	case opTableGrow:
		e.replace(in.start).index(opCall, a.helper(helperGrowTable, in.index))
	case opMemoryGrow:
		e.replace(in.start).index(opCall, a.helper(helperGrowMemory, 0))
	}
}

// toll lets a helper charge for the length that is on top of the stack.
func (e *emitter) toll(in *instruction, helper uint32) {
	e.flush(in.start)
	e.w.index(opCall, helper)
}

// move writes a memory.fill or memory.copy: at once if it is short, by the helper that cuts it otherwise.
func (e *emitter) move(in *instruction) {
	helper := e.added.helper(helperFill, 0)
	if in.op == opMemoryCopy {
		helper = e.added.helper(helperCopy, 0)
	}
	w := e.replace(in.start)
	for local := e.spare + bulkLocals; local > e.spare; local-- {
		w.index(opLocalSet, local-1)
	}
	operands := func() {
		for local := e.spare; local < e.spare+bulkLocals; local++ {
			w.index(opLocalGet, local)
		}
	}
	n := e.spare + bulkLocals - 1
	w.index(opLocalGet, n)
	w.i32(maxInline)
	w.op(opI32LeU, opIf, blockEmpty)
	e.added.payFor(w, n, -bytesShift)
	operands()
	w.buf = append(w.buf, e.buf[in.start:e.pos]...)
	w.op(opElse)
	operands()
	w.index(opCall, helper)
	w.op(opEnd)
}

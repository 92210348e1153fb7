package sandbox

// neighbours tells which accesses to memory lie beside another one that was made before, on every way to them. The page
// of such a one is there, and its address was known as early as the other's, so that a processor need not wait for one
// after the other: it is as cheap as any instruction, while the first access to a page may take as long as hundreds.
//
// Addresses are compared by where they come from: a value that is not known and a constant that was added to it. Values
// are followed through locals and the operand stack as long as control goes straight on; where ways meet, all is
// forgotten. A call may push out of the caches what was accessed before it, but that takes it longer than it makes the
// few accesses that are still known take.
type neighbours struct {
	operands []value // the topmost ones; those below are not known
	locals   []value // by local; of another round if they are not known
	rounds   []uint32
	round    uint32
	next     uint32     // number of the next value that is not known
	anchors  [16]anchor // accesses that others may lie beside, by their values' numbers
}

// value is a value that is not known, by its number, and what was added to it. No number is 0.
type value struct{ number, plus uint32 }

// anchor is an access that others may lie beside.
type anchor struct {
	value
	loaded bool // whether there was a load here
}

// nearby is how many bytes neighbours are from one another.
const nearby = 4096

// begin starts a function.
func (n *neighbours) begin(locals int) {
	if locals > len(n.locals) {
		n.locals, n.rounds = make([]value, locals), make([]uint32, locals)
		n.round = 0
	}
	n.next = 0
	n.forget()
}

// forget forgets all values and accesses.
func (n *neighbours) forget() {
	n.round++
	n.operands = n.operands[:0]
	n.anchors = [16]anchor{}
}

func (n *neighbours) fresh() value {
	n.next++
	return value{number: n.next}
}

func (n *neighbours) pop() value {
	if len(n.operands) == 0 {
		return n.fresh()
	}
	v := n.operands[len(n.operands)-1]
	n.operands = n.operands[:len(n.operands)-1]
	return v
}

func (n *neighbours) push(v value) { n.operands = append(n.operands, v) }

// local returns what a local holds.
func (n *neighbours) local(i uint32) value {
	if n.rounds[i] != n.round {
		n.set(i, n.fresh())
	}
	return n.locals[i]
}

func (n *neighbours) set(i uint32, v value) {
	n.locals[i], n.rounds[i] = v, n.round
}

// instruction follows an instruction and says whether it is an access beside another one.
func (n *neighbours) instruction(in, last *instruction) (beside bool) {
	switch in.op {
	case opBlock, opIf, opCall, opCallIndirect:
		n.operands = n.operands[:0]
	case opLoop, opElse, opEnd, opBr, opBrTable, opReturn, opUnreachable:
		n.forget()
	case opLocalGet:
		n.push(n.local(in.index))
	case opLocalSet:
		n.set(in.index, n.pop())
	case opLocalTee:
		v := n.pop()
		n.set(in.index, v)
		n.push(v)
	case opI32WrapI64, opI64ExtendI32U:
	case opI32Add, opI64Add, opI32Sub, opI64Sub:
		n.push(n.sum(in, last))
	default:
		beside = n.other(in)
	}
	return beside
}

// sum follows an addition or subtraction.
func (n *neighbours) sum(in, last *instruction) value {
	n.pop()
	v := n.pop()
	switch {
	case last.op != opI32Const && last.op != opI64Const:
		return n.fresh()
	case in.op == opI32Add || in.op == opI64Add:
		v.plus += uint32(last.value)
	default:
		v.plus -= uint32(last.value)
	}
	return v
}

// other follows an instruction whose result is not known.
func (n *neighbours) other(in *instruction) (beside bool) {
	var lowest value
	for range in.info.pops {
		lowest = n.pop()
	}
	if in.info.imm == immAccess || in.info.imm == immAccessLane {
		beside = n.access(lowest, in.index, in.info.result)
	}
	if in.info.result {
		n.push(n.fresh())
	}
	return beside
}

// access reports whether an access lies beside another one. If not, others will lie beside it. A load does so only beside
// a load: a processor does not wait for stores, so that these don't make what is near them quick to load.
func (n *neighbours) access(v value, offset uint32, load bool) bool {
	a := &n.anchors[v.number%uint32(len(n.anchors))]
	v.plus += offset
	if near := a.number == v.number && v.plus-a.plus+nearby < 2*nearby; !near {
		*a = anchor{value: v, loaded: load}
		return false
	}
	beside := a.loaded || !load
	a.loaded = a.loaded || load
	return beside
}

package sandbox

// What the meter adds to a function is decided in a first walk over its body and written in a second one, so that no
// list of instructions is ever kept.
//
// Fuel is owed from the instruction that uses it and paid later, in as few places as possible: at a loop's header for
// the whole of the turn before, or before each branch back to it if there are several; in between whenever much is owed;
// and at the function's entry, in advance, for what is still owed at its ends. On every path at least as much is paid as is used, and what is owed on the way is little: more
// than maxOwed only where a single instruction costs more.
//
// Paying does not look whether there is fuel. That is done at entries and loops' headers, and where a path would go on
// for too long without.

const (
	maxOwed = 256 // units of fuel that a path may owe before it pays in between
	// maxCarried is how much may be owed when a loop begins. It can't be paid inside, since it would be in each turn.
	maxCarried = 32
	// maxUnchecked is the fuel that a path may use before it looks whether there is any, where no loop or call makes it.
	maxUnchecked = 131_072
	// stackPerUnit is the stack that a function takes for a unit of fuel that it may use before it returns without a
	// look at the fuel. The longest way back through functions that are deep in one another is bounded so.
	stackPerUnit = 8
	// returnUnits is what any function may use so. It is too little for a load.
	returnUnits = costLoad - 1
	// movesPerUnit is how many values a unit of fuel moves from one place to another, where paths merge or a function is
	// called.
	movesPerUnit = 1
)

// plan is what the meter adds to one function.
type plan struct {
	entry  int64   // fuel paid at the entry
	check  bool    // whether the entry looks if there is fuel
	frame  int64   // bytes of stack that a call takes, 0 where that needs no account
	ends   bool    // whether branches lead to the function's end
	bulk   bool    // whether the function cuts bulk instructions, for which it needs locals
	loops  []int64 // fuel paid at the header of each loop, in the order of the loops
	points []point // payments in between, in the order of the code
}

// point is a payment before an instruction.
type point struct {
	offset int // of the instruction
	fuel   int64
	check  bool // whether to look if fuel is left
}

// planner makes plans. Its slices are used again for the next function.
type planner struct {
	reader
	layout *layout
	plan

	turn   int // number of the next loop of the module
	path   path
	first  int // number of the loop that all ways through the function enter before they end or call, or -1
	frames []planFrame
	stack  stackFrame
	accounts
	near   neighbours
	last   instruction // the instruction before
	beside bool        // whether the instruction at hand is an access beside another one
}

// path is the state of all paths that lead to a place: the worst of each.
type path struct {
	dead      bool  // nothing leads here
	owed      int64 // fuel used and not paid
	unchecked int64 // fuel used since there was a check
}

// join makes p the state where both p's and q's paths lead.
func (p *path) join(q path) {
	if p.dead || q.dead {
		if p.dead {
			*p = q
		}
		return
	}
	p.owed = max(p.owed, q.owed)
	p.unchecked = max(p.unchecked, q.unchecked)
}

// planFrame is an open block.
type planFrame struct {
	op      opcode
	before  path  // of an if: for its other arm
	end     path  // of what branches to the end
	carried int64 // owed when the innermost loop around the block's contents began
	back    int64 // of a loop: the most that a turn owes
	loop    int   // of a loop: its number
	several bool  // of a loop: whether several branches lead back to it
	sets    int   // of locals before the block
	values  int   // that branches to the block carry
}

// function plans one function from its body. Functions are planned in their order.
func (p *planner) function(index int, body span, t *funcType) {
	p.pos, p.end = body.start, body.end
	p.plan = plan{loops: p.loops[:0], points: p.points[:0]}
	p.path, p.first = path{}, -1
	p.frames = append(p.frames[:0], planFrame{op: opBlock, end: path{dead: true}, values: len(t.results)})
	p.last = instruction{}
	p.accounts.begin(index)
	p.near.begin(p.stack.begin(t, &p.reader))
	var in instruction
	for len(p.frames) > 0 {
		p.reader.instruction(&in)
		p.instruction(&in)
		p.last = in
	}
	p.atEntry()
	p.frame = p.accounts.account(&p.stack)
}

// atEntry decides what is paid and checked at the entry. A loop's header is paid once more than there are turns before
// it, which is in advance for what follows; and it checks. A function that is short and calls nothing needs no check,
// since its caller takes account of it.
func (p *planner) atEntry() {
	if p.first >= 0 {
		p.entry = max(p.path.owed-p.loops[p.first], 0)
		return
	}
	p.entry = max(p.path.owed, 1)
	p.check = p.stack.calls || p.bulk || p.entry > maxOwed || len(p.loops)+len(p.points) > 0
}

// instruction follows one instruction.
func (p *planner) instruction(in *instruction) {
	p.beside = p.near.instruction(in, &p.last)
	switch in.op {
	case opBlock, opIf:
		p.use(in, int64(in.info.cost), 0)
		p.open(in)
	case opLoop:
		p.loop(in)
	case opElse:
		p.otherwise()
	case opEnd:
		if len(p.frames) == 1 {
			p.beforeEnd(in, 0)
		}
		p.close()
	case opBr, opBrIf:
		p.use(in, int64(in.info.cost), 0)
		p.beforeEnd(in, in.index)
		p.beforeBack(in, in.index)
		p.branch(in.index)
		p.path.dead = p.path.dead || in.op == opBr
	case opBrTable:
		p.use(in, int64(in.info.cost), 0)
		labels := reader{buf: p.buf, pos: in.imm, end: p.pos}
		for range labels.u32() + 1 {
			label := labels.u32()
			p.beforeEnd(in, label)
			p.beforeBack(in, label)
			p.branch(label)
		}
		p.path.dead = true
	case opReturn:
		p.use(in, int64(in.info.cost), 0)
		p.beforeEnd(in, uint32(len(p.frames)-1))
		p.frames[0].end.join(p.path)
		p.path.dead = true
	case opUnreachable:
		p.path.dead = true
	default:
		cost, unchecked := p.cost(in)
		p.use(in, cost, unchecked)
		p.stack.instruction(in, p.layout)
		p.accounts.instruction(in, p.layout)
		if in.op == opCall && p.layout.checks(in.index) {
			p.path.unchecked = 0
		}
	}
}

// beforeEnd has the fuel looked at before a branch that leads to the function's end, if much was used since the last
// look. Else the way back through many functions would be one long way without any.
func (p *planner) beforeEnd(in *instruction, label uint32) {
	if int(label) == len(p.frames)-1 && !p.path.dead && p.path.unchecked > max(p.stack.bytes()/stackPerUnit, returnUnits) {
		p.pay(in.start, true)
	}
}

// cost is the fuel that an instruction uses, and what it may use besides and pays for by itself, without a check.
func (p *planner) cost(in *instruction) (cost, unchecked int64) {
	switch in.op {
	case opCall:
		passed := p.layout.types[p.layout.funcs[in.index]].values()
		if int(in.index) < p.layout.importedFuncs {
			return costHost + passed/movesPerUnit, 0
		}
		return int64(in.info.cost) + passed/movesPerUnit, maxOwed
	case opCallIndirect:
		passed := p.layout.types[in.index].values()
		if p.layout.hostInTable {
			return costHost + passed/movesPerUnit, maxOwed
		}
		return int64(in.info.cost) + passed/movesPerUnit, maxOwed
	case opMemoryFill, opMemoryCopy:
		if n, constant := smallLength(&p.last); constant {
			return int64(in.info.cost) + n/bytesPerUnit, 0
		}
		p.bulk = true
		return int64(in.info.cost), maxInline / bytesPerUnit
	}
	if p.beside {
		return costPlain, 0
	}
	return int64(in.info.cost), 0
}

// use takes account of an instruction's fuel, after paying what is owed if that becomes too much.
func (p *planner) use(in *instruction, cost, unchecked int64) {
	if p.path.dead {
		return
	}
	check := p.path.unchecked+cost+unchecked > maxUnchecked
	if check || p.path.owed+cost > maxOwed {
		p.pay(in.start, check)
	}
	p.path.owed += cost
	p.path.unchecked += cost + unchecked
}

// pay adds a payment of all that is owed since the innermost loop began, and may look if fuel is left.
func (p *planner) pay(offset int, check bool) {
	if check {
		p.point(offset).check = true
		p.path.unchecked = 0
	}
	p.payTo(0, offset)
}

// payTo adds a payment of all that is owed but for so much. What was owed when the innermost loop began is not paid inside.
func (p *planner) payTo(left int64, offset int) {
	left = max(left, p.frames[len(p.frames)-1].carried)
	if p.path.owed > left {
		p.point(offset).fuel += p.path.owed - left
		p.path.owed = left
	}
}

// point returns the point before an instruction.
func (p *planner) point(offset int) *point {
	if n := len(p.points); n == 0 || p.points[n-1].offset != offset {
		p.points = append(p.points, point{offset: offset})
	}
	return &p.points[len(p.points)-1]
}

// open enters a block, loop or if.
func (p *planner) open(in *instruction) *planFrame {
	values := p.layout.results(in.block)
	if in.op == opLoop {
		values = p.layout.params(in.block)
	}
	p.frames = append(p.frames, planFrame{
		op:      in.op,
		before:  p.path,
		end:     path{dead: true},
		carried: p.frames[len(p.frames)-1].carried,
		sets:    p.stack.sets,
		values:  values,
	})
	return &p.frames[len(p.frames)-1]
}

// loop enters a loop: what is owed is carried through it, and its header pays and checks.
func (p *planner) loop(in *instruction) {
	if !p.path.dead && p.path.owed > maxCarried {
		p.pay(in.start, false)
	}
	if p.first < 0 && len(p.frames) == 1 && p.frames[0].end.dead && !p.path.dead && !p.stack.calls {
		p.first = len(p.loops)
	}
	f := p.open(in)
	f.carried = p.path.owed
	f.loop = len(p.loops)
	f.several = p.layout.turns[p.turn] > 1
	p.turn++
	p.loops = append(p.loops, 1)
	if f.several {
		p.loops[f.loop] = 0
	}
	p.path.unchecked = 0
}

// beforeBack pays before a branch back to a loop, if there are several. A header would pay for all turns what the one with
// the most owes, and code that jumps through one loop for whatever it does, as Go's, has many short ones.
func (p *planner) beforeBack(in *instruction, label uint32) {
	f := &p.frames[len(p.frames)-1-int(label)]
	if f.op == opLoop && f.several && !p.path.dead {
		p.payTo(f.carried, in.start)
	}
}

// branch follows an edge.
func (p *planner) branch(label uint32) {
	p.ends = p.ends || int(label) == len(p.frames)-1
	if p.path.dead {
		return
	}
	f := &p.frames[len(p.frames)-1-int(label)]
	if f.op == opLoop {
		f.back = max(f.back, p.path.owed-f.carried)
	} else {
		f.end.join(p.path)
	}
}

// otherwise turns to the other arm of an if.
func (p *planner) otherwise() {
	f := &p.frames[len(p.frames)-1]
	f.end.join(p.path)
	f.op = opElse
	p.path = f.before
}

// close leaves a block, or the function. Where paths merge, values are moved to where those of all paths have to be.
func (p *planner) close() {
	f := p.frames[len(p.frames)-1]
	p.frames = p.frames[:len(p.frames)-1]
	if f.op == opLoop {
		p.loops[f.loop] += f.back + p.stack.merge(f.sets, f.values)/movesPerUnit
		return
	}
	merges := !f.end.dead || f.op == opIf
	if f.op == opIf {
		p.path.join(f.before)
	}
	p.path.join(f.end)
	if merges {
		moves := p.stack.merge(f.sets, f.values)
		p.path.owed += moves / movesPerUnit
		p.path.unchecked += moves / movesPerUnit
	}
}

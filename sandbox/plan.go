package sandbox

// What the meter adds to a function is decided in a first walk over its body and written in a second one, so that no
// list of instructions is ever kept.
//
// Fuel is owed from the instruction that uses it and paid later, in as few places as possible: at a loop's header for
// the whole of the turn before, or before each branch back to it if there are several; in between whenever much is owed;
// and at the function's entry, in advance, for what is still owed at its ends. On every path at least as much is paid as
// is used, and what is owed on the way is little: more than maxOwed only where a single instruction costs more.
//
// Paying does not look whether there is fuel. That is done at entries and loops' headers, and where a path would go on
// for too long without.

const (
	maxOwed = 512 // units of fuel that a path may owe before it pays in between
	// maxCarried is how much may be owed when a loop begins. It can't be paid inside, since it would be in each turn.
	maxCarried = 64
	// maxUnlooked is the fuel that a function may use which never looks whether there is any.
	maxUnlooked = 128
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
	again  bool    // whether what the entry does if there is no fuel or stack stands behind the body: the frame is not 0 then
	bulk   bool    // whether the function cuts bulk instructions, for which it needs locals
	loops  []int64 // fuel paid at the header of each loop, in the order of the loops
	points []point // payments in between, in the order of the code
}

// planner makes plans. Its slices are used again for the next function.
type planner struct {
	reader
	layout *layout
	plan

	turn int // number of the next loop of the module
	// unlooked is, by defined function, the fuel that it uses at most if it never looks at it; 0 if it does look, or has
	// not been planned.
	unlooked []int64
	called   bool // whether the function has called what looks at the fuel, or may
	path     path
	first    int // number of the loop that all ways through the function enter before they end or call, or -1
	frames   []planFrame
	stack    stackFrame
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
	deep      bool  // whether a call that may have been deep has come back since
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
	p.deep = p.deep || q.deep
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

// function plans one function from its body. Functions are planned in the order of calls.order.
func (p *planner) function(index int, body span, t *funcType) {
	p.pos, p.end = body.start, body.end
	p.plan = plan{loops: p.loops[:0], points: p.points[:0]}
	p.path, p.first, p.called = path{}, -1, false
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
	p.again = p.accounts.recursive && p.stack.bytes() <= smallFrame
}

// atEntry decides what is paid and checked at the entry. A loop's header is paid once more than there are turns before
// it, which is in advance for what follows; and it checks. No check is needed in a function that is short together with
// all that it calls, since its callers take account of it. None of a circle is: the one that is planned first calls one of
// which this is not known.
func (p *planner) atEntry() {
	if p.first >= 0 {
		p.entry = max(p.path.owed-p.loops[p.first], 0)
		return
	}
	p.entry = max(p.path.owed, 1)
	used := max(p.entry, p.path.unchecked)
	p.check = p.called || p.bulk || used > maxUnlooked || len(p.loops)+len(p.points) > 0
	if !p.check {
		p.unlooked[p.self] = used
	}
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
	case opBr, opBrIf, opBrTable:
		p.branches(in)
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
		p.call(in)
	}
}

// branches follows an instruction with labels.
func (p *planner) branches(in *instruction) {
	p.use(in, int64(in.info.cost), 0)
	labels, n := reader{buf: p.buf, pos: in.imm, end: p.pos}, uint32(1)
	if in.op == opBrTable {
		n += labels.u32()
	}
	for range n {
		label := labels.u32()
		p.beforeEnd(in, label)
		p.beforeBack(in, label)
		p.branch(label)
	}
	p.path.dead = p.path.dead || in.op != opBrIf
}

// call follows a call that has come back.
func (p *planner) call(in *instruction) {
	switch callee := int(in.index) - p.layout.importedFuncs; {
	case in.op != opCall && in.op != opCallIndirect:
	case in.op == opCallIndirect || callee < 0:
		p.path.deep, p.called = true, true
	case p.unlooked[callee] == 0:
		p.path.unchecked, p.path.deep, p.called = 0, true, true
	}
}

// checked goes on behind a look at the fuel.
func (p *planner) checked() {
	p.path.unchecked, p.path.deep = 0, false
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
	p.checked()
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

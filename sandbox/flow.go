package sandbox

// flow follows control through a function as far as it makes compiling slow: an engine's compiler keeps account of what
// is on the stack from block to block, and looks for a local's value back through all blocks since paths last merged. The
// types of operands are not checked; of a function that is not valid, what is found here means nothing.
type flow struct {
	height int32 // values on the stack
	chain  int32 // blocks since paths last merged
	dead   bool  // nothing leads here
}

// frame is a block, loop or if that is open, or the function itself. There may be many, and they are kept small.
type frame struct {
	op       opcode
	params   int32
	results  int32
	height   int32 // of the stack below the block's parameters
	begin    int32 // of an if: the chain where it began
	branches int32 // to the block's end
	only     int32 // the chain where the last of these began
	loop     int32 // of a loop: its number in the module
}

// begin begins a function.
func (b *body) begin(t *funcType) {
	b.flow = flow{}
	b.frames = append(b.frames[:0], frame{op: opBlock, results: int32(len(t.results))})
}

// top is the innermost block.
func (b *body) top() *frame { return &b.frames[len(b.frames)-1] }

// settle keeps the height from falling below that of the innermost block, as it does where nothing leads.
func (b *body) settle() { b.flow.height = max(b.flow.height, b.top().height) }

// pass goes on to another block.
func (b *body) pass() {
	b.settle()
	b.flow.chain++
	b.figures.live += int64(b.flow.height)
}

// enter opens a block, loop or if.
func (b *body) enter(op opcode, params, results int32) {
	f := &b.flow
	begin := f.chain
	if op != opBlock {
		b.pass()
	}
	if op == opLoop {
		b.figures.walks += int64(f.chain)
		f.chain = 0
	}
	height := max(f.height-params, b.top().height)
	b.frames = append(b.frames, frame{op: op, height: height, params: params, results: results, begin: begin})
	f.height = height + params
}

// otherwise turns to the other arm of an if.
func (b *body) otherwise(top *frame) {
	f := &b.flow
	if !f.dead {
		b.branch(top)
	}
	top.op = opElse
	*f = flow{height: top.height + top.params, chain: top.begin}
	b.pass()
}

// close leaves a block, or the function. Where several paths lead out of it, they merge.
func (b *body) close(top *frame) {
	f := &b.flow
	if top.op == opIf {
		top.branches++
		top.only = top.begin
		b.figures.walks += int64(top.begin)
	}
	ways := top.branches
	if f.dead {
		f.chain = top.only
	} else {
		ways++
		b.figures.walks += int64(f.chain)
	}
	if ways > 1 {
		f.chain = 0
	}
	f.dead = ways == 0
	f.height = top.height + top.results
	b.pass()
}

// branch follows an edge to a block's end, or a loop's begin.
func (b *body) branch(target *frame) {
	b.figures.edges++
	b.figures.walks += int64(b.flow.chain)
	if target.op == opLoop {
		b.figures.carried += int64(target.params)
		return
	}
	b.figures.carried += int64(target.results)
	target.branches++
	target.only = b.flow.chain
}

// leave is behind an instruction that never goes on.
func (b *body) leave() {
	b.flow.dead = true
	b.flow.height = b.top().height
}

// call takes a call's parameters from the stack and leaves its results, each of which is work.
func (b *body) call(t *funcType) {
	b.figures.work += t.values()
	b.flow.height -= int32(len(t.params))
	b.settle()
	b.flow.height += int32(len(t.results))
}

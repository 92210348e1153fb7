package sandbox

// body is the state of reading one function's body. Its slices are used again for the next one.
type body struct {
	frames  []frame
	used    localSet // locals that instructions name, and parameters
	locals  int      // with parameters
	figures bodyFigures
	flow    flow
}

// codeSection reads the functions' bodies.
func (in *inspector) codeSection() int {
	start := in.pos
	n := in.count(3, "function bodies")
	if n != in.declared {
		in.fail(CodeFunctionCount, start, "%d functions are declared and %d have a body", in.declared, n)
	}
	for i := 0; i < n && in.ok(); i++ {
		in.function(in.layout.importedFuncs + i)
	}
	return n
}

// function reads one body.
func (in *inspector) function(index int) {
	start := in.pos
	size := in.count(1, "bytes of a function")
	if !in.ok() {
		return
	}
	section := in.end
	in.end = in.pos + size
	in.layout.bodies = append(in.layout.bodies, span{in.pos, in.end})
	in.use(qBody, int64(size), start)
	t := &in.layout.types[in.layout.funcs[index]]
	in.body.figures = bodyFigures{bytes: size, results: len(t.results)}
	in.locals(len(t.params))
	in.instructions(t)
	in.body.figures.used = in.body.used.len
	if in.ok() && in.pos < in.end {
		in.fail(CodeBodySize, in.pos, "function %d ends %d bytes before its size", index, in.end-in.pos)
	}
	if in.ok() {
		in.end = section
		in.layout.calls.end()
		in.measure(start)
	}
}

// locals reads the declarations of locals, which come in groups of one type.
func (in *inspector) locals(params int) {
	var sum int64
	groups := in.count(2, "groups of locals")
	for range groups {
		start := in.pos
		sum += int64(in.u32())
		in.use(qLocals, sum, start)
		in.valueType()
	}
	in.slots += sum
	in.use(qSlots, in.slots, in.pos)
	if !in.ok() {
		return
	}
	b := &in.body
	b.locals = params + int(sum)
	b.figures.locals = b.locals
	b.used.reset(b.locals)
	for i := range params {
		b.used.add(uint32(i))
	}
}

// instructions reads a function's instructions up to its end.
func (in *inspector) instructions(t *funcType) {
	b := &in.body
	b.begin(t)
	var op instruction
	for len(b.frames) > 0 && in.ok() {
		in.reader.instruction(&op)
		if in.ok() {
			in.follow(&op)
		}
	}
}

// follow follows one instruction.
func (in *inspector) follow(op *instruction) {
	b := &in.body
	b.figures.work += int64(op.info.work)
	b.flow.height -= int32(op.info.pops)
	switch op.info.imm {
	case immNone:
		in.control(op)
	case immBlock:
		in.open(op)
	case immI32, immI64:
	default:
		in.operand(op)
	}
	if op.info.result {
		b.flow.height++
	}
}

// control follows the instructions that end blocks, and those that leave the function.
func (in *inspector) control(op *instruction) {
	b := &in.body
	top := &b.frames[len(b.frames)-1]
	switch op.op {
	case opEnd:
		if top.branches > 0 || top.op == opIf || top.op == opElse {
			b.figures.merges++
		}
		if top.op == opLoop {
			b.figures.loops--
		}
		b.close(top)
		b.frames = b.frames[:len(b.frames)-1]
	case opElse:
		if top.op != opIf {
			in.fail(CodeNesting, op.start, "else stands outside of an if")
		}
		b.otherwise(top)
	case opReturn, opUnreachable:
		b.figures.added += addedToExit
		b.leave()
	}
}

// open follows block, loop and if.
func (in *inspector) open(op *instruction) {
	b := &in.body
	f := &b.figures
	if op.block.indexed {
		if uint64(op.block.index) >= uint64(len(in.layout.types)) {
			in.fail(CodeIndex, op.imm, "there is no type %d", op.block.index)
			return
		}
		f.results = max(f.results, len(in.layout.types[op.block.index].results))
	}
	f.branches++
	if op.op == opLoop {
		f.merges++
		f.headers++
		f.checks++
		f.added += addedToLoop
		f.loops++
		f.deepestLoop = max(f.deepestLoop, f.loops)
	}
	b.enter(op.op, int32(in.layout.params(op.block)), int32(in.layout.results(op.block)))
	if op.op == opLoop {
		b.top().loop = int32(len(in.layout.turns))
		in.layout.turns = append(in.layout.turns, 0)
	}
	in.use(qNesting, int64(len(b.frames)-1), op.start)
}

// operand checks the instructions that name something, and counts what makes them dear to compile.
func (in *inspector) operand(op *instruction) {
	b := &in.body
	if op.op.isBulk() {
		b.figures.checks++
		b.figures.added += addedToBulk
		b.ways(op.op)
	}
	switch op.info.imm {
	case immLabel:
		in.branch(op.index, op.imm)
		if op.op == opBrIf {
			b.figures.branches++
			b.pass()
		} else {
			b.leave()
		}
	case immLabels:
		in.branchTable(op)
		b.leave()
	case immLocal:
		in.exists(op.index, b.locals, "local", op)
		in.local(op)
	case immGlobal:
		in.exists(op.index, len(in.layout.globals), "global", op)
	case immFunc, immCallIndirect:
		in.callOperand(op)
	case immAccess, immAccessLane, immMemory, immMemories:
		in.exists(0, len(in.Memories), "memory", op)
	default:
		in.bulkOperand(op)
	}
}

// callOperand checks the instructions that name a function or its type.
func (in *inspector) callOperand(op *instruction) {
	b := &in.body
	b.figures.calls++
	var t uint32
	switch op.op {
	case opCallIndirect:
		in.exists(op.index, len(in.layout.types), "type", op)
		in.exists(op.second, len(in.Tables), "table", op)
		b.figures.added += addedToIndirect
		t = op.index
	default:
		in.exists(op.index, len(in.layout.funcs), "function", op)
		if op.op == opRefFunc {
			in.refer(op.index)
			return
		}
		if in.ok() {
			t = in.layout.funcs[op.index]
			in.layout.calls.add(int(op.index) - in.layout.importedFuncs)
		}
	}
	if in.ok() {
		b.call(&in.layout.types[t])
	}
}

// bulkOperand checks the instructions on segments and tables.
func (in *inspector) bulkOperand(op *instruction) {
	switch op.info.imm {
	case immTable:
		in.exists(op.index, len(in.Tables), "table", op)
		in.layout.growsTables = in.layout.growsTables || op.op == opTableGrow
		if op.op == opTableSet || op.op == opTableFill || op.op == opTableGrow {
			in.layout.changesTables = true
		}
	case immTables:
		in.layout.changesTables = true
		in.exists(op.index, len(in.Tables), "table", op)
		in.exists(op.second, len(in.Tables), "table", op)
	case immElem:
		in.exists(op.index, in.elements, "element segment", op)
	case immElemTable:
		in.layout.changesTables = true
		in.exists(op.index, in.elements, "element segment", op)
		in.exists(op.second, len(in.Tables), "table", op)
	case immDataMemory, immData:
		if in.dataCount < 0 {
			in.fail(CodeDataCount, op.start, "data segments are used without a data count section")
		}
		in.exists(op.index, in.dataCount, "data segment", op)
		in.layout.namesData = true
		if op.op == opMemoryInit {
			in.exists(0, len(in.Memories), "memory", op)
		}
	}
}

// local follows an instruction on a local.
func (in *inspector) local(op *instruction) {
	if !in.ok() {
		return
	}
	b := &in.body
	b.used.add(op.index)
	if op.op != opLocalSet {
		b.flow.height++
	}
	if op.op == opLocalGet {
		b.figures.reads += int64(b.flow.chain)
	}
}

// exists checks an index of an instruction.
func (in *inspector) exists(index uint32, n int, what string, op *instruction) {
	if uint64(index) >= uint64(n) {
		in.fail(CodeIndex, op.imm, "there is no %s %d", what, index)
	}
}

// branch follows one edge to the block that a label names.
func (in *inspector) branch(label uint32, offset int) {
	b := &in.body
	if uint64(label) >= uint64(len(b.frames)) {
		in.fail(CodeNesting, offset, "there is no block %d levels up", label)
		return
	}
	target := &b.frames[len(b.frames)-1-int(label)]
	if target.op == opLoop {
		in.layout.turns[target.loop]++
	}
	b.branch(target)
}

// branchTable follows the edges of a br_table.
func (in *inspector) branchTable(op *instruction) {
	labels := reader{buf: in.buf, pos: op.imm, end: in.pos}
	n := labels.u32()
	in.body.figures.targets += int(n) + 1
	in.use(qTargets, int64(in.body.figures.targets), op.start)
	for range n + 1 {
		at := labels.pos
		in.branch(labels.u32(), at)
	}
}

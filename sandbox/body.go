package sandbox

// body is the state of reading one function's body. Its slices are used again for the next one.
type body struct {
	frames  []frame
	written localSet // locals that are set, and parameters
	locals  int      // with parameters
	checked bool     // whether it has a loop or a call
	figures bodyFigures
}

// frame is a block, loop or if that is open, or the function itself.
type frame struct {
	op       opcode
	branched bool // whether an instruction branches to its end
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
	in.body.checked = false
	in.locals(len(t.params))
	in.instructions()
	in.body.figures.written = in.body.written.len
	if in.ok() && in.pos < in.end {
		in.fail(CodeBodySize, in.pos, "function %d ends %d bytes before its size", index, in.end-in.pos)
	}
	if in.ok() {
		in.end = section
		in.layout.checked = append(in.layout.checked, in.body.checked)
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
	if !in.ok() {
		return
	}
	b := &in.body
	b.locals = params + int(sum)
	b.figures.locals = b.locals
	b.written.reset(b.locals)
	for i := range params {
		b.written.add(uint32(i))
	}
}

// instructions reads a function's instructions up to its end.
func (in *inspector) instructions() {
	b := &in.body
	b.frames = append(b.frames[:0], frame{op: opBlock})
	var op instruction
	for len(b.frames) > 0 && in.ok() {
		in.reader.instruction(&op)
		if !in.ok() {
			return
		}
		if op.info.dear {
			b.figures.dear++
		}
		switch op.info.imm {
		case immNone:
			in.control(&op)
		case immBlock:
			in.open(&op)
		case immI32, immI64:
		default:
			in.operand(&op)
		}
	}
}

// control follows the instructions that end blocks, and those that leave the function.
func (in *inspector) control(op *instruction) {
	b := &in.body
	top := &b.frames[len(b.frames)-1]
	switch op.op {
	case opEnd:
		if top.branched || top.op == opIf || top.op == opElse {
			b.figures.merges++
		}
		if top.op == opLoop {
			b.figures.loops--
		}
		b.frames = b.frames[:len(b.frames)-1]
	case opElse:
		if top.op != opIf {
			in.fail(CodeNesting, op.start, "else stands outside of an if")
		}
		top.op = opElse
	case opReturn, opUnreachable:
		b.figures.added += addedToExit
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
		b.checked = true
		f.merges++
		f.checks++
		f.added += addedToLoop
		f.loops++
		f.deepestLoop = max(f.deepestLoop, f.loops)
	}
	b.frames = append(b.frames, frame{op: op.op})
	in.use(qNesting, int64(len(b.frames)-1), op.start)
}

// operand checks the instructions that name something, and counts what makes them dear to compile.
func (in *inspector) operand(op *instruction) {
	b := &in.body
	if op.op.isBulk() {
		b.figures.checks++
		b.figures.bulk++
		b.figures.added += addedToBulk
	}
	switch op.info.imm {
	case immLabel:
		in.branch(op.index, op.imm)
		if op.op == opBrIf {
			b.figures.branches++
		}
	case immLabels:
		in.branchTable(op)
	case immLocal:
		in.exists(op.index, b.locals, "local", op)
		if op.op != opLocalGet && in.ok() {
			b.written.add(op.index)
		}
	case immGlobal:
		in.exists(op.index, len(in.layout.globals), "global", op)
	case immFunc:
		in.exists(op.index, len(in.layout.funcs), "function", op)
		b.figures.calls++
		if op.op == opRefFunc {
			in.refer(op.index)
		} else {
			b.checked = true
		}
	case immCallIndirect:
		in.exists(op.index, len(in.layout.types), "type", op)
		in.exists(op.second, len(in.Tables), "table", op)
		b.checked = true
		b.figures.calls++
		b.figures.added += addedToIndirect
	case immAccess, immAccessLane, immMemory, immMemories:
		in.exists(0, len(in.Memories), "memory", op)
	default:
		in.bulkOperand(op)
	}
}

// bulkOperand checks the instructions on segments and tables.
func (in *inspector) bulkOperand(op *instruction) {
	switch op.info.imm {
	case immTable:
		in.exists(op.index, len(in.Tables), "table", op)
		in.layout.growsTables = in.layout.growsTables || op.op == opTableGrow
	case immTables:
		in.exists(op.index, len(in.Tables), "table", op)
		in.exists(op.second, len(in.Tables), "table", op)
	case immElem:
		in.exists(op.index, in.elements, "element segment", op)
	case immElemTable:
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
	b.figures.edges++
	target := &b.frames[len(b.frames)-1-int(label)]
	target.branched = target.op != opLoop
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

package sandbox

// emitter writes metered bodies. Instructions that stay as they are get copied in runs; its slices are used again for
// the next function.
type emitter struct {
	patcher // of the body at hand
	layout  *layout
	added   *additions
	code    writer // bodies that are done

	self   uint32 // index of the function at hand, in the metered module
	typ    *funcType
	plan   *plan
	frames []emitFrame
	height int         // of the blocks that are open in the metered body
	loop   int         // number of the next loop
	point  int         // number of the next payment
	spare  uint32      // first of the locals that are added
	before uint32      // the one that holds the stack that there was before the call
	last   instruction // the instruction before
}

// emitFrame is an open block of the original body.
type emitFrame struct {
	label int   // height of the block that labels lead to
	fuel  int64 // what a turn pays at the header of a loop
	loop  bool  // whether it is a loop with its yield behind its body
}

// function writes the body of a function of the metered module by its plan.
func (e *emitter) function(self uint32, body span, t *funcType, p *plan) {
	e.from(body)
	e.self, e.typ = self, t
	e.plan, e.loop, e.point, e.height, e.last = p, 0, 0, 0, instruction{}
	e.locals()
	e.frames = append(e.frames[:0], emitFrame{})
	e.entry()
	var in instruction
	for len(e.frames) > 0 {
		e.reader.instruction(&in)
		e.payBefore(&in)
		e.instruction(&in)
		e.last = in
	}
	e.flush(e.pos)
	e.code.sized(e.w.buf)
}

// locals copies the declarations of locals and adds what the meter needs: first what bulk instructions need, then the
// stack that there was before the call.
func (e *emitter) locals() {
	more := 0
	if e.plan.bulk {
		more++
	}
	if e.plan.frame > 0 {
		more++
	}
	e.spare = uint32(len(e.typ.params))
	for range e.count(more) {
		e.spare += e.u32()
		e.valueType()
	}
	e.flush(e.pos)
	e.before = e.spare
	if e.plan.bulk {
		e.w.u32(bulkLocals)
		e.w.op(opcode(i32))
		e.before += bulkLocals
	}
	if e.plan.frame > 0 {
		e.w.op(1, opcode(i64))
	}
}

// payBefore writes the payment that is due before an instruction.
func (e *emitter) payBefore(in *instruction) {
	if e.point == len(e.plan.points) || e.plan.points[e.point].offset != in.start {
		return
	}
	p := e.plan.points[e.point]
	e.point++
	e.flush(in.start)
	if p.fuel > 0 {
		e.added.pay(&e.w, p.fuel)
	}
	if p.check {
		e.added.check(&e.w)
	}
}

// instruction writes one instruction, if it isn't one that stays.
func (e *emitter) instruction(in *instruction) {
	switch in.op {
	case opBlock, opIf:
		e.height++
		e.frames = append(e.frames, emitFrame{label: e.height})
	case opLoop:
		e.openLoop(in)
	case opEnd:
		e.closeBlock(in)
	case opBr, opBrIf:
		if label := e.label(in.index); label != in.index {
			e.replace(in.start).index(in.op, label)
		}
	case opBrTable:
		e.branchTable(in)
	case opReturn:
		e.leave(in)
	case opCall, opRefFunc:
		if index := e.added.funcIndex(in.index); index != in.index {
			e.replace(in.start).index(in.op, index)
		}
	default:
		e.bulk(in)
	}
}

// label says how far away the block of an original label is in the metered body.
func (e *emitter) label(original uint32) uint32 {
	return uint32(e.height - e.frames[len(e.frames)-1-int(original)].label)
}

// branchTable writes the labels of a br_table anew.
func (e *emitter) branchTable(in *instruction) {
	w := e.replace(in.start)
	w.op(opBrTable)
	labels := reader{buf: e.buf, pos: in.imm, end: e.pos}
	n := labels.u32()
	w.u32(n)
	for range n + 1 {
		w.u32(e.label(labels.u32()))
	}
}

// openLoop writes a loop's header, which pays for a turn and looks whether fuel is left.
//
// The yield is written behind the body, where it is out of the way: between header and body, compilers would lay it
// out there, and each turn would jump over it.
//
//	block $exit
//	  loop $again
//	    block $pause
//	      (pay) (br_if $pause if there is no fuel)
//	      body
//	      br $exit
//	    end
//	    (yield, with what was just paid added, since it is paid once more)
//	    br $again
//	  end
//	end
//
// A loop with parameters can't begin anew so, and has its check at the header.
func (e *emitter) openLoop(in *instruction) {
	w := e.replace(in.start)
	fuel := e.plan.loops[e.loop]
	e.loop++
	blockType := e.buf[in.imm:e.pos]
	if e.layout.params(in.block) > 0 {
		w.op(opLoop)
		w.buf = append(w.buf, blockType...)
		if fuel > 0 {
			e.added.pay(w, fuel)
		}
		e.added.check(w)
		e.height++
		e.frames = append(e.frames, emitFrame{label: e.height})
		return
	}
	w.op(opBlock)
	w.buf = append(w.buf, blockType...)
	w.op(opLoop)
	w.buf = append(w.buf, blockType...)
	w.op(opBlock, blockEmpty)
	if fuel > 0 {
		e.added.pay(w, fuel)
	}
	w.index(opGlobalGet, e.added.fuel)
	w.i64(0)
	w.op(opI64LtS)
	w.index(opBrIf, 0)
	e.height += 3
	e.frames = append(e.frames, emitFrame{label: e.height - 1, fuel: fuel, loop: true})
}

// closeBlock writes the end of a block.
func (e *emitter) closeBlock(in *instruction) {
	f := e.frames[len(e.frames)-1]
	e.frames = e.frames[:len(e.frames)-1]
	if len(e.frames) == 0 {
		e.leave(in)
		if e.plan.again {
			e.beginAnew()
		}
		return
	}
	if !f.loop {
		e.height--
		return
	}
	w := e.replace(in.start)
	w.index(opBr, 2)
	w.op(opEnd)
	if f.fuel > 0 {
		w.i64(f.fuel)
		w.index(opCall, e.added.again)
	} else {
		w.index(opCall, e.added.pause)
	}
	w.index(opBr, 0)
	w.op(opEnd, opEnd)
	e.height -= 3
}

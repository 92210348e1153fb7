package sandbox

// entry pays for the function, takes its stack, and looks whether both were left. A function that calls itself has what
// comes of that behind its body: see beginAnew.
func (e *emitter) entry() {
	a, w := e.added, &e.w
	if e.plan.again {
		w.op(opBlock, blockEmpty)
		e.height = 1
	}
	if e.plan.entry > 0 {
		a.pay(w, e.plan.entry)
	}
	switch {
	case e.plan.frame > 0:
		w.index(opGlobalGet, a.stack)
		w.index(opLocalTee, e.before)
		w.i64(e.plan.frame)
		w.op(opI64Sub)
		w.index(opGlobalSet, a.stack)
		w.index(opGlobalGet, a.stack)
		if e.plan.check {
			w.index(opGlobalGet, a.fuel)
			w.op(opI64Or)
		}
		w.i64(0)
		w.op(opI64LtS)
		if e.plan.again {
			w.index(opBrIf, 0)
			break
		}
		w.op(opIf, blockEmpty)
		w.index(opCall, a.enter)
		w.op(opEnd)
	case e.plan.check:
		a.check(w)
	}
	if e.plan.frame > 0 && e.plan.ends {
		e.openBody()
	}
}

// beginAnew ends a function that calls itself. Compilers would lay the yield out between entry and body, and a call has
// to jump over it there and to find its values again behind it, which is much of what a small one costs. Nothing leads
// back to the body from here, and to make a loop of it would make all that is in it slower: so it is called. The frame of
// this call stays on the stack without account, which is why it has to be small.
//
//	block $pause
//	  (pay) (take) (br_if $pause if there is no fuel or stack)
//	  body
//	  return
//	end
//	(yield or end the call) (give back fuel and stack, since they are taken once more)
//	(call the function, with its parameters)
func (e *emitter) beginAnew() {
	w := &e.w
	w.op(opReturn, opEnd)
	w.index(opCall, e.added.enter)
	e.added.pay(w, -e.plan.entry)
	e.giveBack()
	for i := range e.typ.params {
		w.index(opLocalGet, uint32(i))
	}
	w.index(opCall, e.self)
}

// giveBack gives back the stack that the call took.
func (e *emitter) giveBack() {
	e.w.index(opLocalGet, e.before)
	e.w.index(opGlobalSet, e.added.stack)
}

// openBody puts the function's body into a block, so that branches to its end lead to where the stack is given back.
func (e *emitter) openBody() {
	e.height++
	e.frames[0].label = e.height
	e.w.op(opBlock)
	switch results := e.typ.results; len(results) {
	case 0:
		e.w.op(blockEmpty)
	case 1:
		e.w.op(opcode(results[0]))
	default:
		e.w.u32(e.added.funcType(nil, results))
	}
}

// leave gives the stack back before the function returns.
func (e *emitter) leave(in *instruction) {
	if e.plan.frame == 0 {
		return
	}
	e.flush(in.start)
	if in.op == opEnd && e.plan.ends {
		e.w.op(opEnd)
	}
	e.giveBack()
}

package sandbox

// helperKind is one of the functions that the meter adds where they are needed.
type helperKind uint8

const (
	helperPause      helperKind = iota // () -> (): yields
	helperAgain                        // (paid: i64) -> (): yields and adds what is going to be paid again
	helperEnter                        // () -> (): yields, or ends the call if the stack is used up
	helperFill                         // memory.fill in pieces
	helperCopy                         // memory.copy in pieces
	helperInit                         // memory.init in pieces
	helperToll                         // (n: i32) -> i32: pays for n entries of a table and returns n
	helperTollBytes                    // (n: i32) -> i32: pays for n bytes of a data segment and returns n
	helperGrowMemory                   // memory.grow, paying for what was added
	helperGrowTable                    // table.grow, paying for what was added
)

// helper returns the index of a helper function, which is added when it is first needed.
func (a *additions) helper(kind helperKind, of uint32) uint32 {
	key := helperKey{kind, of}
	index, known := a.helperKey[key]
	if !known {
		index = uint32(1 + len(a.layout.funcs) + len(a.helpers))
		a.helperKey[key] = index
		a.helpers = append(a.helpers, a.makeHelper(key))
	}
	return index
}

func (a *additions) makeHelper(key helperKey) helper {
	three := []valueType{i32, i32, i32}
	one := three[:1]
	switch key.kind {
	case helperPause:
		return helper{a.funcType(nil, nil), a.pauseBody()}
	case helperAgain:
		return helper{a.funcType([]valueType{i64}, nil), a.againBody()}
	case helperEnter:
		return helper{a.funcType(nil, nil), a.enterBody()}
	case helperFill:
		return helper{a.funcType(three, nil), a.fillBody()}
	case helperCopy:
		return helper{a.funcType(three, nil), a.copyBody()}
	case helperInit:
		return helper{a.funcType(three, nil), a.initBody(key.of, a.layout.data[key.of])}
	case helperToll:
		return helper{a.funcType(one, one), a.tollBody(0, func(w *writer) { w.misc(opTableSize, key.of) })}
	case helperTollBytes:
		return helper{a.funcType(one, one), a.tollBody(-bytesShift, func(w *writer) { w.i32(int32(a.layout.data[key.of])) })}
	case helperGrowMemory:
		return helper{a.funcType(one, one), a.growMemoryBody()}
	}
	return helper{a.funcType([]valueType{a.layout.tables[key.of], i32}, one), a.growTableBody(key.of)}
}

// pauseBody yields.
func (a *additions) pauseBody() []byte {
	var w writer
	w.op(0) // no locals
	w.index(opGlobalGet, a.fuel)
	w.index(opCall, a.yield)
	w.index(opGlobalSet, a.fuel)
	w.op(opEnd)
	return w.buf
}

// againBody yields and gives back what the loop's header has paid, since the header is going to pay it again.
func (a *additions) againBody() []byte {
	var w writer
	w.op(0) // no locals
	w.index(opGlobalGet, a.fuel)
	w.index(opCall, a.yield)
	w.index(opLocalGet, 0)
	w.op(opI64Add)
	w.index(opGlobalSet, a.fuel)
	w.op(opEnd)
	return w.buf
}

// enterBody yields, unless the stack is used up: then it says so and ends the call, even if the host comes back.
func (a *additions) enterBody() []byte {
	var w writer
	w.op(0) // no locals
	w.index(opGlobalGet, a.stack)
	w.i64(0)
	w.op(opI64LtS, opIf, blockEmpty)
	w.i64(StackExhausted)
	w.index(opCall, a.yield)
	w.op(opUnreachable, opEnd)
	w.index(opCall, a.pause)
	w.op(opEnd)
	return w.buf
}

// tollBody pays for what its parameter counts, 2^shift units each, unless that is more than there is: then the
// instruction behind it does nothing but trap.
func (a *additions) tollBody(shift int64, most func(*writer)) []byte {
	var w writer
	w.op(1, 1, opcode(i32))
	w.index(opLocalGet, 0)
	w.i32(0)
	w.index(opLocalGet, 0)
	most(&w)
	w.op(opI32LeU, opSelect)
	w.index(opLocalSet, 1)
	a.payFor(&w, 1, shift)
	a.check(&w)
	w.index(opLocalGet, 0)
	w.op(opEnd)
	return w.buf
}

// growMemoryBody grows the memory in pieces, each paid for: it is now that the system has to find their pages. What would
// be too much for the memory fails as a whole, as it has to. A piece could fail later only because the system has no
// memory left; what was added before then stays.
func (a *additions) growMemoryBody() []byte {
	const former, piece = 1, 2
	var w writer
	w.op(1, 2, opcode(i32))
	fail := func() {
		w.op(opIf, blockEmpty)
		w.i32(-1)
		w.op(opReturn, opEnd)
	}
	w.index(opLocalGet, 0)
	w.i32(int32(a.pages))
	w.index(opMemorySize, 0)
	w.index(opLocalTee, former)
	w.op(opI32Sub, opI32GtU)
	fail()
	w.op(opLoop, blockEmpty)
	w.least(0, a.atOnce)
	w.index(opLocalTee, piece)
	w.index(opMemoryGrow, 0)
	w.i32(-1)
	w.op(opI32Eq)
	fail()
	a.payFor(&w, piece, pageShift)
	a.check(&w)
	w.index(opLocalGet, 0)
	w.index(opLocalGet, piece)
	w.op(opI32Sub)
	w.index(opLocalTee, 0)
	w.index(opBrIf, 0)
	w.op(opEnd)
	w.index(opLocalGet, former)
	w.op(opEnd)
	return w.buf
}

// growTableBody grows a table and pays for the entries that were added, if they were: the former size is not -1.
func (a *additions) growTableBody(table uint32) []byte {
	var w writer
	w.op(1, 1, opcode(i32))
	w.index(opLocalGet, 0)
	w.index(opLocalGet, 1)
	w.misc(opTableGrow, table)
	w.index(opLocalTee, 2)
	w.i32(-1)
	w.op(opI32Ne, opIf, blockEmpty)
	a.payFor(&w, 1, 0)
	w.op(opEnd)
	w.index(opLocalGet, 2)
	w.op(opEnd)
	return w.buf
}

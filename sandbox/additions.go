package sandbox

// additions are the things that the meter adds to a module, by their indices in the metered one: an imported function,
// two globals, helper functions, and types for them.
type additions struct {
	yield     uint32 // imported function, the last imported one
	yieldType uint32
	pause     uint32 // helper function: yields
	again     uint32 // helper function: yields in a loop
	enter     uint32 // helper function: yields, or ends the call if no stack is left
	fuel      uint32 // global: fuel that is left until the next yield
	stack     uint32 // global: bytes of stack that are left

	pages     uint32            // that the memory may reach
	atOnce    int32             // pages by which it grows between two looks at the fuel
	layout    *layout           // of the original module
	newTypes  []string          // as they are encoded
	typeIndex map[string]uint32 // of those
	helpers   []helper
	helperKey map[helperKey]uint32
}

// helper is a function that the meter adds.
type helper struct {
	typ  uint32
	body []byte
}

// helperKey says which helper function is meant: its kind, and the table or data segment it is for.
type helperKey struct {
	kind helperKind
	of   uint32
}

func newAdditions(m *Module, b budget) *additions {
	l := &m.layout
	a := &additions{
		pages:     b.pages,
		atOnce:    piecePages,
		yield:     uint32(l.importedFuncs),
		fuel:      uint32(len(l.globals)),
		stack:     uint32(len(l.globals) + 1),
		layout:    l,
		typeIndex: map[string]uint32{},
		helperKey: map[helperKey]uint32{},
	}
	if len(m.Memories) > 0 && m.Memories[0].Imported {
		a.atOnce = maxPages // it may have a lower maximum, so that growing in pieces could fail half way
	}
	a.yieldType = a.funcType([]valueType{i64}, []valueType{i64})
	a.pause = a.helper(helperPause, 0)
	a.again = a.helper(helperAgain, 0)
	a.enter = a.helper(helperEnter, 0)
	return a
}

// funcIndex is the new index of a function of the original module.
func (a *additions) funcIndex(original uint32) uint32 {
	if original >= a.yield {
		return original + 1
	}
	return original
}

// funcType returns the index of a function type, which is added if it is new. Types that the original module has may
// come up once more.
func (a *additions) funcType(params, results []valueType) uint32 {
	var w writer
	w.op(0x60)
	for _, list := range [][]valueType{params, results} {
		w.u32(uint32(len(list)))
		for _, t := range list {
			w.op(opcode(t))
		}
	}
	key := string(w.buf)
	index, known := a.typeIndex[key]
	if !known {
		index = uint32(len(a.layout.types) + len(a.newTypes))
		a.typeIndex[key] = index
		a.newTypes = append(a.newTypes, key)
	}
	return index
}

// pay writes a payment.
func (a *additions) pay(w *writer, fuel int64) {
	w.index(opGlobalGet, a.fuel)
	w.i64(fuel)
	w.op(opI64Sub)
	w.index(opGlobalSet, a.fuel)
}

// payFor writes a payment for what a local counts, 2^shift units each.
func (a *additions) payFor(w *writer, local uint32, shift int64) {
	w.index(opGlobalGet, a.fuel)
	w.index(opLocalGet, local)
	w.op(opI64ExtendI32U)
	if shift > 0 {
		w.i64(shift)
		w.op(opI64Shl)
	} else if shift < 0 {
		w.i64(-shift)
		w.op(opI64ShrU)
	}
	w.op(opI64Sub)
	w.index(opGlobalSet, a.fuel)
}

// check writes a look at the fuel.
func (a *additions) check(w *writer) {
	w.index(opGlobalGet, a.fuel)
	w.i64(0)
	w.op(opI64LtS, opIf, blockEmpty)
	w.index(opCall, a.pause)
	w.op(opEnd)
}

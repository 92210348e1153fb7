package sandbox

// rewriter puts the metered module together, section by section. It reads what was inspected, and so meets no errors.
type rewriter struct {
	patcher
	module *Module
	added  *additions
	budget budget
	table  int // number of the next table
}

// rewrite returns the metered module. Bodies come first, since they decide what is added.
func (r *rewriter) rewrite() []byte {
	code := r.code()
	data, segments := r.data()
	out := writer{buf: make([]byte, 0, len(r.buf)+len(code)/2)}
	out.buf = append(out.buf, r.buf[:8]...)
	for _, id := range sectionOrder {
		contents := code
		switch found := r.find(id); id {
		case idCode:
		case idData:
			contents = data
		case idDataCount:
			contents = r.dataCount(segments)
		default:
			r.from(found)
			r.section(id, found.start < found.end)
			r.flush(found.end)
			r.append(id)
			contents = r.w.buf
		}
		if len(contents) > 0 {
			out.section(id, contents)
		}
	}
	return out.buf
}

// find returns the contents of a section, empty if there is none.
func (r *rewriter) find(id byte) span {
	for _, s := range r.module.Sections {
		if s.id == id {
			return span{s.Offset, s.Offset + s.Size}
		}
	}
	return span{}
}

// code returns the contents of the code section: metered bodies and helpers.
func (r *rewriter) code() []byte {
	l := &r.module.layout
	p := planner{layout: l, accounts: newAccounts(len(l.bodies)), unlooked: make([]int64, len(l.bodies))}
	p.buf = r.buf
	e := emitter{layout: l, added: r.added}
	e.buf = r.buf
	e.code.buf = make([]byte, 0, len(r.buf)+len(r.buf)/4)
	metered := make([]span, len(l.bodies))
	for _, i := range l.calls.order() {
		t := &l.types[l.funcs[l.importedFuncs+int(i)]]
		p.function(int(i), l.bodies[i], t)
		metered[i].start = len(e.code.buf)
		e.function(r.added.funcIndex(uint32(l.importedFuncs)+uint32(i)), l.bodies[i], t, &p.plan)
		metered[i].end = len(e.code.buf)
	}
	var code writer
	code.buf = make([]byte, 0, len(e.code.buf)+len(e.code.buf)/64)
	code.u32(uint32(len(l.bodies) + len(r.added.helpers)))
	for _, body := range metered {
		code.buf = append(code.buf, e.code.buf[body.start:body.end]...)
	}
	for _, h := range r.added.helpers {
		code.sized(h.body)
	}
	return code.buf
}

// dataCount returns the contents of the data count section, which is there only for instructions that name segments: an
// engine sees so, without a look at the code, that there are none.
func (r *rewriter) dataCount(segments int) []byte {
	if !r.module.layout.namesData {
		return nil
	}
	var w writer
	w.u32(uint32(segments))
	return w.buf
}

// section changes a section's items.
func (r *rewriter) section(id byte, exists bool) {
	more := 0
	switch id {
	case idType:
		more = len(r.added.newTypes)
	case idImport:
		more = 1
	case idExport:
		more = 1 + len(r.state())
	case idFunction:
		more = len(r.added.helpers)
	case idGlobal:
		more = meterGlobals
	}
	if !exists {
		if more > 0 {
			r.w.u32(uint32(more))
		}
		return
	}
	switch id {
	case idType, idFunction:
		r.count(more)
	case idImport:
		for range r.count(more) {
			r.importOne()
		}
	case idTable:
		for range r.count(0) {
			r.tableSizes()
		}
	case idMemory:
		for range r.count(0) {
			r.sizes(r.budget.pages)
		}
	case idGlobal:
		for range r.count(more) {
			r.skip(2)
			r.constExpr()
		}
	case idExport:
		for range r.count(more) {
			r.bytes()
			if kind := r.byte(); kind == 0 {
				r.funcIndex(r.added.funcIndex)
			} else {
				r.u32()
			}
		}
	case idStart:
		r.funcIndex(r.added.funcIndex)
	case idElement:
		for range r.count(0) {
			r.elementSegment()
		}
	}
}

// append adds the meter's items to a section.
func (r *rewriter) append(id byte) {
	a, w := r.added, &r.w
	switch id {
	case idType:
		for _, t := range a.newTypes {
			w.buf = append(w.buf, t...)
		}
	case idImport:
		w.sized([]byte(ImportModule))
		w.sized([]byte(YieldImport))
		w.index(0, a.yieldType)
	case idFunction:
		for _, h := range a.helpers {
			w.u32(h.typ)
		}
	case idGlobal:
		for _, initial := range []int64{0, r.budget.stack} {
			w.op(opcode(i64), 1)
			w.i64(initial)
			w.op(opEnd)
		}
	case idExport:
		w.sized([]byte(FuelExport))
		w.index(3, a.fuel)
		for n, global := range r.state() {
			w.sized([]byte(StateExport(n)))
			w.index(3, global)
		}
	}
}

// funcIndex changes the index of a function.
func (r *rewriter) funcIndex(change func(uint32) uint32) {
	start := r.pos
	index := r.u32()
	r.replace(start).u32(change(index))
}

// constExpr passes over an initialiser.
func (r *rewriter) constExpr() {
	var in instruction
	r.instruction(&in)
	if in.op == opRefFunc {
		r.replace(in.start).index(opRefFunc, r.added.funcIndex(in.index))
	}
	r.skip(1)
}

// importOne passes over an import and writes what a table or memory may reach.
func (r *rewriter) importOne() {
	r.bytes()
	r.bytes()
	switch kind := r.byte(); kind {
	case 0:
		r.u32()
	case 1:
		r.tableSizes()
	case 2:
		r.sizes(r.budget.pages)
	default:
		r.skip(2)
	}
}

// tableSizes writes what the next table may reach.
func (r *rewriter) tableSizes() {
	r.skip(1)
	r.sizes(r.budget.entries[r.table])
	r.table++
}

// sizes writes the size that a table or memory may reach.
func (r *rewriter) sizes(most uint32) {
	start := r.pos
	hasMost := r.byte() == 1
	least := r.u32()
	if hasMost {
		r.u32()
	}
	w := r.replace(start)
	w.op(1)
	w.u32(least)
	w.u32(most)
}

// elementSegment passes over a segment and changes its functions' indices.
func (r *rewriter) elementSegment() {
	flags := r.u32()
	if flags&segmentPassive == 0 {
		if flags&segmentTable != 0 {
			r.u32()
		}
		r.constExpr()
	}
	if flags&(segmentPassive|segmentTable) != 0 {
		r.skip(1)
	}
	for range r.u32() {
		if flags&segmentExprs != 0 {
			r.constExpr()
		} else {
			r.funcIndex(r.added.funcIndex)
		}
	}
}

package sandbox

// point is a payment before an instruction.
type point struct {
	offset int // of the instruction
	fuel   int64
	check  bool // whether to look if fuel is left
}

// beforeEnd has the fuel looked at before a branch that leads to the function's end, if much was used since the last
// look. Else the way back through many functions would be one long way without any. What has called none of these yet is
// at the end of that way, where a little more makes no difference.
func (p *planner) beforeEnd(in *instruction, label uint32) {
	most := max(p.stack.bytes()/stackPerUnit, returnUnits)
	if !p.path.deep {
		most = max(most, maxOwed)
	}
	if int(label) == len(p.frames)-1 && !p.path.dead && p.path.unchecked > most {
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
		if n := p.unlooked[int(in.index)-p.layout.importedFuncs]; n > 0 {
			return int64(in.info.cost) + passed/movesPerUnit, n
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
		p.checked()
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

// beforeBack pays before a branch back to a loop, if there are several. A header would pay for all turns what the one with
// the most owes, and code that jumps through one loop for whatever it does, as Go's, has many short ones.
func (p *planner) beforeBack(in *instruction, label uint32) {
	f := &p.frames[len(p.frames)-1-int(label)]
	if f.op == opLoop && f.several && !p.path.dead {
		p.payTo(f.carried, in.start)
	}
}

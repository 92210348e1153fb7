package sandbox

// opInfo is what the reader and the meter need to know of an instruction.
type opInfo struct {
	imm    immediate
	arg    uint8  // of a memory access: logarithm of its natural alignment
	lanes  uint8  // lanes that an immediate lane may name
	cost   uint16 // units of fuel
	work   uint8  // microseconds that compiling it takes at worst; see score.go
	pops   uint8  // values that it takes from the stack; for calls and blocks see their types
	result bool   // leaves one value that did not exist before; for calls and blocks see their types
}

// Costs are weighed by the time that compiled code takes at worst: for what computes some cycles, for an access to memory
// that a cache misses, and its page's table too, a hundred times that; nothing for what leaves no machine code of its own.
const (
	costPlain    = 1   // and an access to memory beside another one
	costSeveral  = 4   // becomes several machine instructions
	costCall     = 12  // goes elsewhere
	costIndirect = 32  // goes where nobody knows
	costStore    = 8   // to memory; nothing waits for it
	costLoad     = 32  // what follows may wait for it
	costSlow     = 64  // divisions and roots
	costHost     = 512 // what leaves compiled code for the engine or the host
)

// Work that many instructions have in common.
const (
	workAccess = 16 // the engine checks the address, each time in a branch of its own
	workCall   = 10
	workBulk   = 100 // with what the meter adds
)

// The instructions, by their byte, or their number behind a prefix.
var (
	plainOps = makePlainOps()
	miscOps  = makeMiscOps()
	simdOps  = makeSIMDOps()
)

// info returns what is known of an instruction.
func (op opcode) info() *opInfo {
	switch op >> 8 {
	case prefixMisc:
		if n := int(op & 0xff); n < len(miscOps) {
			return &miscOps[n]
		}
		return &plainOps[0xff] // unknown
	case prefixSIMD:
		return &simdOps[op&0xff]
	}
	return &plainOps[op]
}

// set gives all instructions from first to last one description.
func set(ops []opInfo, first, last int, info opInfo) {
	for i := first; i <= last; i++ {
		ops[i] = info
	}
}

// setAligned describes memory accesses: natural holds the logarithm of each one's natural alignment as a digit.
func setAligned(ops []opInfo, first int, natural string, info opInfo) {
	for i := range len(natural) {
		info.arg = natural[i] - '0'
		ops[first+i] = info
	}
}

// opRange is a range of instructions and a number that is theirs.
type opRange struct {
	first, last int
	value       uint8
}

func setPops(ops []opInfo, ranges []opRange) {
	for _, r := range ranges {
		for i := r.first; i <= r.last; i++ {
			ops[i].pops = r.value
		}
	}
}

func setWork(ops []opInfo, ranges []opRange) {
	for _, r := range ranges {
		for i := r.first; i <= r.last; i++ {
			ops[i].work = r.value
		}
	}
}

func makePlainOps() (ops [256]opInfo) {
	t := ops[:]
	set(t, 0x00, 0x01, opInfo{imm: immNone})
	set(t, 0x02, 0x03, opInfo{imm: immBlock})
	set(t, 0x04, 0x04, opInfo{imm: immBlock, cost: costPlain, pops: 1})
	set(t, 0x05, 0x05, opInfo{imm: immNone})
	set(t, 0x0b, 0x0b, opInfo{imm: immNone})
	set(t, 0x0c, 0x0c, opInfo{imm: immLabel, cost: costPlain})
	set(t, 0x0d, 0x0d, opInfo{imm: immLabel, cost: costPlain, pops: 1})
	set(t, 0x0e, 0x0e, opInfo{imm: immLabels, cost: costCall, pops: 1})
	set(t, 0x0f, 0x0f, opInfo{imm: immNone, cost: costPlain})
	set(t, 0x10, 0x10, opInfo{imm: immFunc, cost: costCall, work: workCall})
	set(t, 0x11, 0x11, opInfo{imm: immCallIndirect, cost: costIndirect, work: 48, pops: 1})
	set(t, 0x1a, 0x1a, opInfo{imm: immNone, pops: 1})
	set(t, 0x1b, 0x1b, opInfo{imm: immNone, cost: costPlain, work: 3, pops: 3, result: true})
	set(t, 0x1c, 0x1c, opInfo{imm: immSelect, cost: costPlain, work: 3, pops: 3, result: true})
	set(t, 0x20, 0x20, opInfo{imm: immLocal})
	set(t, 0x21, 0x22, opInfo{imm: immLocal, cost: costPlain, work: 2, pops: 1})
	set(t, 0x23, 0x23, opInfo{imm: immGlobal, cost: costPlain, work: 1, result: true})
	set(t, 0x24, 0x24, opInfo{imm: immGlobal, cost: costPlain, work: 1, pops: 1})
	set(t, 0x25, 0x25, opInfo{imm: immTable, cost: costLoad, work: workAccess, pops: 1, result: true})
	set(t, 0x26, 0x26, opInfo{imm: immTable, cost: costLoad, work: workAccess, pops: 2})
	setAligned(t, 0x28, "23230011001122", opInfo{imm: immAccess, cost: costLoad, work: workAccess, pops: 1, result: true})
	setAligned(t, 0x36, "232301012", opInfo{imm: immAccess, cost: costStore, work: workAccess, pops: 2})
	set(t, 0x3f, 0x3f, opInfo{imm: immMemory, cost: costPlain, work: 4, result: true})
	set(t, 0x40, 0x40, opInfo{imm: immMemory, cost: costHost, work: 12, pops: 1, result: true})
	set(t, 0x41, 0x41, opInfo{imm: immI32, result: true})
	set(t, 0x42, 0x42, opInfo{imm: immI64, result: true})
	set(t, 0x43, 0x43, opInfo{imm: immF32, result: true})
	set(t, 0x44, 0x44, opInfo{imm: immF64, result: true})
	setNumeric(t)
	set(t, 0xd0, 0xd0, opInfo{imm: immRefType, result: true})
	set(t, 0xd1, 0xd1, opInfo{imm: immNone, cost: costPlain, work: 2, pops: 1, result: true})
	set(t, 0xd2, 0xd2, opInfo{imm: immFunc, cost: costHost, work: workCall, result: true})
	return ops
}

// setNumeric describes the instructions that compute a value from one or two.
func setNumeric(t []opInfo) {
	set(t, 0x45, 0xc4, opInfo{imm: immNone, cost: costPlain, work: 2, pops: 2, result: true})
	setPops(t, []opRange{{0x45, 0x45, 1}, {0x50, 0x50, 1}, {0x67, 0x69, 1}, {0x79, 0x7b, 1}, {0x8b, 0x91, 1}, {0x99, 0x9f, 1}, {0xa7, 0xc4, 1}})
	for _, slow := range [][2]int{{0x6d, 0x70}, {0x7f, 0x82}, {0x91, 0x91}, {0x95, 0x95}, {0x9f, 0x9f}, {0xa3, 0xa3}} {
		for i := slow[0]; i <= slow[1]; i++ {
			t[i].cost = costSlow
		}
	}
	for _, float := range [][2]int{{0x96, 0x97}, {0xa4, 0xa5}, {0xa8, 0xab}, {0xae, 0xbb}} { // min, max and conversions
		for i := float[0]; i <= float[1]; i++ {
			t[i].cost = costSeveral
		}
	}
	setWork(t, []opRange{
		{0x45, 0x45, 3}, {0x50, 0x50, 3}, {0x6d, 0x70, 14}, {0x74, 0x78, 4}, {0x7f, 0x82, 14}, {0x86, 0x8a, 4}, {0x8b, 0x8c, 3},
		{0x96, 0x97, 9}, {0x98, 0x98, 6}, {0x99, 0x9a, 3}, {0xa4, 0xa5, 9}, {0xa6, 0xa6, 6}, {0xa8, 0xab, 20}, {0xae, 0xb1, 20},
		{0xb2, 0xb4, 3}, {0xb5, 0xb5, 12}, {0xb6, 0xb9, 3}, {0xba, 0xba, 12}, {0xbb, 0xbb, 3},
	})
}

func makeMiscOps() (ops [18]opInfo) {
	t := ops[:]
	set(t, 0x00, 0x07, opInfo{imm: immNone, cost: costSeveral, work: 14, pops: 1, result: true})
	t[0x08] = opInfo{imm: immDataMemory, cost: costCall, work: workBulk, pops: 3}
	t[0x09] = opInfo{imm: immData, cost: costPlain, work: workCall}
	t[0x0a] = opInfo{imm: immMemories, cost: costCall, work: workBulk, pops: 3}
	t[0x0b] = opInfo{imm: immMemory, cost: costCall, work: workBulk, pops: 3}
	t[0x0c] = opInfo{imm: immElemTable, cost: costCall, work: workBulk, pops: 3}
	t[0x0d] = opInfo{imm: immElem, cost: costPlain, work: workCall}
	t[0x0e] = opInfo{imm: immTables, cost: costCall, work: workBulk, pops: 3}
	t[0x0f] = opInfo{imm: immTable, cost: costHost, work: 12, pops: 2, result: true}
	t[0x10] = opInfo{imm: immTable, cost: costPlain, work: 4, result: true}
	t[0x11] = opInfo{imm: immTable, cost: costCall, work: workBulk, pops: 3}
	return ops
}

func makeSIMDOps() (ops [256]opInfo) {
	t := ops[:]
	set(t, 0x00, 0xff, opInfo{imm: immNone, cost: costSeveral, work: 4, pops: 2, result: true})
	setPops(t, []opRange{
		{0x0f, 0x14, 1}, {0x4d, 0x4d, 1}, {0x52, 0x52, 3}, {0x53, 0x53, 1}, {0x5e, 0x64, 1}, {0x67, 0x6a, 1}, {0x74, 0x75, 1}, {0x7a, 0x7a, 1},
		{0x7c, 0x81, 1}, {0x83, 0x84, 1}, {0x87, 0x8a, 1}, {0x94, 0x94, 1}, {0xa0, 0xa4, 1}, {0xa7, 0xaa, 1}, {0xc0, 0xc4, 1}, {0xc7, 0xca, 1},
		{0xe0, 0xe3, 1}, {0xec, 0xef, 1}, {0xf8, 0xff, 1},
	})
	setWork(t, []opRange{
		{0x62, 0x62, 10}, {0x6b, 0x6d, 8}, {0x7c, 0x7f, 6}, {0x8b, 0x8d, 8}, {0x9c, 0x9f, 6}, {0xab, 0xad, 8}, {0xbc, 0xbf, 6}, {0xcb, 0xcd, 8},
		{0xd5, 0xd5, 8}, {0xdc, 0xdf, 12}, {0xe8, 0xe9, 8}, {0xf4, 0xf5, 8}, {0xf8, 0xff, 6},
	})
	access := opInfo{imm: immAccess, cost: costLoad, work: workAccess, pops: 1, result: true}
	setAligned(t, 0x00, "43333330123", access)
	setAligned(t, 0x5c, "23", access)
	setAligned(t, 0x0b, "4", opInfo{imm: immAccess, cost: costStore, work: workAccess, pops: 2})
	t[0x0c] = opInfo{imm: immV128, result: true}
	t[0x0d] = opInfo{imm: immShuffle, lanes: 32, cost: costSeveral, work: 4, pops: 2, result: true}
	for i, lanes := range []uint8{16, 16, 16, 8, 8, 8, 4, 4, 2, 2, 4, 4, 2, 2} {
		t[0x15+i] = opInfo{imm: immLane, lanes: lanes, cost: costSeveral, work: 4, pops: 1, result: true}
	}
	for _, replace := range []int{0x17, 0x1a, 0x1c, 0x1e, 0x20, 0x22} {
		t[replace].pops = 2
	}
	for i, lanes := range []uint8{16, 8, 4, 2} {
		t[0x54+i] = opInfo{imm: immAccessLane, arg: uint8(i), lanes: lanes, cost: costLoad, work: workAccess, pops: 2, result: true}
		t[0x58+i] = opInfo{imm: immAccessLane, arg: uint8(i), lanes: lanes, cost: costStore, work: workAccess, pops: 2}
	}
	for _, root := range []int{0xe3, 0xe7, 0xef, 0xf3} { // square roots and divisions
		t[root].cost = costSlow
	}
	for _, hole := range []int{
		0x9a, 0xa2, 0xa5, 0xa6, 0xaf, 0xb0, 0xb2, 0xb3, 0xb4, 0xbb, 0xc2, 0xc5, 0xc6, 0xcf, 0xd0, 0xd2, 0xd3, 0xd4, 0xe2, 0xee,
	} {
		t[hole] = opInfo{}
	}
	return ops
}

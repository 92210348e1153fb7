package sandbox

// opcode is an instruction: its byte, or for those behind a prefix the prefix shifted left by 8 plus its number.
type opcode uint16

const (
	opUnreachable   opcode = 0x00
	opBlock         opcode = 0x02
	opLoop          opcode = 0x03
	opIf            opcode = 0x04
	opElse          opcode = 0x05
	opEnd           opcode = 0x0b
	opBr            opcode = 0x0c
	opBrIf          opcode = 0x0d
	opBrTable       opcode = 0x0e
	opReturn        opcode = 0x0f
	opCall          opcode = 0x10
	opCallIndirect  opcode = 0x11
	opSelect        opcode = 0x1b
	opLocalGet      opcode = 0x20
	opLocalSet      opcode = 0x21
	opLocalTee      opcode = 0x22
	opGlobalGet     opcode = 0x23
	opGlobalSet     opcode = 0x24
	opMemorySize    opcode = 0x3f
	opMemoryGrow    opcode = 0x40
	opI32Const      opcode = 0x41
	opI64Const      opcode = 0x42
	opF32Const      opcode = 0x43
	opF64Const      opcode = 0x44
	opI32Ne         opcode = 0x47
	opI32LtU        opcode = 0x49
	opI32GtU        opcode = 0x4b
	opI32LeU        opcode = 0x4d
	opI64LtS        opcode = 0x53
	opI64GtU        opcode = 0x56
	opI32Add        opcode = 0x6a
	opI32Sub        opcode = 0x6b
	opI64Add        opcode = 0x7c
	opI64Sub        opcode = 0x7d
	opI64Or         opcode = 0x84
	opI64Shl        opcode = 0x86
	opI64ShrU       opcode = 0x88
	opI64ExtendI32U opcode = 0xad
	opRefNull       opcode = 0xd0
	opRefFunc       opcode = 0xd2

	opMemoryInit opcode = 0xfc08
	opDataDrop   opcode = 0xfc09
	opMemoryCopy opcode = 0xfc0a
	opMemoryFill opcode = 0xfc0b
	opTableInit  opcode = 0xfc0c
	opElemDrop   opcode = 0xfc0d
	opTableCopy  opcode = 0xfc0e
	opTableGrow  opcode = 0xfc0f
	opTableSize  opcode = 0xfc10
	opTableFill  opcode = 0xfc11
	opV128Const  opcode = 0xfd0c
)

// Prefixes of instructions.
const (
	prefixMisc = 0xfc
	prefixSIMD = 0xfd
)

// immediate is what follows an instruction.
type immediate uint8

const (
	immUnknown      immediate = iota // there is no such instruction
	immNone                          //
	immBlock                         // block type
	immLabel                         // label
	immLabels                        // labels of a br_table
	immFunc                          // function
	immCallIndirect                  // type, table
	immSelect                        // types
	immLocal                         // local
	immGlobal                        // global
	immTable                         // table
	immTables                        // two tables
	immMemory                        // zero byte
	immMemories                      // two zero bytes
	immAccess                        // alignment, offset
	immAccessLane                    // alignment, offset, lane
	immI32                           // constant
	immI64                           // constant
	immF32                           // constant
	immF64                           // constant
	immV128                          // constant
	immLane                          // lane
	immShuffle                       // sixteen lanes
	immRefType                       // reference type
	immData                          // data segment
	immDataMemory                    // data segment, zero byte
	immElem                          // element segment
	immElemTable                     // element segment, table
)

// opInfo is what the reader and the meter need to know of an instruction.
type opInfo struct {
	imm    immediate
	arg    uint8 // of a memory access: logarithm of its natural alignment
	lanes  uint8 // lanes that an immediate lane may name
	cost   uint8 // units of fuel
	dear   bool  // takes an engine much longer to compile than its length tells
	result bool  // leaves one value that did not exist before; for calls and blocks see their types
}

// Costs are weighed by the time that compiled code takes: one unit is about a nanosecond at worst, nothing for what
// leaves no machine code of its own.
const (
	costPlain   = 1
	costSeveral = 2 // becomes several machine instructions
	costMemory  = 4 // a cache may miss
	costCall    = 4
	costSlow    = 8  // divisions, roots, indirect jumps
	costHost    = 64 // what leaves compiled code for the engine or the host
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

func makePlainOps() (ops [256]opInfo) {
	t := ops[:]
	set(t, 0x00, 0x01, opInfo{imm: immNone})
	set(t, 0x02, 0x03, opInfo{imm: immBlock})
	set(t, 0x04, 0x04, opInfo{imm: immBlock, cost: costPlain})
	set(t, 0x05, 0x05, opInfo{imm: immNone})
	set(t, 0x0b, 0x0b, opInfo{imm: immNone})
	set(t, 0x0c, 0x0d, opInfo{imm: immLabel, cost: costPlain})
	set(t, 0x0e, 0x0e, opInfo{imm: immLabels, cost: costSlow})
	set(t, 0x0f, 0x0f, opInfo{imm: immNone, cost: costPlain})
	set(t, 0x10, 0x10, opInfo{imm: immFunc, cost: costCall})
	set(t, 0x11, 0x11, opInfo{imm: immCallIndirect, cost: costSlow})
	set(t, 0x1a, 0x1a, opInfo{imm: immNone})
	set(t, 0x1b, 0x1b, opInfo{imm: immNone, cost: costPlain, result: true})
	set(t, 0x1c, 0x1c, opInfo{imm: immSelect, cost: costPlain, result: true})
	set(t, 0x20, 0x20, opInfo{imm: immLocal})
	set(t, 0x21, 0x22, opInfo{imm: immLocal, cost: costPlain})
	set(t, 0x23, 0x23, opInfo{imm: immGlobal, cost: costPlain, result: true})
	set(t, 0x24, 0x24, opInfo{imm: immGlobal, cost: costPlain})
	set(t, 0x25, 0x25, opInfo{imm: immTable, cost: costMemory, dear: true, result: true})
	set(t, 0x26, 0x26, opInfo{imm: immTable, cost: costMemory, dear: true})
	setAligned(t, 0x28, "23230011001122", opInfo{imm: immAccess, cost: costMemory, result: true})
	setAligned(t, 0x36, "232301012", opInfo{imm: immAccess, cost: costMemory})
	set(t, 0x3f, 0x3f, opInfo{imm: immMemory, cost: costPlain, result: true})
	set(t, 0x40, 0x40, opInfo{imm: immMemory, cost: costHost, result: true})
	set(t, 0x41, 0x41, opInfo{imm: immI32, result: true})
	set(t, 0x42, 0x42, opInfo{imm: immI64, result: true})
	set(t, 0x43, 0x43, opInfo{imm: immF32, result: true})
	set(t, 0x44, 0x44, opInfo{imm: immF64, result: true})
	set(t, 0x45, 0xc4, opInfo{imm: immNone, cost: costPlain, result: true})
	for _, slow := range [][2]int{{0x6d, 0x70}, {0x7f, 0x82}, {0x91, 0x91}, {0x95, 0x95}, {0x9f, 0x9f}, {0xa3, 0xa3}} {
		set(t, slow[0], slow[1], opInfo{imm: immNone, cost: costSlow, dear: true, result: true})
	}
	for _, float := range [][2]int{{0x96, 0x97}, {0xa4, 0xa5}, {0xa8, 0xab}, {0xae, 0xbb}} { // min, max and conversions
		set(t, float[0], float[1], opInfo{imm: immNone, cost: costSeveral, dear: true, result: true})
	}
	set(t, 0xd0, 0xd0, opInfo{imm: immRefType, result: true})
	set(t, 0xd1, 0xd1, opInfo{imm: immNone, cost: costPlain, result: true})
	set(t, 0xd2, 0xd2, opInfo{imm: immFunc, cost: costHost, result: true})
	return ops
}

func makeMiscOps() (ops [18]opInfo) {
	t := ops[:]
	set(t, 0x00, 0x07, opInfo{imm: immNone, cost: costSeveral, dear: true, result: true})
	t[0x08] = opInfo{imm: immDataMemory, cost: costCall}
	t[0x09] = opInfo{imm: immData, cost: costPlain}
	t[0x0a] = opInfo{imm: immMemories, cost: costCall}
	t[0x0b] = opInfo{imm: immMemory, cost: costCall}
	t[0x0c] = opInfo{imm: immElemTable, cost: costCall}
	t[0x0d] = opInfo{imm: immElem, cost: costPlain}
	t[0x0e] = opInfo{imm: immTables, cost: costCall}
	t[0x0f] = opInfo{imm: immTable, cost: costHost, result: true}
	t[0x10] = opInfo{imm: immTable, cost: costPlain, result: true}
	t[0x11] = opInfo{imm: immTable, cost: costCall}
	return ops
}

func makeSIMDOps() (ops [256]opInfo) {
	t := ops[:]
	set(t, 0x00, 0xff, opInfo{imm: immNone, cost: costSeveral, dear: true, result: true})
	setAligned(t, 0x00, "43333330123", opInfo{imm: immAccess, cost: costMemory, result: true})
	setAligned(t, 0x0b, "4", opInfo{imm: immAccess, cost: costMemory})
	t[0x0c] = opInfo{imm: immV128, result: true}
	t[0x0d] = opInfo{imm: immShuffle, lanes: 32, cost: costSeveral, result: true}
	for i, lanes := range []uint8{16, 16, 16, 8, 8, 8, 4, 4, 2, 2, 4, 4, 2, 2} {
		t[0x15+i] = opInfo{imm: immLane, lanes: lanes, cost: costSeveral, result: true}
	}
	for i, lanes := range []uint8{16, 8, 4, 2} {
		t[0x54+i] = opInfo{imm: immAccessLane, arg: uint8(i), lanes: lanes, cost: costMemory, result: true}
		t[0x58+i] = opInfo{imm: immAccessLane, arg: uint8(i), lanes: lanes, cost: costMemory}
	}
	setAligned(t, 0x5c, "23", opInfo{imm: immAccess, cost: costMemory, result: true})
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

// isBulk reports whether the meter replaces the instruction by a loop in pieces, or a call of one.
func (o opcode) isBulk() bool {
	switch o {
	case opMemoryGrow, opMemoryInit, opMemoryCopy, opMemoryFill, opTableInit, opTableCopy, opTableGrow, opTableFill:
		return true
	}
	return false
}

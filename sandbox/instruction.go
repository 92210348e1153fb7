package sandbox

// instruction is one instruction as it was read. It is reused from one to the next.
type instruction struct {
	op     opcode
	info   *opInfo
	start  int       // offset of its first byte
	imm    int       // offset of its immediates
	index  uint32    // or the offset of an access to memory
	second uint32    // the second index, if there are two
	value  int64     // of an integer constant
	block  blockType // of block, loop and if
}

// blockType is the type of a block: a type index, or no parameters and at most one result.
type blockType struct {
	indexed bool
	index   uint32
	result  valueType // 0 for none
}

// blockEmpty is how the format writes a block type without parameters and results.
const blockEmpty = 0x40

// instruction reads the next instruction with its immediates; labels of a br_table are passed over.
func (r *reader) instruction(in *instruction) {
	in.start = r.pos
	in.op = r.opcode()
	in.info = in.op.info()
	in.imm = r.pos
	switch in.info.imm {
	case immNone:
	case immUnknown:
		r.failOpcode(in.op, in.start)
	case immLabel, immFunc, immLocal, immGlobal, immTable, immData, immElem:
		in.index = r.u32()
	case immBlock:
		in.block = r.blockType()
	case immAccess, immAccessLane:
		in.index = r.access(in.info)
	case immI32:
		in.value = r.signed(32)
	case immI64:
		in.value = r.signed(64)
	default:
		r.rareImmediate(in)
	}
}

// rareImmediate reads the immediates that are seldom seen.
func (r *reader) rareImmediate(in *instruction) {
	switch in.info.imm {
	case immLabels:
		for range r.count(1, "labels") + 1 {
			r.u32()
		}
	case immCallIndirect, immTables, immElemTable:
		in.index, in.second = r.u32(), r.u32()
	case immDataMemory:
		in.index = r.u32()
		r.zero()
	case immMemory:
		r.zero()
	case immMemories:
		r.zero()
		r.zero()
	case immF32:
		r.skip(4)
	case immF64:
		r.skip(8)
	case immV128:
		r.skip(16)
	case immLane:
		r.lane(in.info)
	case immShuffle:
		for range 16 {
			r.lane(in.info)
		}
	case immRefType:
		r.refType()
	case immSelect:
		// One type and no more, its count in one byte: engines read it so.
		if r.byte() != 1 {
			r.fail(CodeImmediate, in.imm, "select names more than one type")
		}
		r.valueType()
	}
}

// opcode reads an instruction's code. A number behind a prefix must have its shortest encoding, because engines exist
// that take SIMD's for bytes: what one reads as an operand the other would run, past the meter.
func (r *reader) opcode() opcode {
	start := r.pos
	b := r.byte()
	if b != prefixMisc && b != prefixSIMD {
		return opcode(b)
	}
	n := r.u32()
	long := 1
	if n >= 0x80 {
		long = 2
	}
	if n > 0xff {
		r.failPrefixed(b, n, start)
	} else if r.ok() && r.pos-start-1 != long {
		r.fail(CodeOpcode, start, "instruction %#02x %#02x is not in its shortest encoding", b, n)
	}
	return opcode(b)<<8 | opcode(n&0xff)
}

// blockType reads the type of a block.
func (r *reader) blockType() blockType {
	start := r.pos
	if b := r.byte(); b == blockEmpty {
		return blockType{}
	} else if b >= 0x40 && b < 0x80 {
		r.pos = start
		return blockType{result: r.valueType()}
	}
	r.pos = start
	index := r.signed(33)
	if index < 0 {
		r.fail(CodeType, start, "a block's type is neither a type nor the index of one")
	}
	return blockType{indexed: true, index: uint32(index)}
}

// access reads where in memory an instruction reads or writes, and returns the offset.
func (r *reader) access(info *opInfo) (offset uint32) {
	start := r.pos
	align := r.u32()
	if align >= 64 && align < 128 {
		r.fail(CodeMultiMemory, start, "more than one memory is not supported")
	} else if align > uint32(info.arg) {
		r.fail(CodeImmediate, start, "an alignment of 2^%d is larger than natural", align)
	}
	offset = r.u32()
	if info.imm == immAccessLane {
		r.lane(info)
	}
	return offset
}

// lane reads the number of a lane.
func (r *reader) lane(info *opInfo) {
	start := r.pos
	if lane := r.byte(); lane >= info.lanes {
		r.fail(CodeImmediate, start, "lane %d is out of range, there are %d", lane, info.lanes)
	}
}

// zero reads a byte that stands for the one memory.
func (r *reader) zero() {
	start := r.pos
	if r.byte() != 0 {
		r.fail(CodeMultiMemory, start, "more than one memory is not supported")
	}
}

// failOpcode says why an instruction is not known.
func (r *reader) failOpcode(op opcode, offset int) {
	switch {
	case op == 0x06 || op == 0x07 || op == 0x08 || op == 0x09 || op == 0x0a || op == 0x18 || op == 0x19 || op == 0x1f:
		r.fail(CodeExceptions, offset, "exception handling is not supported")
	case op == 0x12 || op == 0x13 || op == 0x15:
		r.fail(CodeTailCalls, offset, "tail calls are not supported")
	case op == 0x14 || op >= 0xd3 && op <= 0xd6 || op == 0xfb:
		r.fail(CodeGC, offset, "typed references and garbage-collected types are not supported")
	case op >= 0xe0 && op <= 0xe6:
		r.fail(CodeStackSwitching, offset, "stack switching is not supported")
	case op == 0xfe:
		r.fail(CodeThreads, offset, "threads and atomic instructions are not supported")
	case op>>8 != 0:
		r.failPrefixed(byte(op>>8), uint32(op&0xff), offset)
	default:
		r.fail(CodeOpcode, offset, "there is no instruction %#02x", uint16(op))
	}
}

// failPrefixed says why an instruction behind a prefix is not known.
func (r *reader) failPrefixed(prefix byte, n uint32, offset int) {
	switch {
	case prefix == prefixSIMD && n >= 0x100 && n < 0x130:
		r.fail(CodeRelaxedSIMD, offset, "relaxed SIMD is not supported")
	case prefix == prefixMisc && n == 0x12:
		r.fail(CodeOpcode, offset, "memory.discard is not supported")
	case prefix == prefixMisc && n >= 0x13 && n <= 0x16:
		r.fail(CodeWideArithmetic, offset, "wide arithmetic is not supported")
	default:
		r.fail(CodeOpcode, offset, "there is no instruction %#02x %#02x", prefix, n)
	}
}

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
	opTableSet      opcode = 0x26
	opMemorySize    opcode = 0x3f
	opMemoryGrow    opcode = 0x40
	opI32Const      opcode = 0x41
	opI64Const      opcode = 0x42
	opF32Const      opcode = 0x43
	opF64Const      opcode = 0x44
	opI32Eq         opcode = 0x46
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
	opI32WrapI64    opcode = 0xa7
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

// isBulk reports whether the meter replaces the instruction by a loop in pieces, or a call of one.
func (o opcode) isBulk() bool {
	switch o {
	case opMemoryGrow, opMemoryInit, opMemoryCopy, opMemoryFill, opTableInit, opTableCopy, opTableGrow, opTableFill:
		return true
	}
	return false
}

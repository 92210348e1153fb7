//go:build unix

package main

import "slices"

// lebCases write integers in ways that the format doesn't have. What one reader refuses and another takes differently
// would be run past the meter.
func lebCases() []Case {
	var all []Case
	bad := func(name, does string, wasm []byte) {
		all = append(all, module("leb-"+name, does, wasm).rejected("malformed"))
	}
	bad("long", "A count takes six bytes.", raw(section(secType, []byte{0x80, 0x80, 0x80, 0x80, 0x80, 0x00})))
	bad("large", "A count has bits over the thirty-second.", raw(section(secType, []byte{0xff, 0xff, 0xff, 0xff, 0x1f})))
	bad("endless", "A count never ends.", raw(section(secType, slices.Repeat([]byte{0x80}, 1000))))
	bad("section-size", "A section's size takes eleven bytes.",
		raw(slices.Concat([]byte{secType}, slices.Repeat([]byte{0x80}, 10), []byte{0})))

	instruction := func(name, does string, b ...byte) {
		g := newGuest()
		g.build = seq(drop(b), i32(0))
		bad(name, does, g.bytes())
	}
	instruction("i32-long", "A constant of 32 bits takes six bytes.", opI32Const, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00)
	instruction("i32-sign", "A constant of 32 bits has sign bits that differ.", opI32Const, 0xff, 0xff, 0xff, 0xff, 0x4f)
	instruction("i64-long", "A constant of 64 bits takes eleven bytes.",
		append(slices.Concat([]byte{opI64Const}, slices.Repeat([]byte{0xff}, 10)), 0x7f)...)
	instruction("i64-sign", "A constant of 64 bits has sign bits that differ.",
		append(slices.Concat([]byte{opI64Const}, slices.Repeat([]byte{0x80}, 9)), 0x3f)...)
	instruction("block-type", "A block's type is a negative number.",
		opBlock, 0x80, 0x80, 0x80, 0x80, 0x70, opEnd, opI32Const, 0)
	instruction("misc-prefix", "An instruction behind the prefix 0xfc is not in its shortest encoding.",
		opI32Const, 0, opI32Const, 0, opI32Const, 0, 0xfc, 0x8b, 0x00, 0x00, opI32Const, 0)
	instruction("simd-prefix", "An instruction behind the prefix 0xfd is not in its shortest encoding, which engines read differently.",
		opI32Const, 0, 0xfd, 0x8f, 0x00, 0xfd, 0x53)

	g := newGuest()
	g.build = seq(drop(op(opI32Const, 0x80, 0x80, 0x80, 0x80, 0x00)), g.reply(`{"action":{"run":{}}}`), i32(0))
	return append(all, module("leb-padded", "A constant is padded to five bytes, which the format allows.", g.bytes()).harmless())
}

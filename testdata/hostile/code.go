//go:build unix

package main

import (
	"bytes"
	"slices"
)

// The instructions that cases use.
const (
	opUnreachable  = 0x00
	opBlock        = 0x02
	opLoop         = 0x03
	opIf           = 0x04
	opElse         = 0x05
	opEnd          = 0x0b
	opBr           = 0x0c
	opBrIf         = 0x0d
	opBrTable      = 0x0e
	opReturn       = 0x0f
	opCall         = 0x10
	opCallIndirect = 0x11
	opDrop         = 0x1a
	opLocalGet     = 0x20
	opLocalSet     = 0x21
	opGlobalGet    = 0x23
	opGlobalSet    = 0x24
	opI32Load      = 0x28
	opI32Store     = 0x36
	opMemorySize   = 0x3f
	opMemoryGrow   = 0x40
	opI32Const     = 0x41
	opI64Const     = 0x42
	opF64Const     = 0x44
	opI32Eqz       = 0x45
	opI32Eq        = 0x46
	opI32Ne        = 0x47
	opI32LtU       = 0x49
	opI32Add       = 0x6a
	opI32Sub       = 0x6b
	opI32Mul       = 0x6c
	opI32DivS      = 0x6d
	opI32DivU      = 0x6e
	opI64DivS      = 0x7f
	opI32And       = 0x71
	opRefNull      = 0xd0
)

// code is a run of instructions.
type code []byte

func seq(parts ...code) code { return slices.Concat(parts...) }

func op(b ...byte) code { return b }

// times is c, n times.
func times(n int, c code) code { return bytes.Repeat(c, n) }

// each is what f gives for 0 to n-1.
func each(n int, f func(i int) code) code {
	var out code
	for i := range n {
		out = append(out, f(i)...)
	}
	return out
}

// withIndex is an instruction that names something.
func withIndex(b byte, index uint32) code { return append(code{b}, uleb(uint64(index))...) }

func i32(n int64) code { return append(code{opI32Const}, sleb(int64(int32(n)))...) }

func block(body ...code) code { return seq(op(opBlock, tEmpty), seq(body...), op(opEnd)) }
func loop(body ...code) code  { return seq(op(opLoop, tEmpty), seq(body...), op(opEnd)) }
func when(condition code, then ...code) code {
	return seq(condition, op(opIf, tEmpty), seq(then...), op(opEnd))
}

// forever repeats its body without end. Nothing that follows is reached.
func forever(body ...code) code {
	return seq(loop(seq(body...), withIndex(opBr, 0)), op(opUnreachable))
}

func br(label uint32) code               { return withIndex(opBr, label) }
func brIf(label uint32, c code) code     { return seq(c, withIndex(opBrIf, label)) }
func get(local uint32) code              { return withIndex(opLocalGet, local) }
func set(local uint32, value code) code  { return seq(value, withIndex(opLocalSet, local)) }
func call(f uint32, args ...code) code   { return seq(seq(args...), withIndex(opCall, f)) }
func drop(value code) code               { return seq(value, op(opDrop)) }
func both(b byte, left, right code) code { return seq(left, right, op(b)) }
func load(address code) code             { return seq(address, op(opI32Load, 2, 0)) }
func store(address, value code) code     { return seq(address, value, op(opI32Store, 2, 0)) }
func add(left, right code) code          { return both(opI32Add, left, right) }
func memoryGrow(pages code) code         { return seq(pages, op(opMemoryGrow, 0)) }

func memoryFill(at, value, n code) code { return seq(at, value, n, op(0xfc, 0x0b, 0)) }
func memoryCopy(to, from, n code) code  { return seq(to, from, n, op(0xfc, 0x0a, 0, 0)) }
func memoryInit(to, from, n code) code  { return seq(to, from, n, op(0xfc, 0x08, 0, 0)) }
func tableFill(at, n code) code         { return seq(at, op(opRefNull, tFuncref), n, op(0xfc, 0x11, 0)) }
func tableCopy(to, from, n code) code   { return seq(to, from, n, op(0xfc, 0x0e, 0, 0)) }
func tableGrow(n code) code             { return seq(op(opRefNull, tFuncref), n, op(0xfc, 0x0f, 0)) }

// callIndirect calls what the table has at an index, by a type.
func callIndirect(typ uint32, at code) code { return seq(at, withIndex(opCallIndirect, typ), code{0}) }

// brTable branches to the label at an index, of as many that are all the same.
func brTable(n int, label uint32, at code) code {
	one := uleb(uint64(label))
	return seq(at, op(opBrTable), uleb(uint64(n)), bytes.Repeat(one, n+1))
}

package sandbox_test

import (
	"encoding/binary"
	"strconv"
)

// The helpers of this file write modules byte by byte, so that tests can write wrong ones.

const header = "\x00asm\x01\x00\x00\x00"

// module joins sections behind the header.
func module(sections ...string) []byte {
	m := header
	for _, s := range sections {
		m += s
	}
	return []byte(m)
}

// section writes a section with its size.
func section(id byte, content string) string { return string(id) + sized(content) }

// sized writes bytes behind their length; names are written so, too.
func sized(content string) string { return leb(len(content)) + content }

// vector writes items behind their count.
func vector(items ...string) string {
	v := leb(len(items))
	for _, item := range items {
		v += item
	}
	return v
}

// leb writes an unsigned integer.
func leb(n int) string { return string(binary.AppendUvarint(nil, uint64(n))) }

// signed writes a signed integer that is not negative.
func signed(n int) string {
	var b []byte
	for ; n >= 0x40; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return string(append(b, byte(n)))
}

// Sections that many tests share.
const (
	typeVoid    = "\x60\x00\x00"             // () -> ()
	typeBinary  = "\x60\x02\x7f\x7f\x01\x7f" // (i32, i32) -> i32
	oneMemory   = "\x05\x03\x01\x00\x01"
	oneTable    = "\x04\x04\x01\x70\x00\x01"
	oneVoidFunc = "\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00" // its type and its declaration
)

// code writes a code section of one body without locals; the body's end is added.
func code(instructions string) string {
	return section(10, vector(sized("\x00"+instructions+"\x0b")))
}

// function is a module of one function () -> () with a memory and a table, made of instructions.
func function(instructions string) []byte {
	return module(oneVoidFunc, oneTable, oneMemory, code(instructions))
}

// filled is a list of n equal items.
func filled(n int, item string) []string {
	items := make([]string, n)
	for i := range items {
		items[i] = item
	}
	return items
}

// numbered is a list of n exports of function 0 with different names.
func numbered(n int) []string {
	items := make([]string, n)
	for i := range items {
		items[i] = sized(strconv.Itoa(i)) + "\x00\x00"
	}
	return items
}

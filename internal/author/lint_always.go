package author

import (
	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/sandbox"
)

// answerAlways is what a supports answers whatever the spec is.
type answerAlways int8

const (
	answersEither answerAlways = iota // nothing is known of it
	answersNo
	answersYes
)

// Bytes of the binary format that supportsAlways looks for.
const (
	opReturn     = 0x0f
	opEnd        = 0x0b
	opI32Const   = 0x41
	exportOfFunc = 0x00
)

// supportsAlways proves an answer where the whole of supports is one constant, as in (i32.const 1). Of any other body it
// knows nothing: what a program does can't be told by looking at it. The module is one that was inspected.
func supportsAlways(wasm []byte, m *sandbox.Module) answerAlways {
	function, ok := exportedFunction(wasm, m, abi.ExportSupports)
	if !ok {
		return answersEither
	}
	for _, i := range m.Imports {
		if i.Kind == sandbox.KindFunc {
			function--
		}
	}
	body := functionBody(wasm, m, function)
	for groups := body.u32(); groups > 0 && body.ok; groups-- { // of locals, which nothing reads
		body.u32()
		body.byte()
	}
	if body.byte() != opI32Const {
		return answersEither
	}
	value := body.byte() // 0 and 1 are a byte
	op := body.byte()
	if op == opReturn {
		op = body.byte()
	}
	if op != opEnd || !body.ok || body.at != len(body.b) {
		return answersEither
	}
	switch value {
	case 0:
		return answersNo
	case 1:
		return answersYes
	}
	return answersEither
}

// exportedFunction finds the index of a function by its export.
func exportedFunction(wasm []byte, m *sandbox.Module, name string) (index int, ok bool) {
	c := section(wasm, m, "export")
	for n := c.u32(); n > 0 && c.ok; n-- {
		found := string(c.bytes(c.u32())) == name
		kind := c.byte()
		index := c.u32()
		if found && kind == exportOfFunc && c.ok {
			return int(index), true
		}
	}
	return 0, false
}

// functionBody is that of a function by its place among those that the module defines; empty if there is none.
func functionBody(wasm []byte, m *sandbox.Module, at int) *cursor {
	c := section(wasm, m, "code")
	n := c.u32()
	if at < 0 || at >= int(n) {
		return &cursor{}
	}
	for range at {
		c.bytes(c.u32())
	}
	return &cursor{b: c.bytes(c.u32()), ok: c.ok}
}

// section is the contents of a section; empty if there is none.
func section(wasm []byte, m *sandbox.Module, name string) *cursor {
	for _, s := range m.Sections {
		if s.Name == name && s.Offset+s.Size <= len(wasm) {
			return &cursor{b: wasm[s.Offset : s.Offset+s.Size], ok: true}
		}
	}
	return &cursor{}
}

// cursor reads bytes. Once it is beyond their end, or a number is none, ok is false and everything it reads is zero.
type cursor struct {
	b  []byte
	at int
	ok bool
}

func (c *cursor) byte() byte {
	if !c.ok || c.at >= len(c.b) {
		c.ok = false
		return 0
	}
	c.at++
	return c.b[c.at-1]
}

func (c *cursor) bytes(n uint32) []byte {
	if !c.ok || uint64(n) > uint64(len(c.b)-c.at) {
		c.ok = false
		return nil
	}
	c.at += int(n)
	return c.b[c.at-int(n) : c.at]
}

// u32 reads a number in LEB128.
func (c *cursor) u32() uint32 {
	var n uint64
	for shift := 0; shift < 35; shift += 7 {
		b := c.byte()
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			c.ok = c.ok && n <= 0xffffffff
			return uint32(n)
		}
	}
	c.ok = false
	return 0
}

package main

import (
	"bytes"
	"encoding/binary"
	"os"

	"github.com/rogpeppe/go-internal/testscript"
)

// heavy writes a runner of that name whose score is over what the program compiles in its own process, though it
// compiles in a moment.
func heavy(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: heavy FILE")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), heavyModule(), 0o644))
}

// heavyModule has functions in which the locals that are written, times the places where control flow merges, are many.
// But none of the locals is used after a merge, so that the compiler has nothing to do there.
func heavyModule() []byte {
	const name, task, taskAt = "heavy", `{"action":{"run":{}}}`, 32
	reply := func(at, size int) []byte { return []byte{0x41, byte(at), 0x41, byte(size), 0x10, 0} }
	zero := []byte{0x41, 0}
	bodies := [][]byte{
		body(nil), body(reply(0, len(name))), body([]byte{0x41, 1}), body(append(reply(taskAt, len(task)), zero...)), body(zero),
	}
	funcs := [][]byte{{0}, {0}, {1}, {1}, {1}} // their types
	exports := [][]byte{append(text("memory"), 2, 0)}
	for i, export := range []string{"solti_abi_v1", "name", "supports", "build", "run"} {
		exports = append(exports, append(text(export), 0, byte(i+1)))
	}
	for range 12 {
		bodies, funcs = append(bodies, heavyBody(1000, 600)), append(funcs, []byte{0})
	}
	data := func(at int, s string) []byte { return append([]byte{0, 0x41, byte(at), 0x0b}, text(s)...) }
	return bytes.Join([][]byte{
		[]byte("\x00asm\x01\x00\x00\x00"),
		section(1, []byte{0x60, 0, 0}, []byte{0x60, 0, 1, 0x7f}, []byte{0x60, 2, 0x7f, 0x7f, 0}),
		section(2, append(append(text("solti"), text("reply")...), 0, 2)),
		section(3, funcs...),
		section(5, []byte{0, 1}),
		section(7, exports...),
		section(10, bodies...),
		section(11, data(0, name), data(taskAt, task)),
	}, nil)
}

// heavyBody writes each local once and then has a number of blocks that may be left early.
func heavyBody(locals, merges int) []byte {
	code := append([]byte{1}, binary.AppendUvarint(nil, uint64(locals))...)
	code = append(code, 0x7f)
	for i := range locals {
		code = binary.AppendUvarint(append(code, 0x41, 0, 0x21), uint64(i))
	}
	for range merges {
		code = append(code, 0x02, 0x40, 0x41, 0, 0x0d, 0, 0x0b)
	}
	return sized(append(code, 0x0b))
}

// body is a function without locals.
func body(code []byte) []byte { return sized(append(append([]byte{0}, code...), 0x0b)) }

func sized(b []byte) []byte { return append(binary.AppendUvarint(nil, uint64(len(b))), b...) }

func text(s string) []byte { return sized([]byte(s)) }

func section(id byte, items ...[]byte) []byte {
	content := binary.AppendUvarint(nil, uint64(len(items)))
	return append([]byte{id}, sized(append(content, bytes.Join(items, nil)...))...)
}

//go:build unix

package main

import (
	"fmt"
	"slices"
)

// complete is a sound module with every section.
func complete() []byte {
	g := newGuest("log")
	g.min, g.max = 1, 2
	g.initialize = code{}
	g.start = code{}
	f := g.define(":", 1, seq(set(0, i32(1))))
	g.add(secTable, tFuncref, 1, 1, 2)
	g.add(secGlobal, slices.Concat([]byte{tI32, 1}, i32(7), code{opEnd})...)
	g.add(secElement, slices.Concat([]byte{0}, i32(0), code{opEnd}, vec(uleb(uint64(f))))...)
	g.counted = true
	g.text("some data")
	g.manifest = []string{`{"version":"1.0.0"}`}
	return g.bytes()
}

// truncationCases end in the middle of every section.
func truncationCases() []Case {
	whole := complete()
	all := []Case{
		module("cut-nowhere", "A module with every section, which the others of this group are cut from.", whole).harmless(),
		module("cut-header", "The file ends inside of its header.", whole[:6]).rejected("malformed"),
		module("cut-size", "The file ends inside of a section's size.", raw([]byte{secType, 0x80})).rejected("malformed"),
	}
	names := [sections]string{"custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element",
		"code", "data", "datacount"}
	for at := len(header()); at < len(whole); {
		id, size := whole[at], int(whole[at+1])
		at += 2
		if size >= 0x80 { // two bytes are enough for any section here
			size = size&0x7f | int(whole[at])<<7
			at++
		}
		all = append(all, module("cut-"+names[id], fmt.Sprintf("The file ends inside of the %s section.", names[id]), whole[:at+size/2]).
			rejected("malformed"))
		at += size
	}
	return all
}

// structureCases break one rule of the format each.
func structureCases() []Case {
	var all []Case
	bad := func(name, does string, wasm []byte) {
		all = append(all, module("structure-"+name, does, wasm).rejected("malformed"))
	}
	// changed is a runner but for one change.
	changed := func(name, does string, change func(g *guest)) {
		g := newGuest()
		change(g)
		bad(name, does, g.bytes())
	}
	empty := section(secType, vec(funcType(":")))
	declared := section(secFunction, vec([]byte{0}))
	sound := section(secCode, vec(body(0, nil)))

	bad("empty", "There are no bytes at all.", nil)
	bad("text", "The file is a text.", []byte("#!/bin/sh\necho hello\n"))
	bad("zeros", "The file is a megabyte of zeros.", make([]byte, 1<<20))
	bad("section-twice", "A section comes twice.", raw(empty, empty))
	bad("section-order", "Sections come in the wrong order.", raw(section(secFunction, vec()), empty))
	bad("section-unknown", "There is a section 14.", raw(section(14, nil)))
	bad("section-short", "A section ends before its size.", raw(section(secType, append(vec(), 0, 0, 0))))
	bad("no-bodies", "A function has a type and no body.", raw(empty, declared))
	bad("no-types", "A body has no function.", raw(empty, sound))
	bad("import-kind", "An import is of a kind that there isn't.", raw(section(secImport, vec(imported("solti", "reply", 9, nil)))))
	bad("import-name", "An import's name is not UTF-8.", raw(empty, section(secImport, vec(imported("solti", "\xff\xfe", 0, []byte{0})))))
	bad("type-index", "A function has a type that there isn't.", raw(empty, section(secFunction, vec([]byte{5})), sound))
	bad("body-short", "A body ends before its size.",
		raw(empty, declared, section(secCode, vec(str([]byte{0, opEnd, opEnd, opEnd})))))
	bad("body-open", "A body ends before its last block.",
		raw(empty, declared, section(secCode, vec(str([]byte{0, opBlock, tEmpty, opEnd})))))

	changed("export-twice", "Two exports have one name.", func(g *guest) { g.add(secExport, exported("name", 2, 0)...) })
	changed("start-type", "The start function takes a parameter.", func(g *guest) {
		g.add(secStart, uleb(uint64(g.define("i:", 0, nil)))...)
	})
	changed("else-alone", "An else stands outside of an if.", func(g *guest) { g.build = seq(op(opElse), i32(0)) })
	changed("end-early", "A body goes on behind its end.", func(g *guest) { g.build = seq(i32(0), op(opEnd), i32(0)) })
	changed("label", "A branch goes further out than there are blocks.", func(g *guest) { g.build = seq(br(40), i32(0)) })
	changed("local", "An instruction names a local that there isn't.", func(g *guest) { g.build = seq(drop(get(99)), i32(0)) })
	changed("call", "A call names a function that there isn't.", func(g *guest) { g.build = seq(call(1<<20), i32(0)) })
	changed("opcode", "An instruction is unknown.", func(g *guest) { g.build = seq(op(0xff), i32(0)) })
	changed("operands", "An addition lacks an operand, which only the engine notices.", func(g *guest) { g.build = op(opI32Add) })
	changed("result", "A function leaves nothing for its result, which only the engine notices.", func(g *guest) { g.build = op(0x01) })
	changed("align", "An access is aligned at more than its size.", func(g *guest) {
		g.build = seq(i32(0), op(opI32Load, 30, 0))
	})
	changed("data-count", "There are more data segments than the data count section says.", func(g *guest) {
		g.add(secDataCount, uleb(0)...)
	})
	changed("memory-max", "A memory's maximum is under its minimum.", func(g *guest) { g.add(secMemory, 1, 2, 1) })
	changed("memory-pages", "A memory has more pages than 32 bits can name.", func(g *guest) {
		g.add(secMemory, slices.Concat([]byte{0}, uleb(1<<16+1))...)
	})
	return all
}

// featureCases use what is not supported, each of which gets a word of its own.
func featureCases() []Case {
	var all []Case
	bad := func(name, what string, wasm []byte) {
		all = append(all, module("feature-"+name, "Uses "+what+", which is not supported.", wasm).rejected("malformed"))
	}
	instructions := func(name, what string, c code) {
		g := newGuest()
		g.build = seq(c, i32(0))
		bad(name, what, g.bytes())
	}
	memory := func(name, what string, b ...byte) {
		g := newGuest()
		g.add(secMemory, b...)
		bad(name, what, g.bytes())
	}
	bad("component", "the component model", []byte("\x00asm\x0d\x00\x01\x00"))
	bad("version", "version 2 of the format", []byte("\x00asm\x02\x00\x00\x00"))
	memory("memory64", "64-bit addresses", 4, 1)
	memory("shared", "shared memory", 3, 1, 2)
	memory("page-size", "pages of one byte", 8, 1, 0)
	instructions("atomics", "atomic instructions", op(0xfe, 0x03, 0x00))
	instructions("tail-call", "tail calls", op(0x12, 0x00))
	instructions("exceptions", "exceptions", op(0x08, 0x00))
	instructions("gc", "garbage-collected types", op(0xfb, 0x00, 0x00))
	instructions("relaxed-simd", "relaxed SIMD", op(0xfd, 0x80, 0x02))
	bad("tags", "a section of tags", raw(section(13, vec())))
	bad("gc-type", "the type of a struct", raw(section(secType, []byte{1, 0x5f, 0})))
	bad("extended-const", "arithmetic in an initialiser",
		raw(section(secGlobal, vec(slices.Concat([]byte{tI32, 0}, i32(1), i32(2), code{opI32Add, opEnd})))))
	g := newGuest()
	g.add(secMemory, 0, 1)
	g.add(secMemory, 0, 1)
	bad("two-memories", "two memories", g.bytes())
	g = newGuest()
	g.add(secImport, imported("solti", "memory", 2, []byte{0, 1})...)
	g.noMemory = true
	return append(all, module("feature-imported-memory", "Imports its memory, which could not be bounded.", g.bytes()).rejected("import"))
}

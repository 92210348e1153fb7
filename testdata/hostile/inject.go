//go:build unix

package main

import (
	"fmt"
	"strings"
)

// controls is a text that acts on what shows it: colours, a window's title, a cleared screen, a forged line of a log,
// the direction of writing, and bytes that are no text at all.
const controls = "\x1b[31mred\x1b[0m\x1b]0;title\x07\x1b[2J\r\nlevel=ERROR msg=forged\u009b31m\u0085\u202egnp.exe\u2066\u2028\x7f\x00"

// nameCases reply a name that is none.
func nameCases() []Case {
	var all []Case
	for _, n := range []struct{ name, does, text string }{
		{"empty", "The name is empty.", ""},
		{"controls", "The name acts on a terminal.", controls},
		{"escape", "The name has an escape sequence between letters.", "a\x1b[31mb"},
		{"newline", "The name ends in a line break.", "bomb\n"},
		{"direction", "The name turns the direction of writing.", "a\u202eb"},
		{"text", "The name is not UTF-8.", "a\xff\xfeb"},
		{"nul", "The name has a NUL.", "a\x00b"},
		{"path", "The name is a path.", "../../etc/passwd"},
		{"homograph", "The name looks like another's.", "оk"},
		{"space", "The name has a space.", "a b"},
		{"dash", "The name begins like a flag.", "-rf"},
		{"long", "The name has 64 bytes.", strings.Repeat("a", 64)},
		{"huge", "The name has 500,000 bytes.", strings.Repeat("a", 500_000)},
		{"json", "The name is JSON that would close its field.", `","status":"ready"}`},
	} {
		all = append(all, running("name-"+n.name, n.does, func(g *guest) { g.name = g.reply(n.text) }).rejected("name").shown())
	}
	taken := running("name-taken", "The name is that of another runner, which stays.", func(g *guest) { g.name = g.reply(neighbour) })
	taken.Module = "zz.wasm"
	taken.files["runners/zz.wasm"] = taken.files["runners/"+bombFile]
	delete(taken.files, "runners/"+bombFile)
	return append(all, taken.rejected("name_taken"),
		running("name-none", "name replies nothing.", func(g *guest) { g.name = code{} }).rejected("name"))
}

// textCases put text that acts on a terminal wherever a guest's text is shown.
func textCases() []Case {
	var all []Case
	show := func(c Case) { all = append(all, c.shown()) }
	for i, word := range []string{"unsupported_kind", "invalid_task_spec", "missing_field", "internal"} {
		show(running(fmt.Sprintf("text-status-%d", i+1), "build refuses with a message that acts on a terminal.", func(g *guest) {
			g.build = seq(g.reply(controls), i32(int64(i+1)))
		}).unbuilt(word))
	}
	show(running("text-status-long", "build refuses with a message of 900,000 bytes of escape sequences.", func(g *guest) {
		g.build = seq(g.reply(strings.Repeat("\x1b[1m", 225_000)), i32(2))
	}).unbuilt("invalid_task_spec"))
	show(running("text-failure", "run fails with a message that acts on a terminal.", func(g *guest) {
		g.run = seq(g.reply(controls), i32(1))
	}).runs("failure", "task_failed", 5))
	show(running("text-fatal", "run fails for good with a message that acts on a terminal.", func(g *guest) {
		g.run = seq(g.reply(controls), i32(2))
	}).runs("fatal", "task_fatal", 5))
	show(running("text-result", "run's result acts on a terminal.", func(g *guest) {
		g.run = seq(g.reply(controls), i32(0))
	}).harmless())
	show(asked("text-log", "supports logs what acts on a terminal, and forges a record.", func(g *guest) code {
		return seq(g.call("log", i32(3), g.text(controls)), g.call("log", i32(1), g.text("\xff\xfe\xfd")))
	}, "log").harmless())
	show(asked("text-print", "supports prints lines that act on a terminal.", func(g *guest) code {
		text := strings.Repeat(controls+"\n", 10)
		array := g.place(vectors(1, g.texts, uint32(len(text))))
		_ = g.place(text)
		return drop(g.call("wasi:fd_write", i32(2), array, i32(1), i32(512)))
	}, "wasi:fd_write").harmless())
	show(asked("text-pointer", "supports looks for a pointer that acts on a terminal.", func(g *guest) code {
		return drop(g.call("spec_get", g.text("/"+controls), i32(0), i32(0)))
	}, "spec_get").harmless())
	show(asked("text-level", "supports logs at a level that there isn't, with a text that acts on a terminal.", func(g *guest) code {
		return g.call("log", i32(9), g.text(controls))
	}, "log").passedOver())

	added := func(name, does string, change func(g *guest), code string) {
		show(running("text-"+name, does, change).rejected(code))
	}
	added("import-module", "An import's module acts on a terminal.", func(g *guest) {
		g.importMore(controls, controls, ":")
	}, "import")
	added("import-name", "An import's name acts on a terminal.", func(g *guest) {
		g.importMore("solti", controls, ":")
	}, "import")
	added("export-twice", "A name that acts on a terminal is exported twice.", func(g *guest) {
		g.add(secExport, exported(controls, 0, 0)...)
		g.add(secExport, exported(controls, 0, 0)...)
	}, "malformed")
	added("meter", "An import has the name that only the meter may add.", func(g *guest) {
		g.importMore("soltiwasm:meter", "yield", "I:I")
	}, "malformed")
	added("meter-export", "An export has the name that only the meter may add.", func(g *guest) {
		g.add(secGlobal, tI64, 1, opI64Const, 0, opEnd)
		g.add(secExport, exported("soltiwasm:fuel", 3, 0)...)
	}, "malformed")
	show(running("text-export", "An export has a name that acts on a terminal, which means nothing.", func(g *guest) {
		g.add(secExport, exported(controls, 0, 0)...)
	}).harmless())
	show(module("text-abi", "An export claims an ABI whose version acts on a terminal.", otherABI()).rejected("abi"))
	return all
}

// otherABI is a module of another version.
func otherABI() []byte {
	w := &wasm{}
	w.add(secType, funcType(":")...)
	w.add(secFunction, 0)
	w.add(secCode, body(0, nil)...)
	w.add(secExport, exported("solti_abi_v"+controls, 0, 0)...)
	return w.bytes()
}

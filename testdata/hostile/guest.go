//go:build unix

package main

import (
	"cmp"
	"slices"
	"strings"
)

// guest is a runner in the making. What a case leaves unset is done as the ABI wants it: the runner says that it is
// "bomb", takes every spec, builds a run action, and its run succeeds.
type guest struct {
	wasm
	imports  []string // functions that it imports; reply is always the first
	extra    int      // functions beside the exported ones
	texts    uint32   // where the next text goes
	min, max uint32   // pages of memory; max 0 is none

	name, supports, build, run code
	initialize, start          code // nil for none
	noRun                      bool // run isn't exported
	noMemory                   bool // it has no memory of its own
	counted                    bool // its segments of data are announced
	manifest                   []string
	renamed                    map[string]string // exports that have another name
}

// signatures are the types of what guests import, as [funcType] reads them.
func signatures() map[string]string {
	const get, metric = "iiii:i", "iiiiF:"
	return map[string]string{
		"reply": "ii:", "log": "iii:", "spec_get": get, "config_get": get, "task_get": get, "env_get": get,
		"metric_add": metric, "metric_set": metric, "metric_observe": metric,
		"wasi:random_get": "ii:i", "wasi:poll_oneoff": "iiii:i", "wasi:fd_write": "iiii:i", "wasi:fd_read": "iiii:i",
		"wasi:proc_exit": "i:", "wasi:clock_time_get": "iIi:i", "wasi:sched_yield": ":i",
	}
}

// exports are the functions that a guest defines, in the order of their indices, and their types.
func exports() []string {
	return []string{"solti_abi_v1", "name", "supports", "build", "run", "_initialize"}
}

// locals of type i32 that every exported function has.
const scratch = 8

// newGuest makes a guest with its imports: functions of solti by their name, of WASI as "wasi:NAME".
func newGuest(imports ...string) *guest {
	g := &guest{imports: append([]string{"reply"}, imports...), texts: 1024, min: 1}
	for _, full := range g.imports {
		module, name := "solti", full
		if rest, ok := strings.CutPrefix(full, "wasi:"); ok {
			module, name = "wasi_snapshot_preview1", rest
		}
		g.item(module, name, signatures()[full])
	}
	return g
}

// item adds an import of a function.
func (g *guest) item(module, name, typ string) {
	g.add(secImport, imported(module, name, 0, uleb(uint64(g.typ(typ))))...)
}

// importMore imports a function that the guest does not call.
func (g *guest) importMore(module, name, typ string) {
	g.imports = append(g.imports, name)
	g.item(module, name, typ)
}

// typ is the index of a type, which is added when it is new.
func (g *guest) typ(text string) uint32 {
	want := funcType(text)
	for i, have := range g.items[secType] {
		if slices.Equal(have, want) {
			return uint32(i)
		}
	}
	return g.add(secType, want...)
}

// call calls an imported function.
func (g *guest) call(name string, args ...code) code {
	i := slices.Index(g.imports, name)
	if i < 0 {
		panic("the guest does not import " + name)
	}
	return call(uint32(i), args...)
}

// reply replies a text.
func (g *guest) reply(text string) code { return g.call("reply", g.text(text)) }

// place puts a text into the memory and returns its address. What lies below 1024 is free to be written.
func (g *guest) place(s string) code {
	at := g.texts
	g.texts += uint32(len(s))
	g.add(secData, segment(at, []byte(s))...)
	return i32(int64(at))
}

// text puts a text into the memory and is its address and length as two constants.
func (g *guest) text(s string) code { return seq(g.place(s), i32(int64(len(s)))) }

// next is the index that the next function of define gets.
func (g *guest) next() uint32 { return uint32(len(g.imports) + len(exports()) + g.extra) }

// define adds a function of a type with n locals, and returns its index.
func (g *guest) define(typ string, n int, c code) uint32 {
	index := g.next()
	g.extra++
	g.defineRaw(g.typ(typ), body(n, c))
	return index
}

// defineRaw adds a function that is encoded already.
func (g *guest) defineRaw(typ uint32, encoded []byte) {
	g.add(secFunction, uleb(uint64(typ))...)
	g.add(secCode, encoded...)
}

// bytes finishes the guest and encodes it. It is called once.
func (g *guest) bytes() []byte {
	own := &wasm{items: g.items}
	own.items[secFunction], own.items[secCode] = nil, nil
	first := uint32(len(g.imports))
	for i, name := range exports() {
		c, typ := g.export(name)
		own.add(secFunction, uleb(uint64(g.typ(typ)))...)
		own.add(secCode, body(scratch, c)...)
		if name == "_initialize" && g.initialize == nil || name == "run" && g.noRun {
			continue
		}
		own.add(secExport, exported(g.rename(name), 0, first+uint32(i))...)
	}
	own.items[secFunction] = append(own.items[secFunction], g.items[secFunction]...)
	own.items[secCode] = append(own.items[secCode], g.items[secCode]...)
	if g.start != nil {
		start := first + uint32(len(own.items[secFunction]))
		own.add(secFunction, uleb(uint64(g.typ(":")))...)
		own.add(secCode, body(scratch, g.start)...)
		own.add(secStart, uleb(uint64(start))...)
	}
	own.items[secType] = g.items[secType]
	own.items[secData] = g.items[secData]
	if g.counted {
		own.add(secDataCount, uleb(uint64(len(g.items[secData])))...)
	}
	if len(own.items[secMemory]) == 0 && !g.noMemory {
		own.add(secMemory, g.memory()...)
	}
	own.add(secExport, exported(g.rename("memory"), 2, 0)...)
	for _, manifest := range g.manifest {
		own.add(secCustom, custom("solti.runner", []byte(manifest))...)
	}
	return own.bytes()
}

// rename is the name under which something is exported.
func (g *guest) rename(name string) string { return cmp.Or(g.renamed[name], name) }

// memory is the memory's type, with room for the texts.
func (g *guest) memory() []byte {
	least := max(g.min, g.texts>>16+1)
	if g.max == 0 {
		return append([]byte{0}, uleb(uint64(least))...)
	}
	return slices.Concat([]byte{1}, uleb(uint64(least)), uleb(uint64(g.max)))
}

// export is the body and the type of one of the exported functions.
func (g *guest) export(name string) (c code, typ string) {
	switch name {
	case "name":
		return orElse(g.name, func() code { return g.reply(bombName) }), ":"
	case "supports":
		return orElse(g.supports, func() code { return i32(1) }), ":i"
	case "build":
		return orElse(g.build, func() code { return seq(g.reply(`{"action":{"run":{}}}`), i32(0)) }), ":i"
	case "run":
		return orElse(g.run, func() code { return i32(0) }), ":i"
	case "_initialize":
		return g.initialize, ":"
	}
	return nil, ":"
}

func orElse(c code, other func() code) code {
	if c != nil {
		return c
	}
	return other()
}

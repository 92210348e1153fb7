//go:build unix

package main

import "slices"

// most is the largest count that the format can write.
func most() []byte { return uleb(1<<32 - 1) }

// countCases announce more items than there are bytes. Nothing may be allocated or looped over on the word of a count.
func countCases() []Case {
	empty := section(secType, vec(funcType(":")))
	declared := slices.Concat(empty, section(secFunction, vec([]byte{0})))
	// withBody has one function, whose body is as given.
	withBody := func(content []byte) []byte { return raw(declared, section(secCode, vec(str(content)))) }
	table := section(secTable, vec([]byte{tFuncref, 0, 1}))
	memory := section(secMemory, vec([]byte{0, 1}))
	rows := []struct {
		name, what string
		wasm       []byte
		code       string
	}{
		{"types", "types", raw(section(secType, most())), "malformed"},
		{"params", "parameters", raw(section(secType, slices.Concat([]byte{1, 0x60}, most()))), "malformed"},
		{"results", "results", raw(section(secType, slices.Concat([]byte{1, 0x60, 0}, most()))), "malformed"},
		{"imports", "imports", raw(section(secImport, most())), "malformed"},
		{"functions", "functions", raw(empty, section(secFunction, most())), "malformed"},
		{"tables", "tables", raw(section(secTable, most())), "malformed"},
		{"memories", "memories", raw(section(secMemory, most())), "malformed"},
		{"globals", "globals", raw(section(secGlobal, most())), "malformed"},
		{"exports", "exports", raw(section(secExport, most())), "malformed"},
		{"elements", "element segments", raw(section(secElement, most())), "malformed"},
		{"entries", "entries of an element segment",
			raw(declared, table, section(secElement, slices.Concat([]byte{1, 0, opI32Const, 0, opEnd}, most()))), "malformed"},
		{"entry-exprs", "initialisers of an element segment",
			raw(declared, table, section(secElement, slices.Concat([]byte{1, 4, opI32Const, 0, opEnd}, most()))), "malformed"},
		{"data-count", "data segments in the data count section", raw(section(secDataCount, most())), "limit"},
		{"code", "function bodies", raw(declared, section(secCode, most())), "malformed"},
		{"body", "bytes of a function body", raw(declared, section(secCode, slices.Concat([]byte{1}, most()))), "malformed"},
		{"local-groups", "groups of locals", withBody(slices.Concat(most(), []byte{opEnd})), "malformed"},
		{"locals", "locals of one group", withBody(slices.Concat([]byte{1}, most(), []byte{tI32, opEnd})), "limit"},
		{"locals-sum", "locals of many groups, whose sum is over 32 bits",
			withBody(slices.Concat(uleb(100), slices.Repeat(slices.Concat(most(), []byte{tI32}), 100), []byte{opEnd})), "limit"},
		{"labels", "labels of a br_table",
			withBody(slices.Concat([]byte{0, opI32Const, 0, opBrTable}, most(), []byte{0, opEnd})), "malformed"},
		{"select-types", "types of a select",
			withBody(slices.Concat([]byte{0, 0x1c}, most(), []byte{opEnd})), "malformed"},
		{"data", "data segments", raw(memory, section(secData, most())), "malformed"},
		{"data-bytes", "bytes of a data segment",
			raw(memory, section(secData, slices.Concat([]byte{1, 0, opI32Const, 0, opEnd}, most()))), "malformed"},
		{"import-name", "bytes of an import's name", raw(section(secImport, slices.Concat([]byte{1}, most()))), "malformed"},
		{"export-name", "bytes of an export's name", raw(section(secExport, slices.Concat([]byte{1}, most()))), "malformed"},
		{"section", "bytes of a section", raw(slices.Concat([]byte{secType}, most())), "malformed"},
		{"custom-name", "bytes of a custom section's name", raw(section(secCustom, most())), "malformed"},
	}
	var all []Case
	for _, r := range rows {
		all = append(all, module("count-"+r.name, "Announces 4294967295 "+r.what+" that aren't there.", r.wasm).rejected(r.code))
	}
	return append(all, nameSectionCases()...)
}

// nameSectionCases lie in custom sections, which a sound runner may carry: they mean nothing to the ABI, so the module
// is admitted, and nothing may trust what they say.
func nameSectionCases() []Case {
	carrying := func(name, does, section string, content []byte) Case {
		g := newGuest()
		g.add(secCustom, custom(section, content)...)
		return module("custom-"+name, does, g.bytes()).harmless()
	}
	subsection := func(id byte, content []byte) []byte { return slices.Concat([]byte{id}, str(content)) }
	return []Case{
		carrying("name-functions", "The name section announces 4294967295 names of functions.", "name",
			subsection(1, most())),
		carrying("name-locals", "The name section announces 4294967295 names of locals of one function.", "name",
			subsection(2, slices.Concat([]byte{1, 0}, most()))),
		carrying("name-subsection", "The name section has a part of 4294967295 bytes.", "name",
			slices.Concat([]byte{1}, most())),
		carrying("name-garbage", "The name section is no such thing.", "name", []byte("\xff\xfe garbage \x1b[31m")),
		carrying("name-escape", "The name section gives a function a name with a terminal's escape sequence.", "name",
			subsection(1, vec(slices.Concat([]byte{3}, str("\x1b[31mred\x1b[0m\nsecond line"))))),
		carrying("debug", "A section of debugging information is garbage.", ".debug_info", slices.Repeat([]byte{0xff}, 1<<16)),
	}
}

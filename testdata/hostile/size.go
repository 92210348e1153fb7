//go:build unix

package main

import (
	"bytes"
	"slices"
	"strings"
)

// sizeCases ask for more than an instance may have, or bring much along.
func sizeCases() []Case {
	var all []Case
	size := func(name, does string, change func(g *guest)) Case {
		g := newGuest()
		change(g)
		return module("size-"+name, does, g.bytes())
	}
	all = append(all,
		size("memory", "The memory begins with 2,000 pages, 125 MiB.", func(g *guest) { g.min = 2000 }).rejected("limit"),
		size("memory-all", "The memory begins with all that 32 bits can name, 4 GiB.", func(g *guest) { g.min = 1 << 16 }).rejected("limit"),
		size("memory-no-stack", "The memory begins with the whole limit, so that nothing is left for the stack.",
			func(g *guest) { g.min = 1024 }).rejected("limit"),
		size("memory-max", "The memory may grow to 4 GiB by its own word.", func(g *guest) { g.max = 1 << 16 }).harmless(),
		size("table", "A table begins with 4,294,967,295 entries.", func(g *guest) {
			g.add(secTable, slices.Concat([]byte{tFuncref, 0}, most())...)
		}).rejected("limit"),
		size("table-some", "A table begins with 100,001 entries.", func(g *guest) {
			g.add(secTable, slices.Concat([]byte{tFuncref, 0}, uleb(100_001))...)
		}).rejected("limit"),
		size("tables", "There are 17 tables.", func(g *guest) {
			for range 17 {
				g.add(secTable, tFuncref, 0, 1)
			}
		}).rejected("limit"),
		size("tables-together", "Sixteen tables have 160,000 entries together.", func(g *guest) {
			for range 16 {
				g.add(secTable, slices.Concat([]byte{tFuncref, 0}, uleb(10_000))...)
			}
		}).rejected("limit"),
		size("data", "There are 30 MiB of data for a memory of 32 MiB.", func(g *guest) {
			g.min = 512
			g.add(secData, segment(1<<20, bytes.Repeat([]byte("soltiwasm "), 3<<20))...)
		}).harmless(),
		size("data-segments", "There are 99,000 segments of one byte.", func(g *guest) {
			for i := range 99_000 {
				g.add(secData, segment(uint32(i%1000), []byte{'x'})...)
			}
		}).harmless(),
		size("data-too-many", "There are 100,001 segments of no byte.", func(g *guest) {
			for range 100_001 {
				g.add(secData, segment(0, nil)...)
			}
		}).rejected("limit"),
		size("data-outside", "A segment of data lies outside of the memory.", func(g *guest) {
			g.add(secData, segment(1<<30, []byte("lost"))...)
		}).rejected("start"),
		size("elements", "An element segment has 100,001 entries.", func(g *guest) {
			g.add(secTable, tFuncref, 0, 1)
			g.add(secElement, slices.Concat([]byte{1, 0}, uleb(100_001), slices.Repeat([]byte{0}, 100_001))...)
		}).rejected("limit"),
		size("customs", "There are 1,001 custom sections.", func(g *guest) {
			for range 1001 {
				g.add(secCustom, custom("x", nil)...)
			}
		}).rejected("limit"),
		size("custom", "A custom section has 30 MiB.", func(g *guest) {
			g.add(secCustom, custom("ballast", make([]byte, 30<<20))...)
		}).harmless(),
		size("export-name", "An export's name has 20 MiB.", func(g *guest) {
			g.add(secExport, exported(strings.Repeat("x", 20<<20), 0, 0)...)
		}).harmless(),
		size("import-name", "An import's name has 20 MiB.", func(g *guest) {
			g.importMore("solti", strings.Repeat("x", 20<<20), ":")
		}).rejected("import"),
		size("imports-unknown", "9,000 functions are imported that there aren't.", func(g *guest) {
			for i := range 9_000 {
				g.importMore("solti", "unknown"+string(rune('a'+i%26)), ":")
			}
		}).rejected("import"),
	)
	return all
}

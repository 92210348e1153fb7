//go:build unix

package main

import (
	"slices"
	"strings"
)

// A compiler takes more than linear time or memory in some properties of a function, and can't be stopped. So these are
// refused by a limit before any engine sees them: each has its own, and what is spread over many functions is held by
// the score that sums them up.

// bomb is a case of a sound runner that has functions more.
func bomb(name, does string, add func(g *guest)) Case {
	g := newGuest()
	add(g)
	return module("compile-"+name, does, g.bytes())
}

// nested is n times open around nothing.
func nested(n int, open code) code { return seq(times(n, open), times(n, op(opEnd))) }

func openBlock() code { return op(opBlock, tEmpty) }
func openLoop() code  { return op(opLoop, tEmpty) }
func openIf() code    { return seq(get(0), op(opIf, tEmpty)) }

// change changes each of n locals.
func change(n int) code {
	return each(n, func(i int) code { return set(uint32(i), add(get(uint32(i)), i32(1))) })
}

// bodySize is the size of functions that are nearly as large as a limit allows, 384 KiB.
const bodySize = 384<<10 - 16

// sixteen is as many values as a block may pass on.
const sixteen = "iiiiiiiiiiiiiiii"

// compileCases are over a limit.
func compileCases() []Case {
	var all []Case
	over := func(name, does string, add func(g *guest)) {
		all = append(all, bomb(name, does, add).rejected("limit"))
	}
	function := func(name, does string, locals int, c code) {
		over(name, does, func(g *guest) { g.define(":", locals, c) })
	}
	function("br-table", "One br_table has a million labels: a megabyte.", 1, brTable(1_000_000, 0, get(0)))
	function("br-table-some", "One br_table has 300,000 labels.", 1, brTable(300_000, 0, get(0)))
	over("br-tables", "Three hundred functions have a br_table of 16,000 labels each, every one within its limit.", func(g *guest) {
		c := brTable(16_000, 0, get(0))
		for range 300 {
			g.define(":", 1, c)
		}
	})
	function("br-table-locals", "A br_table of 16,000 labels where 1,000 locals were written.", 1000,
		seq(block(each(1000, func(i int) code { return set(uint32(i), get(0)) }), brTable(16_000, 0, get(0)))))
	function("blocks", "100,000 blocks stand inside each other.", 1, nested(100_000, openBlock()))
	function("ifs", "70,000 ifs stand inside each other.", 1, nested(70_000, openIf()))
	function("ifs-in-a-row", "70,000 ifs stand one after the other.", 1, times(70_000, when(get(0))))
	function("br-ifs-in-a-row", "90,000 conditional branches stand one after the other.", 1, block(times(90_000, brIf(0, get(0)))))
	function("loops", "50,000 loops stand inside each other.", 1, nested(50_000, openLoop()))
	function("loops-and-locals", "253 loops inside each other write 253 locals: three kilobytes.", 253,
		seq(times(253, openLoop()), each(253, func(i int) code { return set(uint32(i), i32(1)) }), times(253, op(opEnd))))
	function("few-loops-many-locals", "60 loops inside each other write 10,000 locals.", 10_000,
		seq(times(60, openLoop()), each(10_000, func(i int) code { return set(uint32(i), i32(1)) }), times(60, op(opEnd))))
	function("locals-and-blocks", "5,000 locals are written, and 5,000 blocks are left by a branch.", 5000,
		seq(each(5000, func(i int) code { return set(uint32(i), get(0)) }), times(5000, block(brIf(0, get(0))))))
	function("locals-and-ifs", "2,000 ifs may each change one of 2,000 locals.", 2000,
		each(2000, func(i int) code { return when(get(0), set(uint32(i), get(0))) }))
	function("locals", "A function has a million locals, announced in four bytes.", 1_000_000, set(0, i32(1)))
	function("body", "A function has two megabytes of additions.", 1, seq(get(0), times(500_000, seq(get(0), op(opI32Add))), op(opDrop)))
	over("bodies", "The bodies of functions, each within its limit, have 30 megabytes together.", func(g *guest) {
		c := seq(get(0), times(bodySize/3, seq(get(0), op(opI32Add))), op(opDrop))
		for range 30 << 20 / bodySize {
			g.define(":", 1, c)
		}
	})
	rows := func(name, what string, one code, add func(g *guest)) {
		over(name, "A body just within its limit is "+what+".", func(g *guest) {
			add(g)
			g.define(":", 1, times(bodySize/len(one), one))
		})
	}
	table := func(g *guest) { g.add(secTable, tFuncref, 0, 1) }
	rows("fills", "fills, of which the meter makes more code than there was", memoryFill(i32(0), i32(0), i32(0)), func(*guest) {})
	rows("copies", "copies, of which the meter makes more code than there was", memoryCopy(i32(0), i32(0), i32(0)), func(*guest) {})
	rows("growths", "growths of the memory by nothing", drop(memoryGrow(i32(0))), func(*guest) {})
	rows("inits", "copies of a segment", memoryInit(i32(0), i32(0), i32(0)), func(g *guest) { g.passive([]byte("x")) })
	rows("table-fills", "fills of a table", tableFill(i32(0), i32(0)), table)
	rows("table-copies", "copies inside of a table", tableCopy(i32(0), i32(0), i32(0)), table)
	rows("table-inits", "copies of a segment to a table", seq(i32(0), i32(0), i32(0), op(0xfc, 0x0c, 0, 0)), func(g *guest) {
		table(g)
		g.add(secElement, 1, 0, 1, 0)
	})
	fill := memoryFill(i32(0), i32(0), i32(0))
	function("fills-over-locals", "400 locals are alive over 10,000 fills, of each of which the compiler makes a loop.", 400,
		seq(change(400), times(10_000, fill), change(400)))
	function("fills-over-values", "400 values stay on the stack over 8,000 fills, of each of which the compiler makes a loop.", 1,
		seq(times(400, get(0)), times(8_000, fill), times(400, op(opDrop))))
	function("loops-in-a-row", "19,000 loops stand one after the other, each of which the meter checks.", 1, times(19_000, loop()))
	function("loops-nested-in-a-row", "300 nests of 60 loops stand one after the other.", 1, times(300, nested(60, openLoop())))
	function("returns-in-a-row", "19,000 ifs may each return.", 1, times(19_000, when(get(0), op(opReturn))))
	over("loops-with-values", "6,000 loops in a row pass 16 values on.", func(g *guest) {
		typ := g.typ(sixteen + ":" + sixteen)
		g.define(":", 1, seq(times(16, get(0)), times(6000, op(opLoop, byte(typ), opEnd)), times(16, op(opDrop))))
	})
	over("indirect-calls", "A body just within its limit is calls through a table.", func(g *guest) {
		table(g)
		one := callIndirect(g.typ(":"), i32(0))
		g.define(":", 0, times(bodySize/len(one), one))
	})
	over("values-to-a-loop", "A br_table takes 254 values to a loop by each of 16,000 labels.", func(g *guest) { toLoop(g, 16_000) })
	over("values-to-a-loop-by-branches", "19,000 conditional branches each take 254 values to a loop.", func(g *guest) {
		typ := g.typ(strings.Repeat("i", 254) + ":")
		g.define(":", 1, seq(times(254, get(0)), op(opLoop), sleb(int64(typ)), times(19_000, brIf(0, get(0))), times(254, op(opDrop)), op(opEnd)))
	})
	function("values-over-ifs", "5,000 values stay on the stack while as many ifs make more.", 1, seq(times(5000, choice()), times(5000, op(opDrop))))
	function("ways-back", "10,000 branches lead to one place, behind which 60 locals are read that none of them sets.", 60,
		seq(block(times(10_000, brIf(0, get(0)))), each(60, func(i int) code { return drop(get(uint32(i))) })))
	function("loops-over-locals", "5,000 locals are read behind 200 loops, none of which sets one.", 5000,
		seq(times(200, loop(brIf(0, get(0)))), each(5000, func(i int) code { return drop(get(uint32(i))) })))
	over("unset-locals", "In three functions 5,000 locals that are never set are read behind 199 branches.", func(g *guest) {
		for range 3 {
			g.define(":", 5000, seq(block(times(199, brIf(0, get(0)))), each(5000, func(i int) code { return drop(get(uint32(i))) })))
		}
	})
	function("conversions", "190,000 conversions, half of which may trap, each take what the one before gave.", 1,
		seq(f64(1), times(95_000, op(0xaa, 0xb7)), op(opDrop)))
	function("conversions-to-64-bits", "As many of 64 bits.", 1, seq(f64(1), times(95_000, op(0xb0, 0xb9)), op(opDrop)))
	function("conversions-saturated", "90,000 conversions that cut off what is too large.", 1, seq(f64(1), times(90_000, op(0xfc, 7, 0xba)), op(opDrop)))
	function("divisions", "100,000 divisions each take what the one before gave.", 1, seq(get(0), times(100_000, seq(get(0), op(opI32DivS))), op(opDrop)))
	function("loads", "120,000 loads each take the address from the one before.", 1, seq(get(0), times(120_000, op(opI32Load, 2, 0)), op(opDrop)))
	over("loads-spread", "Thirty functions have 35,000 loads each.", func(g *guest) {
		for range 30 {
			g.define(":", 1, seq(get(0), times(35_000, op(opI32Load, 2, 0)), op(opDrop)))
		}
	})
	over("fills-spread", "10,000 functions have 20 fills each.", func(g *guest) {
		for range 10_000 {
			g.define(":", 1, times(20, memoryFill(get(0), get(0), get(0))))
		}
	})
	over("locals-spread", "10,000 functions have 10,000 locals each, announced in four bytes.", func(g *guest) {
		for range 10_000 {
			g.define(":", 10_000, nil)
		}
	})
	over("params", "A type has a million parameters.", func(g *guest) {
		g.add(secType, slices.Concat([]byte{0x60}, str(slices.Repeat([]byte{tI32}, 1_000_000)), []byte{0})...)
	})
	over("results", "A type has a million results.", func(g *guest) {
		g.add(secType, slices.Concat([]byte{0x60, 0}, str(slices.Repeat([]byte{tI32}, 1_000_000)))...)
	})
	over("globals", "There are 1,000 mutable globals, of which engines reload each after every call.", func(g *guest) {
		mutable(g, 1000)
		g.define(":", 0, times(1000, call(g.next())))
	})
	over("globals-and-calls", "250 mutable globals stand before 5,000 calls of one function.", func(g *guest) {
		mutable(g, 250)
		g.define(":", 0, times(5000, call(g.next())))
	})
	over("types", "There are 10,001 types.", func(g *guest) { types(g, 10_001) })
	over("types-and-functions", "10,000 types stand before 100,000 functions.", func(g *guest) {
		types(g, 9990)
		for range 99_000 {
			g.define(":", 0, nil)
		}
	})
	over("functions", "There are 100,001 functions.", func(g *guest) {
		for range 100_001 {
			g.define(":", 0, nil)
		}
	})
	return all
}

// mutable adds n mutable globals.
func mutable(g *guest, n int) {
	for range n {
		g.add(secGlobal, slices.Concat([]byte{tI32, 1}, i32(0), code{opEnd})...)
	}
}

// types adds n types, no two the same.
func types(g *guest, n int) {
	for i := range n {
		var params []byte
		for range 14 { // bits of i
			params = append(params, tI32-byte(i&1))
			i >>= 1
		}
		g.add(secType, slices.Concat([]byte{0x60}, str(params), []byte{0})...)
	}
}

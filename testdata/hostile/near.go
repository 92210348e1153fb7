//go:build unix

package main

import "strings"

// nearCases are just within the limits, so they are compiled: the limits have to bound what that costs.
func nearCases() []Case {
	var all []Case
	near := func(name, does string, add func(g *guest)) {
		c := bomb("near-"+name, does, add)
		all = append(all, c.harmless())
	}
	function := func(name, does string, locals int, c code) {
		near(name, does, func(g *guest) { g.define(":", locals, c) })
	}
	function("br-table", "A br_table has 16,000 labels.", 1, block(brTable(16_000, 0, get(0))))
	function("br-table-locals", "A br_table of 16,000 labels leads to three places where 60 locals differ.", 60,
		seq(change(60), block(change(60), block(change(60), brTable(16_000, 0, get(0)))), change(60)))
	function("blocks", "10,000 blocks stand inside each other.", 1, nested(9_999, openBlock()))
	function("ifs-in-a-row", "15,000 ifs stand one after the other.", 1, times(15_000, when(get(0))))
	function("loops-and-locals", "60 loops inside each other change 400 locals.", 400,
		seq(times(60, openLoop()), change(400), times(60, seq(get(0), op(opBrIf, 0), op(opEnd)))))
	function("loops-and-all-locals", "200 loops in a row change 200 locals each.", 200,
		seq(times(200, loop(change(200), brIf(0, get(0)))), change(200)))
	function("locals-and-branches", "900 locals meet where 900 branches lead.", 900,
		seq(change(900), block(times(900, seq(change(1), brIf(0, get(0))))), change(900)))
	function("locals-and-ifs", "200 ifs change all of 200 locals.", 200,
		seq(times(200, when(get(0), change(200))), change(200)))
	fill := memoryFill(i32(0), i32(0), i32(0))
	function("fills-over-locals", "400 locals are alive over 700 fills.", 400, seq(change(400), times(700, fill), change(400)))
	function("fills-over-values", "400 values stay on the stack over 2,000 fills.", 1,
		seq(times(400, get(0)), times(2_000, fill), times(400, op(opDrop))))
	function("alive", "A body just within its limit has 130,000 values alive.", 1,
		seq(times(130_000, get(0)), times(129_999, op(opI32Add)), op(opDrop)))
	function("calls", "50,000 calls stand in a row.", 0, times(50_000, call(1)))
	row := func(name, what string, one code, add ...func(g *guest)) {
		near(name, "A body just within its limit is "+what+".", func(g *guest) {
			for _, f := range add {
				f(g)
			}
			g.define(":", 1, times(bodySize/len(one), one))
		})
	}
	// declared is a table, and that function 0 may be referred to.
	declared := func(g *guest) {
		g.add(secTable, tFuncref, 0, 1)
		g.add(secElement, 3, 0, 1, 0)
	}
	row("loads", "loads, whose bounds are checked each", drop(load(i32(0))))
	row("stores", "stores, whose bounds are checked each", store(i32(0), i32(0)))
	row("divisions", "divisions, which may trap", drop(both(opI32DivU, get(0), get(0))))
	row("long-divisions", "divisions of 64 bits, which may trap for two reasons",
		drop(both(opI64DivS, op(opI64Const, 1), op(opI64Const, 3))))
	row("host-calls", "calls of the host", seq(i32(0), i32(0), call(0)))
	spread := func(name, does string, n int, one code) {
		near(name, does, func(g *guest) {
			declared(g)
			g.define(":", 1, times(n, one))
		})
	}
	spread("references", "A function refers 100,000 times to a function.", 100_000, op(0xd2, 0, opDrop))
	spread("table-reads", "A function reads a table 65,000 times.", 65_000, seq(get(0), op(0x25, 0, opDrop)))
	function("conversions-in-a-chain", "45,000 conversions that may trap each take what the one before gave.", 1,
		seq(f64(1), times(45_000, op(0xb0, 0xb9)), op(opDrop)))
	function("loads-in-a-chain", "65,000 loads each take the address from the one before.", 1,
		seq(get(0), times(65_000, op(opI32Load, 2, 0)), op(opDrop)))
	function("divisions-in-a-chain", "75,000 divisions each take what the one before gave.", 1,
		seq(get(0), times(75_000, seq(get(0), op(opI32DivS))), op(opDrop)))
	near("several-functions", "Four functions just within their limit are in one module, where several workers compile.", func(g *guest) {
		for range 4 {
			g.define(":", 0, seq(i32(1), times(75_000, seq(i32(1), op(opI32DivS))), op(opDrop)))
		}
	})
	function("values-over-ifs", "1,700 values stay on the stack while as many ifs make more.", 1, seq(times(1700, choice()), times(1700, op(opDrop))))
	function("unset-locals", "2,000 locals that are never set are read behind 200 branches.", 2000,
		seq(block(times(200, brIf(0, get(0)))), each(2000, func(i int) code { return drop(get(uint32(i))) })))
	near("values-to-a-loop", "A br_table takes 254 values to a loop by 3,900 labels.", func(g *guest) { toLoop(g, 3_900) })
	row("conversions", "conversions, which may trap", drop(seq(f64(1), op(0xaa))))
	near("globals-and-calls", "250 mutable globals stand before 3,900 calls.", func(g *guest) {
		mutable(g, 250)
		g.define(":", 0, times(3_900, call(g.next())))
	})
	near("functions", "There are 99,000 functions.", func(g *guest) {
		for range 99_000 {
			g.define(":", 0, nil)
		}
	})
	near("exports", "There are 99,000 exports.", func(g *guest) {
		name := make([]byte, 0, 8)
		for i := range 99_000 {
			name = append(name[:0], 'e')
			for ; i > 0; i /= 10 {
				name = append(name, '0'+byte(i%10))
			}
			g.add(secExport, exported(string(name), 0, 0)...)
		}
	})
	near("imports", "One function is imported 9,000 times.", func(g *guest) {
		for range 9_000 {
			g.importMore("solti", "reply", "ii:")
		}
	})
	near("body", "Twelve functions have additions just within their limit.", func(g *guest) {
		c := seq(get(0), times(bodySize/3-1, seq(get(0), op(opI32Add))), op(opDrop))
		for range 12 {
			g.define(":", 1, c)
		}
	})
	return append(all, several())
}

// choice is an if that leaves one of two values.
func choice() code { return seq(get(0), op(opIf, tI32), i32(1), op(opElse), i32(2), op(opEnd)) }

// toLoop adds a function in which a br_table of n labels leads to a loop of 254 parameters.
func toLoop(g *guest, n int) {
	const params = 254
	typ := g.typ(strings.Repeat("i", params) + ":")
	values := times(params, get(0))
	g.define(":", 1, seq(values, op(opLoop), sleb(int64(typ)), times(params, op(opDrop)), values, brTable(n, 0, get(0)), op(opEnd)))
}

// several has four modules that are near the limit of what one takes, loaded at once and not from the cache.
func several() Case {
	var c Case
	for _, name := range []string{"bomb", "bomc", "bomd", "bome"} {
		g := newGuest()
		g.name = g.reply(name)
		one := drop(load(i32(0)))
		g.define(":", 1, times(bodySize/len(one), one))
		if name == bombName {
			c = module("compile-near-several", "Four modules with loads just within their limit are loaded at once.", g.bytes())
		} else {
			c = c.with("runners/"+name+".wasm", entry{data: g.bytes()})
		}
	}
	return c.args("--no-cache").harmless()
}

//go:build unix

package main

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
	function("loops-and-all-locals", "240 loops in a row change 240 locals each.", 240,
		seq(times(240, loop(change(240), brIf(0, get(0)))), change(240)))
	function("locals-and-branches", "900 locals meet where 900 branches lead.", 900,
		seq(change(900), block(times(900, seq(change(1), brIf(0, get(0))))), change(900)))
	function("locals-and-ifs", "250 ifs change all of 250 locals.", 250,
		seq(times(250, when(get(0), change(250))), change(250)))
	function("alive", "A body of nearly a megabyte has 200,000 values alive.", 1,
		seq(times(200_000, get(0)), times(199_999, op(opI32Add)), op(opDrop)))
	function("calls", "50,000 calls stand in a row.", 0, times(50_000, call(1)))
	row := func(name, what string, one code) {
		function(name, "A body of nearly a megabyte is "+what+".", 1, times(1_040_000/len(one), one))
	}
	row("loads", "loads, whose bounds are checked each", drop(load(i32(0))))
	row("stores", "stores, whose bounds are checked each", store(i32(0), i32(0)))
	row("growths", "growths of the memory by nothing", drop(memoryGrow(i32(0))))
	row("divisions", "divisions, which may trap", drop(both(opI32DivU, get(0), get(0))))
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
	near("body", "Five functions have nearly a megabyte of additions each.", func(g *guest) {
		c := seq(get(0), times(330_000, seq(get(0), op(opI32Add))), op(opDrop))
		for range 5 {
			g.define(":", 1, c)
		}
	})
	return append(all, several())
}

// several has four modules that are near the limit of what one takes, loaded at once and not from the cache.
func several() Case {
	var c Case
	for _, name := range []string{"bomb", "bomc", "bomd", "bome"} {
		g := newGuest()
		g.name = g.reply(name)
		one := drop(load(i32(0)))
		g.define(":", 1, times(1_040_000/len(one), one))
		if name == bombName {
			c = module("compile-near-several", "Four modules of nearly a megabyte of loads are loaded at once.", g.bytes())
		} else {
			c = c.with("runners/"+name+".wasm", entry{data: g.bytes()})
		}
	}
	return c.args("--no-cache").harmless()
}

//go:build unix

package main

// recursionCases use up the stack, or memory by what they grow. A call ends in the guest's trap within the instance's
// memory.
func recursionCases() []Case {
	fault := func(name, does string, supports func(g *guest) code) Case {
		return asked("recursion-"+name, does, supports).passedOver()
	}
	self := func(locals int, c func(self code) code) func(g *guest) code {
		return func(g *guest) code {
			f := g.next()
			return call(g.define(":", locals, c(call(f))))
		}
	}
	// alive keeps n values on the stack while c runs.
	alive := func(n int, c code) code {
		return seq(each(n, func(i int) code { return load(i32(int64(i % 1000))) }), c, times(n, op(opDrop)))
	}
	return []Case{
		fault("plain", "A function calls itself without end.", self(0, func(c code) code { return seq(c, c) })),
		fault("locals", "A function with 5,000 locals calls itself without end.", self(5000, func(c code) code {
			return seq(c, each(5000, func(i int) code { return drop(get(uint32(i))) }))
		})),
		fault("values", "A function calls itself while 2,000 values wait.", self(0, func(c code) code { return alive(2000, c) })),
		fault("values-many", "A function calls itself while 50,000 values wait.", self(0, func(c code) code { return alive(50_000, c) })),
		fault("indirect", "Two functions call each other through a table without end.", func(g *guest) code {
			first := g.next()
			one := g.define(":", 10, seq(callIndirect(g.typ(":"), i32(1)), drop(get(1))))
			two := g.define(":", 10, seq(callIndirect(g.typ(":"), i32(0)), drop(get(1))))
			tableOf(g, one, two)
			return call(first)
		}),
		fault("returning", "A recursion of depth 1,000 returns and descends again, 2^1000 times.", func(g *guest) code {
			return call(doubling(g, 1000, nil))
		}),
		fault("params", "A function with 250 parameters calls itself without end.", func(g *guest) code {
			typ := string(append(repeat('i', 250), ':'))
			f := g.next()
			pass := each(250, func(i int) code { return get(uint32(i)) })
			g.define(typ, 0, seq(pass, call(f), pass, call(f)))
			return seq(times(250, i32(1)), call(f))
		}),
		running("recursion-build", "build recurses without end.", func(g *guest) {
			g.build = seq(self(3, func(c code) code { return seq(c, c) })(g), i32(0))
		}).unbuilt("guest_fault"),
		running("recursion-run", "run recurses without end.", func(g *guest) {
			g.run = seq(self(3, func(c code) code { return seq(c, c) })(g), i32(0))
		}).runs("failure", "guest_fault", 5),
		running("recursion-name", "name recurses without end.", func(g *guest) {
			g.name = self(3, func(c code) code { return seq(c, c) })(g)
		}).rejected("name"),
	}
}

func repeat(b byte, n int) []byte { return times(n, code{b}) }

// growthCases grow what they have. Growing fails with -1 at the limit, and costs what it does.
func growthCases() []Case {
	table := func(g *guest) { g.add(secTable, tFuncref, 0, 0) }
	full := func(g *guest, grow code) { g.build = seq(growUntilFull(grow), g.reply("full"), i32(4)) }
	return []Case{
		running("growth-memory", "build grows the memory page by page until that fails, and says so.", func(g *guest) {
			full(g, memoryGrow(i32(1)))
		}).unbuilt("internal"),
		running("growth-memory-once", "build grows the memory by 65,535 pages at once, which fails at once.", func(g *guest) {
			full(g, memoryGrow(i32(65_535)))
		}).unbuilt("internal"),
		running("growth-memory-negative", "build grows the memory by 4,294,967,295 pages.", func(g *guest) {
			full(g, memoryGrow(i32(-1)))
		}).unbuilt("internal"),
		running("growth-memory-touched", "build grows the memory until that fails, and writes into every page.", func(g *guest) {
			touch := store(both(opI32Mul, seq(op(opMemorySize, 0), i32(1), op(opI32Sub)), i32(1<<16)), i32(1))
			g.build = seq(loop(touch, brIf(0, both(opI32Ne, memoryGrow(i32(1)), i32(-1)))), g.reply("full"), i32(4))
		}).unbuilt("internal"),
		running("growth-table", "build grows a table by 4,096 entries until that fails, and says so.", func(g *guest) {
			table(g)
			full(g, tableGrow(i32(1<<12)))
		}).unbuilt("internal"),
		running("growth-tables", "build grows each of 16 tables until that fails.", func(g *guest) {
			var all code
			for i := range byte(16) {
				table(g)
				all = append(all, growUntilFull(seq(op(opRefNull, tFuncref), i32(1<<12), op(0xfc, 0x0f, i)))...)
			}
			g.build = seq(all, g.reply("full"), i32(4))
		}).unbuilt("internal"),
		running("growth-table-once", "build grows a table by 4,294,967,295 entries.", func(g *guest) {
			table(g)
			full(g, tableGrow(i32(-1)))
		}).unbuilt("internal"),
		asked("growth-memory-forever", "supports tries to grow the memory without end.", func(*guest) code {
			return forever(drop(memoryGrow(i32(1))))
		}).passedOver(),
		asked("growth-table-forever", "supports grows a table by one entry without end.", func(g *guest) code {
			table(g)
			return forever(drop(tableGrow(i32(1))))
		}).passedOver(),
		asked("growth-doubling", "supports grows memory and table without end and without a loop.", func(g *guest) code {
			table(g)
			return call(doubling(g, 64, seq(drop(memoryGrow(i32(1))), drop(tableGrow(i32(1))))))
		}).passedOver(),
	}
}

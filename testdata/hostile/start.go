//go:build unix

package main

// startCases go wrong when an instance is made, which the limit of start has to end and to bound.
func startCases() []Case {
	var all []Case
	start := func(name, does string, wasm []byte) Case { return module("start-"+name, does, wasm) }
	with := func(set func(g *guest), imports ...string) []byte {
		g := newGuest(imports...)
		set(g)
		return g.bytes()
	}
	all = append(all,
		start("loop", "The start section never ends.", with(func(g *guest) { g.start = forever() })).rejected("timeout"),
		start("initialize-loop", "_initialize never ends.", with(func(g *guest) { g.initialize = forever() })).rejected("timeout"),
		start("trap", "The start section traps.", with(func(g *guest) { g.start = op(opUnreachable) })).rejected("start"),
		start("initialize-trap", "_initialize traps.", with(func(g *guest) { g.initialize = op(opUnreachable) })).rejected("start"),
		start("recursion", "The start section recurses without end.", with(func(g *guest) {
			g.start = call(g.next())
			g.define(":", 100, seq(call(g.next()), call(g.next())))
		})).rejected("start"),
		start("doubling", "The start section makes 2^64 calls without a loop.", with(func(g *guest) {
			g.start = call(doubling(g, 64, nil))
		})).rejected("timeout"),
		start("fill", "The start section fills 32 MiB in 4,000 instructions without a loop.", with(func(g *guest) {
			g.min = 512
			g.start = times(4000, memoryFill(i32(0), i32(1), i32(32<<20)))
		})).rejected("timeout"),
		start("memory-grow", "The start section grows the memory until that fails.", with(func(g *guest) {
			g.start = growUntilFull(memoryGrow(i32(1)))
		})).args("--limit", "start=5s").harmless(), // the system may take long to find all pages
		start("table-grow", "The start section grows a table until that fails.", with(func(g *guest) {
			g.add(secTable, tFuncref, 0, 0)
			g.start = growUntilFull(tableGrow(i32(1 << 12)))
		})).harmless(),
		start("exit", "_initialize exits with code 0.", with(func(g *guest) {
			g.initialize = g.call("wasi:proc_exit", i32(0))
		}, "wasi:proc_exit")).rejected("start"),
		start("sleep", "_initialize sleeps for an hour, which outside of run takes no time.", with(func(g *guest) {
			g.initialize = sleepHour(g)
		}, "wasi:poll_oneoff")).harmless(),
		start("log", "_initialize logs without end.", with(func(g *guest) {
			g.initialize = forever(g.call("log", i32(1), g.text("still here")))
		}, "log")).rejected("timeout"),
		start("random", "_initialize asks for 60 MB of random bytes without end.", with(func(g *guest) {
			g.min = 600
			g.initialize = forever(drop(g.call("wasi:random_get", i32(0), i32(600<<16))))
		}, "wasi:random_get")).rejected("timeout"),
	)
	return all
}

// growUntilFull repeats what grows something until it says -1.
func growUntilFull(grow code) code { return loop(brIf(0, both(opI32Ne, grow, i32(-1)))) }

// doubling defines a chain of functions of which each calls the next twice, and the last, the leaf, does c. It returns
// the first.
func doubling(g *guest, levels int, c code) uint32 {
	first := g.next()
	for range levels {
		g.define(":", 1, seq(call(g.next()+1), call(g.next()+1)))
	}
	g.define(":", 1, c)
	return first
}

// sleepHour waits for a clock.
func sleepHour(g *guest) code {
	// One subscription: no user data, a clock, the monotonic one, 3,600 seconds in nanoseconds, relative.
	subscription := make([]byte, 48)
	subscription[16] = 1
	copy(subscription[24:], []byte{0x00, 0xa0, 0xb8, 0x30, 0x46, 0x03, 0x00, 0x00})
	return drop(g.call("wasi:poll_oneoff", g.place(string(subscription)), i32(0), i32(1), i32(512)))
}

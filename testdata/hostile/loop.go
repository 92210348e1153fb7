//go:build unix

package main

import "fmt"

// running is a case of a guest that does something, with functions imported.
func running(name, does string, set func(g *guest), imports ...string) Case {
	g := newGuest(imports...)
	set(g)
	return module(name, does, g.bytes())
}

// asked is a case of a guest whose supports does something.
func asked(name, does string, supports func(g *guest) code, imports ...string) Case {
	return running(name, does, func(g *guest) { g.supports = seq(supports(g), i32(1)) }, imports...)
}

// loopCases use up time in code. Every phase has its limit, and what holds there must not need a loop to be met.
func loopCases() []Case {
	inSupports := func(name, does string, supports func(g *guest) code) Case {
		return asked("loop-"+name, does, supports).passedOver()
	}
	return []Case{
		running("loop-name", "name never ends.", func(g *guest) { g.name = forever() }).rejected("timeout"),
		running("loop-supports", "supports never ends.", func(g *guest) { g.supports = forever() }).passedOver(),
		running("loop-build", "build never ends.", func(g *guest) { g.build = forever() }).unbuilt("timeout"),
		running("loop-run", "run never ends.", func(g *guest) { g.run = forever() }).timesOut(),

		inSupports("many", "2^32 turns of a loop inside of 2^32 turns of another.", func(*guest) code {
			turns := func(local uint32, inside ...code) code {
				return loop(seq(inside...), set(local, add(get(local), i32(-1))), brIf(0, get(local)))
			}
			return turns(0, turns(1))
		}),
		inSupports("br-table", "A loop whose branch goes by a table of 16,000 labels.", func(*guest) code {
			return seq(loop(set(0, add(get(0), i32(1))), brTable(16_000, 0, get(0))), op(opUnreachable))
		}),
		inSupports("grow-nothing", "A loop grows the memory by no page.", func(*guest) code {
			return forever(drop(memoryGrow(i32(0))))
		}),
		inSupports("divide", "A loop's body is 100 KB of divisions that wait for each other.", func(*guest) code {
			return forever(set(0, i32(-1)), times(20_000, set(0, both(opI32DivU, get(0), i32(3)))))
		}),
		inSupports("indirect", "A loop calls through a table.", func(g *guest) code {
			f := g.define(":", 0, nil)
			tableOf(g, f)
			return forever(callIndirect(g.typ(":"), i32(0)))
		}),
		inSupports("cache", "A loop follows a chain of places that no cache holds, through 32 MiB.", func(g *guest) code {
			g.min = 513
			return chase()
		}),

		inSupports("doubling", "2^64 calls are made without a loop, by 64 functions that each call the next twice.", func(g *guest) code {
			return call(doubling(g, 64, nil))
		}),
		running("loop-doubling-build", "build makes 2^64 calls without a loop.", func(g *guest) {
			g.build = seq(call(doubling(g, 64, nil)), i32(0))
		}).unbuilt("timeout"),
		running("loop-doubling-run", "run makes 2^64 calls without a loop.", func(g *guest) {
			g.run = seq(call(doubling(g, 64, nil)), i32(0))
		}).timesOut(),
		running("loop-doubling-name", "name makes 2^64 calls without a loop.", func(g *guest) {
			g.name = call(doubling(g, 64, nil))
		}).rejected("timeout"),
		inSupports("doubling-indirect", "2^64 calls through a table are made without a loop.", func(g *guest) code {
			first := g.next()
			const levels = 64
			for i := range uint32(levels) {
				next := callIndirect(g.typ(":"), i32(int64(i+1)))
				g.define(":", 0, seq(next, next))
			}
			g.define(":", 0, nil)
			var all []uint32
			for i := range uint32(levels + 1) {
				all = append(all, first+i)
			}
			tableOf(g, all...)
			return call(first)
		}),
		inSupports("doubling-divide", "2^64 times 20 KB of divisions, without a loop.", func(g *guest) code {
			return call(doubling(g, 64, seq(set(0, i32(-1)), times(4_000, set(0, both(opI32DivU, get(0), i32(3)))))))
		}),
		running("loop-quarantine", "Seven documents meet a runner whose supports traps: the sixth doesn't ask it any more.", func(g *guest) {
			g.supports = op(opUnreachable)
		}).with("spec.yaml", entry{data: repeatSpec(7)}).quarantined(7),
		running("loop-fault-ends", "supports never ends, and its sidecar says that this ends routing.", func(g *guest) {
			g.supports = forever()
		}).sidecar("onFault: fail\n").unrouted("timeout"),
	}
}

// tableOf adds a table of functions.
func tableOf(g *guest, functions ...uint32) {
	g.add(secTable, append([]byte{tFuncref, 0}, uleb(uint64(len(functions)))...)...)
	var list [][]byte
	for _, f := range functions {
		list = append(list, uleb(uint64(f)))
	}
	g.add(secElement, append([]byte{0, opI32Const, 0, opEnd}, vec(list...)...)...)
}

// chase follows addresses x -> x*5+c of a generator that visits every line of a memory of 32 MiB.
func chase() code {
	next := both(opI32And, add(both(opI32Mul, get(0), i32(1664525)), add(i32(1013904223&^63|1), load(get(0)))), i32(32<<20-4))
	return forever(set(0, next))
}

// repeatSpec is n documents, each of a slot of its own.
func repeatSpec(n int) []byte {
	var out []byte
	for i := range n {
		out = fmt.Appendf(out, "---\nslot: bomb%d\nkind: {bomb: {}}\ntimeout: 20s\n", i+1)
	}
	return out
}

// quarantined expects that the last of n documents does not ask the runner.
func (c Case) quarantined(n int) Case {
	c = c.passedOver()
	c.Route.Verdict = "quarantined"
	c.Rows = n
	return c
}

// unrouted expects that routing ends with the module's fault.
func (c Case) unrouted(code string) Case {
	c.List = List{Status: "ready"}
	c.Route = Route{Asked: bombName, Verdict: "fault", Code: code, Exit: 4}
	c.Run = Run{Code: code, Exit: 4}
	return c
}

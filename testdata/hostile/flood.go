//go:build unix

package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
)

// vectors is an array of n pairs (address, length) that all stand for the same bytes.
func vectors(n int, at, length uint32) string {
	pair := binary.LittleEndian.AppendUint32(nil, at)
	pair = binary.LittleEndian.AppendUint32(pair, length)
	return string(slices.Repeat(pair, n))
}

// bigSpec is a document whose payload has a text of n bytes.
func bigSpec(n int) entry {
	return entry{data: fmt.Appendf(nil, "slot: bomb\nkind: {bomb: {big: %q}}\ntimeout: 20s\n", strings.Repeat("x", n))}
}

// floodCases call the host without end in supports and build. A host function charges for its work, and ends the call
// whose time is over.
func floodCases() []Case {
	in := func(phase string) func(name, does string, one func(g *guest) code, imports ...string) Case {
		return func(name, does string, one func(g *guest) code, imports ...string) Case {
			c := running("flood-"+name, does, func(g *guest) {
				g.min = 1000
				if flood := forever(one(g)); phase == "supports" {
					g.supports = flood
				} else {
					g.build = flood
				}
			}, imports...)
			// 1,000 pages are more than what is left of the default beside a stack.
			c = c.args("--limit", "memory=128MiB")
			if phase == "supports" {
				return c.passedOver()
			}
			return c.unbuilt("timeout")
		}
	}
	supports, build := in("supports"), in("build")
	config := "config: {text: " + strings.Repeat("x", 60_000) + "}\n"
	return []Case{
		supports("log", "supports logs without end.", func(g *guest) code {
			return g.call("log", i32(3), g.text("a record\nlevel=ERROR msg=\"forged\"\x1b[31m"))
		}, "log").shown(),
		supports("log-large", "supports logs 60 MB a record.", func(g *guest) code {
			return g.call("log", i32(3), i32(0), i32(60<<20))
		}, "log"),
		supports("spec", "supports reads a megabyte of the spec without end.", func(g *guest) code {
			return drop(g.call("spec_get", g.text("/kind/bomb/big"), i32(4096), i32(2<<20)))
		}, "spec_get").with("spec.yaml", bigSpec(1<<20)),
		supports("pointer", "supports looks for a pointer of 4,000 bytes without end.", func(g *guest) code {
			return drop(g.call("spec_get", g.text(strings.Repeat("/a", 2000)), i32(0), i32(0)))
		}, "spec_get"),
		supports("config", "supports reads 60,000 bytes of configuration without end.", func(g *guest) code {
			return drop(g.call("config_get", g.text("/text"), i32(4096), i32(1<<20)))
		}, "config_get").sidecar(config),
		supports("random", "supports asks for 60 MB of random bytes without end.", func(g *guest) code {
			return drop(g.call("wasi:random_get", i32(0), i32(60<<20)))
		}, "wasi:random_get"),
		supports("print", "supports prints 3 GiB a call, by 1,024 vectors that overlap.", func(g *guest) code {
			return drop(g.call("wasi:fd_write", i32(1), g.place(vectors(1024, 0, 3<<20)), i32(1024), i32(512)))
		}, "wasi:fd_write"),
		supports("lines", "supports prints 60 million empty lines a call.", func(g *guest) code {
			return seq(memoryFill(i32(1<<20), i32('\n'), i32(60<<20)),
				drop(g.call("wasi:fd_write", i32(2), g.place(vectors(1, 1<<20, 60<<20)), i32(1), i32(512))))
		}, "wasi:fd_write"),
		supports("vectors-over", "supports prints by 1,024 vectors whose sum is over 32 bits, which is an error and no work.",
			func(g *guest) code {
				return drop(g.call("wasi:fd_write", i32(1), g.place(vectors(1024, 0, 60<<20)), i32(1024), i32(512)))
			}, "wasi:fd_write"),
		supports("read", "supports reads by 1,024 vectors from an input that is at its end.", func(g *guest) code {
			return drop(g.call("wasi:fd_read", i32(0), g.place(vectors(1024, 0, 60<<10)), i32(1024), i32(512)))
		}, "wasi:fd_read"),
		supports("clock", "supports reads the clock without end.", func(g *guest) code {
			return drop(g.call("wasi:clock_time_get", i32(0), op(opI64Const, 0), i32(0)))
		}, "wasi:clock_time_get"),
		supports("yield", "supports gives up its turn without end.", func(g *guest) code {
			return drop(g.call("wasi:sched_yield"))
		}, "wasi:sched_yield"),
		supports("sleep", "supports sleeps for an hour without end, which outside of run takes no time.", func(g *guest) code {
			return sleepHour(g)
		}, "wasi:poll_oneoff"),
		build("reply", "build replies a megabyte without end.", func(g *guest) code {
			return g.call("reply", i32(4096), i32(1<<20))
		}),
		build("env", "build reads all of its environment without end.", func(g *guest) code {
			return drop(g.call("env_get", i32(0), i32(0), i32(4096), i32(1<<20)))
		}, "env_get").sidecar("grants: {env: [\"*\"]}\n").args("--env", "BIG="+strings.Repeat("x", 50_000)),
		build("series", "build emits a new series each time: over its limit they are dropped.", func(g *guest) code {
			return freshMetric(g)
		}, "metric_add"),
		build("labels", "build emits a metric with 16 KB of labels, which have to be read anew.", func(g *guest) code {
			labels := g.text("{" + strings.Repeat(" ", 16_000) + `"a":"b"}`)
			return g.call("metric_observe", g.text("seconds"), labels, f64(1))
		}, "metric_observe"),
		running("flood-doubling", "supports logs 2^64 times without a loop.", func(g *guest) {
			g.supports = seq(call(doubling(g, 64, g.call("log", i32(1), g.text("again")))), i32(1))
		}, "log").passedOver(),
	}
}

// freshMetric counts up the letters of a label's value, and emits a counter with it.
func freshMetric(g *guest) code {
	const labels = `{"n":"aaaaaaaa"}`
	at := g.place(labels)
	advance := each(8, func(i int) code {
		digit := add(at, i32(int64(6+i)))
		value := seq(digit, op(0x2d, 0, 0)) // i32.load8_u
		up := seq(digit, add(value, i32(1)), op(0x3a, 0, 0))
		reset := seq(digit, i32('a'), op(0x3a, 0, 0))
		return seq(up, brIf(0, both(opI32Ne, value, i32('z'+1))), reset)
	})
	return seq(block(advance), g.call("metric_add", g.text("events"), at, i32(int64(len(labels))), f64(1)))
}

// f64 is a constant.
func f64(v float64) code {
	return binary.LittleEndian.AppendUint64(code{opF64Const}, math.Float64bits(v))
}

// runFloodCases call the host without end in run, where time and randomness are real and output is the task's.
func runFloodCases() []Case {
	run := func(name, does string, one func(g *guest) code, imports ...string) Case {
		return running("flood-run-"+name, does, func(g *guest) {
			g.min = 500
			g.run = forever(one(g))
		}, imports...).timesOut()
	}
	return []Case{
		run("sleep", "run sleeps for an hour.", func(g *guest) code { return sleepHour(g) }, "wasi:poll_oneoff"),
		run("print", "run prints 3 GiB a call: over its limit they are dropped.", func(g *guest) code {
			return drop(g.call("wasi:fd_write", i32(1), g.place(vectors(1024, 1<<20, 3<<20)), i32(1024), i32(512)))
		}, "wasi:fd_write").raw(),
		run("error-output", "run prints a byte a call to standard error.", func(g *guest) code {
			return drop(g.call("wasi:fd_write", i32(2), g.place(vectors(1, 1<<20, 1)), i32(1), i32(512)))
		}, "wasi:fd_write").raw(),
		run("log", "run logs without end.", func(g *guest) code { return g.call("log", i32(1), g.text("again")) }, "log"),
		run("random", "run asks for 30 MB of real random bytes without end.", func(g *guest) code {
			return drop(g.call("wasi:random_get", i32(0), i32(30<<20)))
		}, "wasi:random_get"),
		run("task", "run reads its task without end.", func(g *guest) code {
			return drop(g.call("task_get", i32(0), i32(0), i32(4096), i32(1<<20)))
		}, "task_get"),
		run("series", "run emits a new series each time.", func(g *guest) code { return freshMetric(g) }, "metric_add"),
		run("clock", "run reads the clock without end.", func(g *guest) code {
			return drop(g.call("wasi:clock_time_get", i32(1), op(opI64Const, 0), i32(0)))
		}, "wasi:clock_time_get"),
	}
}

// raw allows control characters in the task's own output, which passes as it is.
func (c Case) raw() Case {
	c.Raw = true
	return c
}

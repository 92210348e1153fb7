//go:build unix

package main

import (
	"fmt"
	"strings"
)

// phaseCases call every host function in every phase that may not.
func phaseCases() []Case {
	calls := map[string]func(g *guest) code{}
	for _, get := range []string{"spec_get", "config_get", "task_get", "env_get"} {
		calls[get] = func(g *guest) code { return drop(g.call(get, i32(0), i32(0), i32(0), i32(0))) }
	}
	for _, metric := range []string{"metric_add", "metric_set", "metric_observe"} {
		calls[metric] = func(g *guest) code { return g.call(metric, g.text("m"), i32(0), i32(0), f64(1)) }
	}
	calls["reply"] = func(g *guest) code { return g.reply("early") }
	metrics := []string{"metric_add", "metric_set", "metric_observe"}
	forbidden := []struct {
		phase     string
		functions []string
	}{
		{"start", append([]string{"reply", "spec_get", "config_get", "task_get", "env_get"}, metrics...)},
		{"initialize", append([]string{"reply", "spec_get", "config_get", "task_get", "env_get"}, metrics...)},
		{"name", append([]string{"spec_get", "config_get", "task_get", "env_get"}, metrics...)},
		{"supports", append([]string{"reply", "task_get", "env_get"}, metrics...)},
		{"build", []string{"task_get"}},
	}
	var all []Case
	for _, f := range forbidden {
		for _, function := range f.functions {
			all = append(all, outOfPhase(f.phase, function, calls[function]))
		}
	}
	return all
}

func outOfPhase(phase, function string, once func(g *guest) code) Case {
	c := running("phase-"+phase+"-"+strings.ReplaceAll(function, "_", "-"), phase+" calls "+function+".", func(g *guest) {
		switch phase {
		case "start":
			g.start = once(g)
		case "initialize":
			g.initialize = once(g)
		case "name":
			g.name = seq(once(g), g.reply(bombName))
		case "supports":
			g.supports = seq(once(g), i32(1))
		case "build":
			g.build = seq(once(g), i32(0))
		}
	}, function)
	switch phase {
	case "start", "initialize":
		return c.rejected("start")
	case "name":
		return c.rejected("name")
	case "supports":
		return c.passedOver()
	}
	return c.unbuilt("guest_fault")
}

// rangeCases give the host addresses and lengths that lie.
func rangeCases() []Case {
	const end = 1 << 16 // of a memory of one page
	trap := func(name, does string, supports func(g *guest) code, imports ...string) Case {
		return asked("range-"+name, does, supports, imports...).passedOver()
	}
	// fine is a case whose supports says yes only if the host answered n.
	fine := func(name, does string, n int64, value func(g *guest) code, imports ...string) Case {
		return running("range-"+name, does, func(g *guest) {
			g.supports = both(opI32Eq, value(g), i32(n))
		}, imports...).harmless()
	}
	get := func(at, n, buf, limit int64) func(g *guest) code {
		return func(g *guest) code { return g.call("spec_get", i32(at), i32(n), i32(buf), i32(limit)) }
	}
	dropped := func(f func(g *guest) code) func(g *guest) code {
		return func(g *guest) code { return drop(f(g)) }
	}
	return []Case{
		trap("pointer", "A pointer begins outside of the memory.", dropped(get(end, 1, 0, 0)), "spec_get"),
		trap("pointer-overflow", "A pointer's end goes over 32 bits.", dropped(get(-1, -1, 0, 0)), "spec_get"),
		trap("pointer-length", "A pointer is longer than the memory.", dropped(get(0, -1, 0, 0)), "spec_get"),
		trap("buffer", "A buffer lies outside of the memory.", dropped(get(0, 0, end-1, -1)), "spec_get"),
		trap("buffer-overflow", "A buffer's end goes over 32 bits.", dropped(get(0, 0, -1, -1)), "spec_get"),
		fine("limit-zero", "A buffer far outside of the memory has room for nothing, which is no fault.", 4,
			func(g *guest) code { return g.call("spec_get", g.text("/slot"), i32(-1), i32(0)) }, "spec_get"),
		fine("limit-small", "A buffer far outside of the memory has too little room, which is no fault.", 4,
			func(g *guest) code { return g.call("spec_get", g.text("/slot"), i32(-1), i32(3)) }, "spec_get"),
		fine("limit-large", "A buffer's room reaches over the end of the memory, and what is written does not.", 4,
			func(g *guest) code { return g.call("spec_get", g.text("/slot"), i32(end-4), i32(-1)) }, "spec_get"),
		fine("pointer-long", "A pointer of 5,000 bytes finds nothing.", -1,
			func(g *guest) code { return g.call("spec_get", g.text(strings.Repeat("/", 5000)), i32(0), i32(0)) }, "spec_get"),
		fine("pointer-escape", "A pointer with a bad escape finds nothing.", -1,
			func(g *guest) code { return g.call("spec_get", g.text("/slot~2"), i32(0), i32(0)) }, "spec_get"),
		trap("pointer-text", "A pointer is not UTF-8.",
			func(g *guest) code { return drop(g.call("spec_get", g.text("/\xff"), i32(0), i32(0))) }, "spec_get"),
		trap("log", "A log record reaches over the end of the memory.",
			func(g *guest) code { return g.call("log", i32(1), i32(end-10), i32(11)) }, "log"),
		trap("log-level", "A log record has the level 4294967295.",
			func(g *guest) code { return g.call("log", i32(-1), i32(0), i32(0)) }, "log"),
		trap("vectors", "The vectors of fd_write lie outside of the memory.",
			func(g *guest) code { return drop(g.call("wasi:fd_write", i32(1), i32(end-8), i32(2), i32(0))) }, "wasi:fd_write"),
		trap("vector", "One of many vectors of fd_write reaches over the end of the memory.", func(g *guest) code {
			array := g.place(vectors(1000, 0, 1) + vectors(1, end-1, 2))
			return drop(g.call("wasi:fd_write", i32(1), array, i32(1001), i32(0)))
		}, "wasi:fd_write"),
		trap("written", "The result of fd_write goes outside of the memory.",
			func(g *guest) code { return drop(g.call("wasi:fd_write", i32(1), i32(0), i32(0), i32(end-3))) }, "wasi:fd_write"),
		fine("vectors-many", "fd_write gets 4,294,967,295 vectors, which is an error.", 28,
			func(g *guest) code { return g.call("wasi:fd_write", i32(1), i32(0), i32(-1), i32(0)) }, "wasi:fd_write"),
		fine("subscriptions-many", "poll_oneoff gets 4,294,967,295 subscriptions, which is an error.", 28,
			func(g *guest) code { return g.call("wasi:poll_oneoff", i32(0), i32(0), i32(-1), i32(0)) }, "wasi:poll_oneoff"),
		trap("subscriptions", "The events of poll_oneoff reach over the end of the memory.",
			func(g *guest) code { return drop(g.call("wasi:poll_oneoff", i32(0), i32(end-31), i32(1), i32(0))) }, "wasi:poll_oneoff"),
		fine("subscriptions-overlap", "The events of poll_oneoff overwrite its subscriptions.", 0, func(g *guest) code {
			return g.call("wasi:poll_oneoff", i32(256), i32(256), i32(4), i32(512))
		}, "wasi:poll_oneoff"),
		trap("random", "random_get writes over the end of the memory.",
			func(g *guest) code { return drop(g.call("wasi:random_get", i32(end-1), i32(2))) }, "wasi:random_get"),
	}
}

// statusCases return what means nothing, or end in ways of their own.
func statusCases() []Case {
	var all []Case
	for _, n := range []int64{2, -1, 1 << 30} {
		all = append(all, running(fmt.Sprintf("status-supports-%d", n), "supports returns what is neither yes nor no.", func(g *guest) {
			g.supports = i32(n)
		}).passedOver())
	}
	for _, n := range []int64{5, -1, 1 << 30} {
		all = append(all,
			running(fmt.Sprintf("status-build-%d", n), "build returns a status that there isn't.", func(g *guest) {
				g.build = i32(n)
			}).unbuilt("guest_fault"),
			running(fmt.Sprintf("status-run-%d", n), "run returns a status that has no name.", func(g *guest) {
				g.run = i32(n)
			}).runs("failure", "task_failed", 5))
	}
	exit := func(g *guest) code { return g.call("wasi:proc_exit", i32(3)) }
	return append(all,
		running("exit-name", "name exits.", func(g *guest) { g.name = exit(g) }, "wasi:proc_exit").rejected("name"),
		asked("exit-supports", "supports exits.", exit, "wasi:proc_exit").passedOver(),
		running("exit-build", "build exits.", func(g *guest) { g.build = seq(exit(g), i32(0)) }, "wasi:proc_exit").unbuilt("guest_fault"),
		running("exit-run", "run exits with code 3.", func(g *guest) { g.run = seq(exit(g), i32(0)) }, "wasi:proc_exit").
			runs("failure", "task_failed", 5),
		running("exit-run-large", "run exits with code 4294967295.", func(g *guest) {
			g.run = seq(g.call("wasi:proc_exit", i32(-1)), i32(0))
		}, "wasi:proc_exit").runs("failure", "task_failed", 5),
	)
}

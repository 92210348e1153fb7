package hostfuncs_test

import (
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/task"
)

// hotCalls are the calls whose cost matters, with the stack that an engine hands over.
func hotCalls(t testing.TB) (g *guest, calls []hotCall) {
	g = newGuest(t)
	g.runner.Metrics = metrics.NewGuests(metrics.NoOp{}).Emitter("r1", 200, nil)
	g.runner.Config = index(t, `{"greeting":"hi"}`)
	g.runner.Env = hostfuncs.NewEnvironment(task.Env{{Key: "APP_ZONE", Value: "eu"}}, []string{"PATH", "APP_*"})
	g.begin(abi.PhaseRun, hostfuncs.Call{Spec: index(t, specText), Task: index(t, `{"attempt":2}`)})
	at := 0
	text := func(s string) (uint64, uint64) {
		ptr, n := g.put(at, s)
		at += n
		return uint64(ptr), uint64(n)
	}
	add := func(name, function, input string, rest ...uint64) {
		ptr, n := text(input)
		calls = append(calls, hotCall{name, function, append([]uint64{ptr, n}, rest...)})
	}
	add("spec_get", "spec_get", "/kind/subprocess/command", 4096, 100)
	add("spec_get whole", "spec_get", "", 4096, 4096)
	add("spec_get absent", "spec_get", "/kind/wasm", 4096, 100)
	add("config_get", "config_get", "/greeting", 4096, 100)
	add("task_get", "task_get", "/attempt", 4096, 100)
	add("env_get", "env_get", "APP_ZONE", 4096, 100)
	add("env_get all", "env_get", "", 4096, 100)
	add("env_get denied", "env_get", "HOME", 4096, 100)
	add("reply", "reply", strings.Repeat(`{"action":{"run":{}}}`, 20))
	add("metric_add", "metric_add", "builds", 0, 0, 0)
	labels, n := text(`{"zone":"eu","queue":"a"}`)
	add("metric_add labels", "metric_add", "builds_by", labels, n, 0)
	calls = append(calls,
		hotCall{"clock_time_get", "clock_time_get", []uint64{1, 0, 4096}},
		hotCall{"random_get", "random_get", []uint64{4096, 32}},
		hotCall{"fd_write nothing", "fd_write", []uint64{1, 0, 0, 4096}},
	)
	return g, calls
}

type hotCall struct {
	name, function string
	args           []uint64
}

func TestHotCallsDontAllocate(t *testing.T) {
	g, calls := hotCalls(t)
	var memory engine.Memory = g.memory // converted once, as by an engine
	for _, c := range calls {
		stack := make([]uint64, len(c.args))
		fn := g.funcs[c.function].Fn
		n := testing.AllocsPerRun(1000, func() {
			copy(stack, c.args)
			if err := fn(g.ctx, g.instance, memory, stack); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
		})
		if n != 0 {
			t.Errorf("%s allocates %v times", c.name, n)
		}
	}
}

func TestBeginAndEndDontAllocate(t *testing.T) {
	g := newGuest(t)
	if n := testing.AllocsPerRun(100, func() {
		g.instance.Begin(abi.PhaseBuild, &hostfuncs.Call{})
		g.instance.End(g.ctx)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkHostCall(b *testing.B) {
	g, calls := hotCalls(b)
	var memory engine.Memory = g.memory
	for _, c := range calls {
		b.Run(c.name, func(b *testing.B) {
			stack := make([]uint64, len(c.args))
			fn := g.funcs[c.function].Fn
			b.ReportAllocs()
			for b.Loop() {
				copy(stack, c.args)
				if err := fn(g.ctx, g.instance, memory, stack); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkLog(b *testing.B) {
	for name, rate := range map[string]int{"written": 1e9, "dropped": 1} {
		b.Run(name, func(b *testing.B) {
			g := newGuest(b)
			g.runner.Log = hostfuncs.NewLog(slog.New(slog.NewTextHandler(io.Discard, nil)), "r1", rate, metrics.NoOp{}, g.clock.Now)
			g.begin(abi.PhaseBuild, hostfuncs.Call{})
			g.put(0, "a usual line of a log, with some words in it")
			fn := g.funcs["log"].Fn
			b.ReportAllocs()
			for b.Loop() {
				if err := fn(g.ctx, g.instance, g.memory, []uint64{1, 0, 44}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

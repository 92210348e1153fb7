package sandbox_test

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/sandbox"
	"github.com/tetratelabs/wazero"
	"golang.org/x/sys/unix"
)

// BenchmarkScore compiles metered code of which the engine's compiler makes much, and compares the time of the thread
// with the score. A ratio far over 1 shows a term that the score lacks, or an engine that has changed. Run it with
// -benchtime 1x.
func BenchmarkScore(b *testing.B) {
	limits := sandbox.DefaultLimits()
	limits.Score = 1_000_000
	for name, wasm := range dearModules() {
		b.Run(name, func(b *testing.B) {
			p, err := sandbox.Protect(wasm, limits)
			if err != nil {
				b.Fatal(err)
			}
			ctx := context.Background()
			var took time.Duration
			for b.Loop() {
				engine := wazero.NewRuntime(ctx)
				runtime.LockOSThread()
				start := threadTime()
				_, err := engine.CompileModule(ctx, p.Wasm)
				took = max(took, threadTime()-start)
				runtime.UnlockOSThread()
				if err != nil {
					b.Fatal(err)
				}
				engine.Close(ctx)
			}
			b.ReportMetric(float64(p.Module.Score), "score")
			b.ReportMetric(took.Seconds()*1000/float64(p.Module.Score), "time/score")
		})
	}
}

// dearModules are modules of many functions that are full of one instruction each.
func dearModules() map[string][]byte {
	const number, vector4 = "\x23\x00", "\x23\x00\xfd\x11" // a global, and it in all lanes
	const set, setLane = "\x24\x00", "\xfd\x1b\x00\x24\x00"
	many := func(functions, n int, instructions string) []byte {
		body := sized("\x01\x32\x7f" + strings.Repeat(instructions, n) + "\x0b") // with 50 locals
		return module(
			section(1, vector(typeVoid)), section(3, vector(filled(functions, "\x00")...)), section(4, "\x01\x70\x00\x01"),
			section(5, "\x01\x00\x01"), section(6, "\x01\x7f\x01\x41\x80\x20\x0b"),
			section(10, vector(filled(functions, body)...)))
	}
	return map[string][]byte{
		"nothing":                                many(50_000, 0, ""),
		"loads in a chain":                       many(10, 1, number+strings.Repeat("\x28\x02\x00", 60_000)+set),
		"divisions in a chain":                   many(10, 1, number+strings.Repeat(number+"\x6d", 60_000)+set),
		"conversions in a chain":                 many(10, 1, number+"\xb7"+strings.Repeat("\xaa\xb7", 40_000)+"\xaa"+set),
		"saturated conversions in a chain":       many(10, 1, number+"\xb7"+strings.Repeat("\xfc\x03\xb8", 40_000)+"\xaa"+set),
		"negations in a chain":                   many(10, 1, number+strings.Repeat("\x45", 200_000)+set),
		"branches to locals that are never set":  many(1, 1, "\x02\x40"+strings.Repeat(number+"\x0d\x00", 5000)+"\x0b"+gets(50, set)),
		"loops before locals that are never set": many(1, 1, strings.Repeat("\x03\x40"+number+"\x0d\x00\x0b", 2000)+gets(50, set)),
		"locals in turn":                         many(20, 1, strings.Repeat("\x03\x40"+gets(50, "")+each(50, localSet)+number+"\x0d\x00\x0b", 200)+gets(50, set)),
		"values over ifs":                        many(5, 1, strings.Repeat(number+"\x04\x7f\x41\x01\x05\x41\x02\x0b", 1500)+strings.Repeat(set, 1500)),
		"loops":                                  many(20_000, 10, "\x03\x40\x0b"),
		"loops over a local":                     many(50, 300, "\x03\x40\x20\x01\x21\x02\x0b"),
		"ifs":                                    many(20, 1000, number+"\x04\x40"+number+set+"\x0b"),
		"calls":                                  many(10, 10_000, "\x10\x00"),
		"indirect calls":                         many(50, 1000, number+"\x11\x00\x00"),
		"memory.fill":                            many(500, 100, number+number+number+"\xfc\x0b\x00"),
		"short memory.fill":                      many(100, 300, number+number+"\x41\x10\xfc\x0b\x00"),
		"memory.copy":                            many(50, 500, number+number+number+"\xfc\x0a\x00\x00"),
		"memory.grow":                            many(50, 1000, number+"\x40\x00\x1a"),
		"table.fill":                             many(100, 300, number+"\xd0\x70"+number+"\xfc\x11\x00"),
		"table.copy":                             many(100, 300, number+number+number+"\xfc\x0e\x00\x00"),
		"table.get":                              many(10, 20_000, number+"\x25\x00\xd1"+set),
		"loads and stores":                       many(10, 20_000, number+number+"\x28\x02\x00\x36\x02\x00"),
		"divisions":                              many(10, 20_000, number+number+"\x6d"+set),
		"long divisions":                         many(10, 10_000, number+"\xac"+number+"\xac\x81\xa7"+set),
		"conversions":                            many(10, 20_000, number+"\xb7\xb1\xa7"+set),
		"exact conversions":                      many(10, 20_000, number+"\xac\xb5\xbc"+set),
		"minima":                                 many(10, 20_000, number+"\xb2"+number+"\xb2\x96\xbc"+set),
		"SIMD popcnt":                            many(10, 20_000, vector4+"\xfd\x62"+setLane),
		"SIMD multiplication":                    many(10, 20_000, vector4+vector4+"\xfd\xd5\x01"+setLane),
		"SIMD shift":                             many(10, 20_000, vector4+number+"\xfd\x6c"+setLane),
		"SIMD conversion":                        many(10, 20_000, vector4+"\xfd\xf9\x01"+setLane),
	}
}

// gets reads so many locals, and does something with each.
func gets(n int, do string) string { return each(n, func(i int) string { return localGet(i) + do }) }

// threadTime is the time that the thread has been running.
func threadTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}

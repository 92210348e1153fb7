package sandbox_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/sandbox"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/unix"
)

// BenchmarkDeadline measures how late hostile modules are stopped, and for how long a goroutine that has nothing to do
// with them is kept from running, with collections forced all the while; and the longest time between two yields, of
// the thread alone, which other work on the machine does not change much. Run it with -benchtime 25x or so.
func BenchmarkDeadline(b *testing.B) {
	const deadline = 60 * time.Millisecond
	b.Run("native Go loop", func(b *testing.B) {
		measure(b, func() time.Duration {
			start := time.Now()
			for x := 1; time.Since(start) < deadline; {
				for range 1000 {
					x = x*7 + 1
				}
			}
			return time.Since(start) - deadline
		})
	})
	for name, wasm := range hostile() {
		b.Run(name, func(b *testing.B) {
			p, err := sandbox.Protect(wasm, sandbox.DefaultLimits())
			if err != nil {
				b.Fatal(err)
			}
			ctx := experimental.WithMemoryAllocator(context.Background(), experimental.MemoryAllocatorFunc(reserve))
			var last, gap time.Duration
			engine := newEngine(b, func() {
				now := threadTime()
				if last > 0 {
					gap = max(gap, now-last)
				}
				last = now
			})
			compiled, err := engine.CompileModule(ctx, p.Wasm)
			if err != nil {
				b.Fatal(err)
			}
			measure(b, func() time.Duration {
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
				limited, cancel := context.WithTimeout(ctx, deadline)
				defer cancel()
				last = 0 // the first yield comes when the instance's memory is there
				start := time.Now()
				instance, err := engine.InstantiateModule(limited, compiled, wazero.NewModuleConfig().WithName(""))
				if err == nil {
					_, err = instance.ExportedFunction("run").Call(limited)
					defer instance.Close(ctx)
				}
				took := time.Since(start)
				if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, sandbox.ErrStackExhausted) {
					b.Fatal(err)
				}
				return max(took-deadline, 0)
			})
			b.ReportMetric(float64(gap.Microseconds())/1000, "gap-max-ms")
		})
	}
}

// threadTime is the time that the thread has been running.
func threadTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}

// measure runs something that says how late it was, beside a goroutine that wants to run all the time and one that
// collects garbage.
func measure(b *testing.B, run func() time.Duration) {
	var late, stalls []time.Duration
	for b.Loop() {
		done := make(chan struct{})
		var others sync.WaitGroup
		var stall time.Duration
		others.Go(func() {
			for last := time.Now(); ; {
				select {
				case <-done:
					return
				case <-time.After(200 * time.Microsecond):
				}
				now := time.Now()
				stall = max(stall, now.Sub(last))
				last = now
			}
		})
		others.Go(func() {
			for {
				select {
				case <-done:
					return
				case <-time.After(3 * time.Millisecond):
					runtime.GC()
				}
			}
		})
		late = append(late, run())
		close(done)
		others.Wait()
		stalls = append(stalls, stall)
	}
	slices.Sort(late)
	slices.Sort(stalls)
	report := func(d time.Duration, unit string) { b.ReportMetric(float64(d.Microseconds())/1000, unit) }
	report(late[len(late)/2], "late-p50-ms")
	report(late[len(late)*99/100], "late-p99-ms")
	report(stalls[len(stalls)/2], "stall-p50-ms")
	report(stalls[len(stalls)-1], "stall-max-ms")
}

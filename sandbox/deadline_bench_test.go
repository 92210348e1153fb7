//go:build linux

package sandbox_test

import (
	"context"
	"errors"
	"math"
	goruntime "runtime"
	"slices"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/sandbox"
)

const (
	deadlineAfter = 60 * time.Millisecond
	collectEvery  = 3 * time.Millisecond   // a garbage collection is forced
	sleepFor      = 200 * time.Microsecond // what the unrelated goroutine sleeps at a time
)

// BenchmarkDeadlineOnEngine runs guests that would run for seconds or for ever on the engine of package wazero, each
// with a deadline of 60 ms. Meanwhile a garbage collection is forced every 3 ms, for which all goroutines have to stop,
// and a goroutine that has nothing to do with it sleeps 200 µs at a time.
//
// It reports how much later than its deadline a call ended ("over"), and by how much the longest sleep of a run was too
// long ("stall"). What else runs on the machine adds to both: compare them with the cases "idle", nothing but waiting, and
// "native", a busy loop in Go. The longest time between two yields of a run ("gap") is processor time of the guest's
// thread, and its median the steadiest figure.
//
// An iteration is a run, and below 100 of them p99 is the maximum: run it with -benchtime 100x.
func BenchmarkDeadlineOnEngine(b *testing.B) {
	b.Run("idle", func(b *testing.B) {
		untilDeadline(b, nil, func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
	})
	b.Run("native", func(b *testing.B) { untilDeadline(b, nil, busy) })
	for _, guest := range deadlineGuests() {
		b.Run(guest.name, func(b *testing.B) { guestUntilDeadline(b, guest.wasm()) })
	}
	b.Run("calls that double, 2^34 in all", func(b *testing.B) { guestUntilDeadline(b, doubling(34)) })
}

// busy is a loop in Go, which the runtime can interrupt anywhere.
func busy(ctx context.Context) error {
	deadline, _ := ctx.Deadline()
	x := uint32(2463534242)
	for time.Now().Before(deadline) {
		for range 1000 {
			x ^= x << 13
			x ^= x >> 17
			x ^= x << 5
		}
	}
	goruntime.KeepAlive(x)
	return context.DeadlineExceeded
}

// guestUntilDeadline measures the export "run" of a module, with a new instance for each run.
func guestUntilDeadline(b *testing.B, wasm []byte) {
	p, err := sandbox.Protect(wasm, sandbox.DefaultLimits())
	if err != nil {
		b.Fatal(err)
	}
	goruntime.LockOSThread()
	defer goruntime.UnlockOSThread()
	var last, gap time.Duration
	var gaps []float64
	var pace sandbox.Pace
	rt, err := wazero.Engine{}.Open(b.Context(), []engine.HostFunc{{
		Module: sandbox.ImportModule, Name: sandbox.YieldImport, Type: sandbox.YieldType,
		Fn: func(ctx context.Context, _ any, _ engine.Memory, stack []uint64) error {
			now := threadTime()
			if last > 0 {
				gap = max(gap, now-last)
			}
			last = now
			more, err := pace.Yield(ctx, int64(stack[0]))
			stack[0] = uint64(more)
			return err
		},
	}})
	if err != nil {
		b.Fatal(err)
	}
	defer rt.Close(context.Background())
	module, err := rt.Compile(b.Context(), p.Wasm)
	if err != nil {
		b.Fatal(err)
	}
	var instance engine.Instance
	fresh := func() {
		if instance != nil {
			instance.Close(b.Context())
		}
		if instance, err = module.Instantiate(b.Context(), engine.InstanceConfig{Memory: uint64(p.Memory)}); err != nil {
			b.Fatal(err)
		}
	}
	untilDeadline(b, fresh, func(ctx context.Context) error {
		last, gap, pace = 0, 0, sandbox.Pace{}
		_, err := instance.Func("run").Call(ctx)
		gaps = append(gaps, milliseconds(gap))
		return err
	})
	instance.Close(context.Background())
	b.ReportMetric(quantile(gaps, 0.5), "gap-p50-ms")
	b.ReportMetric(quantile(gaps, 1), "gap-max-ms")
}

// untilDeadline measures something that ends at its deadline, or because its stack is used up.
func untilDeadline(b *testing.B, prepare func(), run func(context.Context) error) {
	var ends deadlineEnds
	for b.Loop() {
		b.StopTimer()
		if prepare != nil {
			prepare()
		}
		goruntime.GC()
		b.StartTimer()
		ends.add(b, endOf(run))
	}
	ends.report(b)
}

// deadlineEnds is what all runs came to, in milliseconds.
type deadlineEnds struct {
	over  []float64 // of calls that their deadline ended
	early []float64 // of calls that the end of their stack ended
	stall []float64
}

func (e *deadlineEnds) add(b *testing.B, r deadlineEnd) {
	if errors.Is(r.err, context.DeadlineExceeded) {
		e.over = append(e.over, milliseconds(r.took-deadlineAfter))
	} else if errors.Is(r.err, sandbox.ErrStackExhausted) {
		e.early = append(e.early, milliseconds(r.took))
	} else {
		b.Fatalf("ended after %v with %v", r.took, r.err)
	}
	e.stall = append(e.stall, milliseconds(r.stall))
}

func (e *deadlineEnds) report(b *testing.B) {
	if len(e.over) > 0 {
		b.ReportMetric(quantile(e.over, 0.5), "over-p50-ms")
		b.ReportMetric(quantile(e.over, 0.99), "over-p99-ms")
		b.ReportMetric(quantile(e.over, 1), "over-max-ms")
	}
	if len(e.early) > 0 {
		b.ReportMetric(quantile(e.early, 1), "stack-end-max-ms")
	}
	b.ReportMetric(quantile(e.stall, 0.5), "stall-p50-ms")
	b.ReportMetric(quantile(e.stall, 1), "stall-max-ms")
	b.ReportMetric(0, "ns/op") // it says nothing
}

// deadlineEnd is how one run ended.
type deadlineEnd struct {
	took  time.Duration
	stall time.Duration // by which the other goroutine's longest sleep was too long
	err   error
}

// endOf runs something beside forced collections and a goroutine that sleeps.
func endOf(run func(context.Context) error) deadlineEnd {
	done := make(chan struct{})
	collected, slept := make(chan struct{}), make(chan time.Duration)
	go func() {
		defer close(collected)
		tick := time.NewTicker(collectEvery)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				goruntime.GC()
			}
		}
	}()
	go func() {
		var worst time.Duration
		for {
			select {
			case <-done:
				slept <- worst
				return
			default:
				start := time.Now()
				time.Sleep(sleepFor)
				worst = max(worst, time.Since(start)-sleepFor)
			}
		}
	}()
	start := time.Now()
	ctx, cancel := context.WithDeadline(context.Background(), start.Add(deadlineAfter))
	defer cancel()
	err := run(ctx)
	r := deadlineEnd{took: time.Since(start), err: err}
	close(done)
	<-collected
	r.stall = <-slept
	return r
}

// quantile is the least of the values that so great a part of them does not exceed. It sorts them.
func quantile(values []float64, part float64) float64 {
	slices.Sort(values)
	i := int(math.Ceil(part*float64(len(values)))) - 1
	return values[max(i, 0)]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

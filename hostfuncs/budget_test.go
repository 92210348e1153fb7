package hostfuncs_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/hostfuncs"
)

// enough is more calls than any budget holds.
const enough = 10_000

// TestFloodsEnd: whatever a guest calls over and over ends soon after the deadline or the context.
func TestFloodsEnd(t *testing.T) {
	floods := []struct {
		name string
		args []any
	}{
		{"spec_get", []any{0, 0, 0, 0}},
		{"config_get", []any{0, 5000, 0, 0}},
		{"env_get", []any{0, 5000, 0, 0}},
		{"reply", []any{0, 0}},
		{"log", []any{1, 0, 0}},
		{"metric_add", []any{0, 2, 0, 0, 1.0}},
		{"clock_time_get", []any{0, 0, 0}},
		{"random_get", []any{100, 0}},
		{"fd_write", []any{1, 0, 0, 0}},
		{"fd_read", []any{0, 0, 0, 0}},
		{"fd_seek", []any{0, 0, 0, 0}},
		{"sched_yield", nil},
		{"args_get", []any{0, 0}},
	}
	for _, flood := range floods {
		for _, phase := range []abi.Phase{abi.PhaseBuild, abi.PhaseRun} {
			g := newGuest(t)
			call := hostfuncs.Call{Spec: index(t, `{}`), Deadline: g.clock.Now().Add(time.Second)}
			until := func(why error) {
				t.Helper()
				g.put(0, "up")
				for n := range enough {
					_, err := g.call(flood.name, flood.args...)
					if err == nil {
						continue
					}
					var ended *hostfuncs.InterruptError
					if !errors.As(err, &ended) || ended.Phase != phase || ended.Function != flood.name || !errors.Is(err, why) {
						t.Errorf("%s: call %d: %v", flood.name, n, err)
					}
					return
				}
				t.Errorf("%s didn't end in %d calls", flood.name, enough)
			}
			g.begin(phase, call)
			for range enough {
				g.put(0, "up")
				if _, err := g.call(flood.name, flood.args...); err != nil {
					t.Fatalf("%s ended before its time: %v", flood.name, err)
				}
			}
			g.clock.advance(time.Second)
			until(context.DeadlineExceeded)

			g.begin(phase, hostfuncs.Call{Spec: call.Spec})
			ctx, cancel := context.WithCancelCause(g.ctx)
			g.ctx = ctx
			cancel(errStop)
			until(errStop)
		}
	}
}

// TestHugeCallsEnd: one call that has much to do ends within itself.
func TestHugeCallsEnd(t *testing.T) {
	for _, phase := range []abi.Phase{abi.PhaseBuild, abi.PhaseRun} {
		for _, test := range []struct {
			name string
			args []any
		}{
			{"random_get", []any{4096, 1 << 20}},
			{"fd_write", []any{1, 0, 200, 4000}},
			{"reply", []any{4096, 1 << 20}},
		} {
			sink := &counter{}
			g := newGuest(t)
			g.memory = make(memory, 2<<20)
			for n := range 200 {
				g.putU32(8*n, 4096, 1<<20)
			}
			g.begin(phase, hostfuncs.Call{Deadline: g.clock.Now(), Stdout: sink})
			_, err := g.call(test.name, test.args...)
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s during %s: %v", test.name, phase, err)
			}
			if sink.bytes > 1<<20 {
				t.Errorf("%s wrote %d bytes after its time", test.name, sink.bytes)
			}
		}
	}
}

type counter struct{ bytes int }

func (c *counter) Write(p []byte) (int, error) {
	c.bytes += len(p)
	return len(p), nil
}

// TestManyLinesEnd: lines cost more than their bytes.
func TestManyLinesEnd(t *testing.T) {
	g := newGuest(t)
	for n := range g.memory[100:] {
		g.memory[100+n] = '\n'
	}
	g.putU32(0, 100, 10_000)
	g.begin(abi.PhaseBuild, hostfuncs.Call{Deadline: g.clock.Now()})
	if _, err := g.call("fd_write", 1, 0, 1, 8); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("10,000 lines: %v", err)
	}
}

// TestTimeIsLookedAtRarely: most calls don't read the clock.
func TestTimeIsLookedAtRarely(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseBuild, hostfuncs.Call{Spec: index(t, `{}`), Deadline: time.Unix(1e9, 0)})
	before := g.clock.reads
	for range enough {
		g.want(abi.NoValue, "spec_get", 0, 1, 0, 0)
	}
	if n := g.clock.reads - before; n > enough/500 {
		t.Errorf("the clock was read %d times in %d calls", n, enough)
	}
}

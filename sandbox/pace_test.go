package sandbox_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/sandbox"
)

func TestYield(t *testing.T) {
	stopped := errors.New("stopped by the operator")
	canceled, cancel := context.WithCancelCause(context.Background())
	cancel(stopped)
	late, cancelLate := context.WithDeadline(context.Background(), time.Now().Add(-time.Second))
	defer cancelLate()
	for _, tt := range []struct {
		name string
		ctx  context.Context
		fuel int64
		more int64
		want error
	}{
		{"goes on", context.Background(), -5, sandbox.Quantum/16 - 5, nil},
		{"far behind", context.Background(), -5 * sandbox.Quantum, 1, nil},
		{"canceled", canceled, -5, 0, stopped},
		{"deadline", late, -5, 0, context.DeadlineExceeded},
		{"stack", context.Background(), sandbox.StackExhausted, 0, sandbox.ErrStackExhausted},
		{"stack first", canceled, sandbox.StackExhausted, 0, sandbox.ErrStackExhausted},
	} {
		t.Run(tt.name, func(t *testing.T) {
			more, err := new(sandbox.Pace).Yield(tt.ctx, tt.fuel)
			if !errors.Is(err, tt.want) || err == nil && more != tt.more || err != nil && more != 0 {
				t.Errorf("Yield = %d, %v", more, err)
			}
		})
	}
}

// TestPace lets quanta last so long, one after the other, and looks at what comes after each.
func TestPace(t *testing.T) {
	const whole, least = sandbox.Quantum, sandbox.Quantum / 16
	const quick, patience = 50 * time.Microsecond, 200 * time.Microsecond
	type step struct {
		took time.Duration
		next int64
	}
	grown := []step{{quick, 2 * least}, {quick, 4 * least}, {quick, 8 * least}, {patience / 2, whole}, {quick, whole}}
	for name, steps := range map[string][]step{
		"quick":                {{patience, whole}, {quick, whole}},
		"a little slow":        {{2 * patience, whole / 2}, {patience, whole / 2}},
		"slow":                 {{4 * patience, whole / 4}, {4 * patience, least}, {2 * patience, least}},
		"very slow":            {{20 * patience, least}, {patience, least}},
		"slow for a while":     {{4 * patience, whole / 4}, {quick, whole / 4}, {30 * patience, least}, {quick, least}},
		"no hurry to grow":     {{2 * patience, whole / 2}, {patience, whole / 2}, {patience, whole / 2}, {patience, whole / 2}, {patience, whole / 2}, {patience, whole / 2}, {patience, whole / 2}, {patience, whole / 2}, {patience, whole / 2}, {quick, whole}},
		"a clock that was set": {{-time.Hour, whole}},
	} {
		t.Run(name, func(t *testing.T) {
			var p sandbox.Pace
			now := time.Unix(1, 0)
			if more := p.Next(now); more != least {
				t.Fatalf("an instance begins with %d", more)
			}
			for i, s := range slices.Concat(grown, steps) {
				now = now.Add(s.took)
				if more := p.Next(now); more != s.next {
					t.Fatalf("%d after step %d, expected %d", more, i, s.next)
				}
			}
		})
	}
}

// TestPaceBetweenCalls: the time between calls changes nothing, and what was learned in one holds in the next.
func TestPaceBetweenCalls(t *testing.T) {
	var p sandbox.Pace
	now := time.Unix(1, 0)
	for range 5 {
		p.Next(now)
		now = now.Add(time.Microsecond)
	}
	now = now.Add(time.Hour)
	p.Begin()
	if more := p.Next(now); more != sandbox.Quantum {
		t.Errorf("the next call begins with %d", more)
	}
}

// TestPaceIsQuickAgain: however long a quantum took, the next ones are small for 10 ms at most.
func TestPaceIsQuickAgain(t *testing.T) {
	var p sandbox.Pace
	now := time.Unix(1, 0)
	p.Next(now)
	now = now.Add(time.Hour)
	more := p.Next(now)
	for spent := time.Duration(0); spent < 12*time.Millisecond; spent += 50 * time.Microsecond {
		now = now.Add(50 * time.Microsecond)
		more = p.Next(now)
	}
	if more != sandbox.Quantum {
		t.Errorf("12 ms later a quantum is %d", more)
	}
}

package hostfuncs_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/sandbox"
)

func TestMeterTellsOfTheStack(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseBuild, hostfuncs.Call{})
	var left int64 = math.MinInt64 // sandbox.StackExhausted
	err := hostfuncs.Meter().Fn(g.ctx, g.instance, nil, []uint64{uint64(left)})
	var stack *hostfuncs.StackError
	if !errors.As(err, &stack) || !errors.Is(err, sandbox.ErrStackExhausted) {
		t.Errorf("the meter says %v", err)
	}
}

// TestMeterGivesLessToTheSlow yields in two calls, whose quanta last the longer the more is given.
func TestMeterGivesLessToTheSlow(t *testing.T) {
	g := newGuest(t)
	yield := func(left int64) int64 {
		stack := []uint64{uint64(left)}
		if err := hostfuncs.Meter().Fn(g.ctx, g.instance, nil, stack); err != nil {
			t.Fatal(err)
		}
		return int64(stack[0])
	}
	for range 2 {
		g.begin(abi.PhaseBuild, hostfuncs.Call{})
		first := yield(-7)
		g.clock.advance(3 * time.Millisecond)
		second := yield(-5)
		if first != sandbox.Quantum || second <= 0 || second > first/4 {
			t.Errorf("the meter gave %d, and %d when that had taken long", first, second)
		}
		if given := g.instance.FuelGiven(); given != first+7+second+5 {
			t.Errorf("%d given in all", given)
		}
		g.instance.End(g.ctx)
		g.clock.advance(time.Second)
	}
}

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

// TestMeterGivesLessToTheSlow yields in a call whose quanta last a microsecond until one lasts 6 ms, and in the next call.
func TestMeterGivesLessToTheSlow(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseBuild, hostfuncs.Call{})
	given := int64(0)
	yield := func() int64 {
		const left = -7
		stack := []uint64{math.MaxUint64 + left + 1}
		if err := hostfuncs.Meter().Fn(g.ctx, g.instance, nil, stack); err != nil {
			t.Fatal(err)
		}
		given += int64(stack[0]) - left
		return int64(stack[0])
	}
	for range 10 {
		yield()
		g.clock.advance(time.Microsecond)
	}
	if more := yield(); more != sandbox.Quantum {
		t.Errorf("the meter gives %d to a quick guest", more)
	}
	g.clock.advance(6 * time.Millisecond)
	if more := yield(); more <= 0 || more > sandbox.Quantum/8 {
		t.Errorf("the meter gives %d to a slow guest", more)
	}
	if g.instance.FuelGiven() != given {
		t.Errorf("%d was given, and %d is said to have been", given, g.instance.FuelGiven())
	}
	g.instance.End(g.ctx)
	g.clock.advance(time.Second)
	g.begin(abi.PhaseBuild, hostfuncs.Call{})
	if more := yield(); more <= 0 || more > sandbox.Quantum/8 {
		t.Errorf("the meter gives %d to a guest that was slow", more)
	}
	g.clock.advance(time.Microsecond)
	if more := yield(); more != sandbox.Quantum/8 {
		t.Errorf("the meter gives %d to a guest that was slow and is quick", more)
	}
}

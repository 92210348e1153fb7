package hostfuncs_test

import (
	"errors"
	"math"
	"testing"

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

package hostfuncs

import (
	"context"
	"fmt"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/sandbox"
)

// StackError is a guest that used up the stack that the limit memory leaves it. It traps.
type StackError struct{}

// Error says what happened and how to allow more.
func (*StackError) Error() string {
	return "stack overflow: the calls are nested too deeply; the limit memory, of which a part is for the stack, allows more when it is raised"
}

// Unwrap is the meter's own word for it.
func (*StackError) Unwrap() error { return sandbox.ErrStackExhausted }

// Meter returns the function that a module metered by [sandbox.Protect] calls when its fuel is used up. It ends the
// call when its time is over, with an *[InterruptError], or its stack, with a *[StackError]. That it is called at all
// gives the Go scheduler and collector their turn; how soon it is called again is up to a [sandbox.Pace].
func Meter() engine.HostFunc {
	return engine.HostFunc{
		Module: sandbox.ImportModule, Name: sandbox.YieldImport, Type: sandbox.YieldType,
		Fn: func(ctx context.Context, host any, _ engine.Memory, stack []uint64) error {
			i, ok := host.(*Instance)
			switch {
			case !ok:
				return fmt.Errorf("the engine handed over a host value of type %T, expected %T", host, i)
			case int64(stack[0]) == sandbox.StackExhausted:
				return &StackError{}
			}
			now := i.runner.Now()
			if err := i.expired(ctx, "guest code", now); err != nil {
				return err
			}
			if i.fuelGiven == 0 {
				i.pace.Begin()
			}
			quantum := i.pace.Next(now)
			i.fuelGiven += quantum - int64(stack[0])
			stack[0] = uint64(quantum)
			return nil
		},
	}
}

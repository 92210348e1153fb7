package hostfuncs

import (
	"context"
	"time"
)

// Work is counted in units of about a nanosecond, and time is looked at only when a quantum is used up: reading the
// clock on every call would cost more than most calls do.
const (
	quantum   = 1 << 16
	callUnits = 64 // of any call; each byte that is copied or checked is one more

	parseUnits = 16      // of a byte that is parsed
	piece      = 1 << 15 // bytes of long work between two looks at the budget
)

// spend charges n units to the call's time. The error, a *[InterruptError], says that the time is over.
func (i *Instance) spend(ctx context.Context, function string, n int64) error {
	i.units -= n
	if i.units > 0 {
		return nil
	}
	i.units = quantum
	return i.expired(ctx, function, i.runner.Now())
}

// expired returns the *[InterruptError] of a call whose time is over.
func (i *Instance) expired(ctx context.Context, function string, now time.Time) error {
	if ctx.Err() != nil {
		return i.interrupted(function, context.Cause(ctx))
	}
	if left, bounded := i.remaining(now); bounded && left <= 0 {
		return i.interrupted(function, context.DeadlineExceeded)
	}
	return nil
}

func (i *Instance) interrupted(function string, err error) error {
	return &InterruptError{Function: function, Phase: i.phase, Limit: i.call.Limit, Err: err}
}

// remaining is the time until the call's deadline, and whether it has one.
func (i *Instance) remaining(now time.Time) (time.Duration, bool) {
	switch {
	case !i.call.Deadline.IsZero():
		return i.call.Deadline.Sub(now), true
	case i.call.Limit == 0:
		return 0, false
	}
	i.call.Deadline = now.Add(i.call.Limit)
	return i.call.Limit, true
}

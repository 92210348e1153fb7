package author

import (
	"sync/atomic"
	"time"
)

// leap is longer than any quarantine.
const leap = time.Hour

// Clock is a time for hosts that only route, which leaps forward between specs. A runner that went wrong for some specs is
// in no quarantine then, which would make what comes of a spec depend on those before it and on how fast they went. It
// is safe for concurrent use.
type Clock struct {
	now   func() time.Time
	leaps atomic.Int64
}

// NewClock makes a clock that has made no leap.
func NewClock(now func() time.Time) *Clock { return &Clock{now: now} }

// Now is the time.
func (c *Clock) Now() time.Time { return c.now().Add(time.Duration(c.leaps.Load()) * leap) }

// Leap leaps forward by an hour. Nobody may be at work for a host with this clock.
func (c *Clock) Leap() { c.leaps.Add(1) }

package hostfuncs

import (
	"context"
	"encoding/binary"
	"math"
	"time"

	"github.com/soltihq/soltiwasm/abi"
)

// Sizes and values of WASI's subscription and event.
const (
	subscriptionSize = 48
	eventSize        = 32
	eventClock       = 0
	eventFDRead      = 1
	eventFDWrite     = 2
	flagAbstime      = 1 << 0
	flagHangup       = 1 << 0
	maxSubscriptions = 1024
)

// subscription is what a guest waits for.
type subscription struct {
	userdata uint64
	kind     byte
	id       uint32 // the clock, or the descriptor
	timeout  uint64
	flags    uint16
}

func readSubscription(b []byte) subscription {
	le := binary.LittleEndian
	return subscription{
		userdata: le.Uint64(b),
		kind:     b[8],
		id:       le.Uint32(b[16:]),
		timeout:  le.Uint64(b[24:]),
		flags:    le.Uint16(b[40:]),
	}
}

// wait is how long, in nanoseconds, it takes until the subscription's event, and the errno of that event. Descriptors
// are always ready, or not open.
func (s subscription) wait(realtime, elapsed uint64) (uint64, errno) {
	switch {
	case s.kind == eventFDRead && s.id == stdin, s.kind == eventFDWrite && (s.id == stdout || s.id == stderr):
		return 0, 0
	case s.kind != eventClock:
		return 0, errBadf
	case s.id > clockThread:
		return 0, errInval
	case s.flags&flagAbstime == 0:
		return s.timeout, 0
	}
	now := elapsed
	if s.id == clockRealtime {
		now = realtime
	}
	return s.timeout - min(s.timeout, now), 0
}

// writeEvent writes the subscription's event.
func (s subscription) writeEvent(b []byte, code errno) {
	le := binary.LittleEndian
	clear(b)
	le.PutUint64(b, s.userdata)
	le.PutUint16(b[8:], uint16(code))
	b[10] = s.kind
	if s.kind == eventFDRead && code == 0 {
		le.PutUint16(b[24:], flagHangup) // at its end: 0 bytes can be read
	}
}

// pollOneoff is (subscriptions, events, count, stored). It waits for the earliest event, and stores all that come as
// early.
func pollOneoff(f *frame) error {
	count := f.u32(2)
	if count == 0 || count > maxSubscriptions {
		return errInval
	}
	subs, err := f.view(f.u32(0), count*subscriptionSize)
	if err != nil {
		return err
	}
	events, err := f.view(f.u32(1), count*eventSize)
	if err != nil {
		return err
	}
	if _, err := f.view(f.u32(3), 4); err != nil {
		return err
	}
	if err := f.spend(len(subs)); err != nil {
		return err
	}
	realtime, elapsed := f.host.times()
	shortest, err := shortestWait(subs, realtime, elapsed)
	if err != nil {
		return err
	}
	if err := f.sleep(shortest); err != nil {
		return err
	}
	stored := uint32(0)
	for at := 0; at < len(subs); at += subscriptionSize {
		s := readSubscription(subs[at:])
		if wait, code := s.wait(realtime, elapsed); wait <= shortest {
			s.writeEvent(events[stored*eventSize:][:eventSize], code)
			stored++
		}
	}
	return f.putU32(f.u32(3), stored)
}

// shortestWait is how long it takes until the first event. The error is errInval for a subscription that is no such thing.
func shortestWait(subs []byte, realtime, elapsed uint64) (uint64, error) {
	shortest := uint64(math.MaxUint64)
	for at := 0; at < len(subs); at += subscriptionSize {
		s := readSubscription(subs[at:])
		if s.kind > eventFDWrite {
			return 0, errInval
		}
		wait, _ := s.wait(realtime, elapsed)
		shortest = min(shortest, wait)
	}
	return shortest, nil
}

// sleep waits for n nanoseconds: outside run by advancing the clock, in run really, but not beyond the call's end.
func (f *frame) sleep(n uint64) error {
	i := f.host
	switch {
	case n == 0:
		return nil
	case i.phase != abi.PhaseRun:
		i.advance(n)
		return nil
	}
	d := time.Duration(min(n, math.MaxInt64))
	left, bounded := i.remaining()
	tooLong := bounded && left < d
	if tooLong {
		d = left
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-f.ctx.Done():
		return i.expired(f.ctx, f.function)
	case <-timer.C:
	}
	if tooLong {
		return &InterruptError{Function: f.function, Phase: i.phase, Err: context.DeadlineExceeded}
	}
	return nil
}

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

// Ready is a descriptor that can be read from or written to without waiting.
type Ready struct {
	Bytes uint64 // that can be read or written, where it is known
	End   bool   // there are no more, and never will be
}

// streamReady is whether one of a runner's streams can be read from, or written to: standard input is at its end.
func streamReady(fd uint32, write bool) (Ready, error) {
	switch {
	case !write && fd == stdin:
		return Ready{End: true}, nil
	case write && (fd == stdout || fd == stderr):
		return Ready{}, nil
	}
	return Ready{}, EBADF
}

// wait is how long, in nanoseconds, it takes until the subscription's event; those of descriptors are there at once. The
// error is that of a clock that there isn't.
func (s subscription) wait(realtime, elapsed uint64) (uint64, error) {
	switch {
	case s.kind != eventClock:
		return 0, nil
	case s.id > clockThread:
		return 0, EINVAL
	case s.flags&flagAbstime == 0:
		return s.timeout, nil
	}
	now := elapsed
	if s.id == clockRealtime {
		now = realtime
	}
	return s.timeout - min(s.timeout, now), nil
}

// event writes the subscription's event at b. Failed is the error of wait.
func (s subscription) event(b []byte, failed error, ready func(fd uint32, write bool) (Ready, error)) error {
	var state Ready
	if s.kind != eventClock {
		state, failed = ready(s.id, s.kind == eventFDWrite)
	}
	code, ok := failed.(Errno)
	if failed != nil && !ok {
		return failed
	}
	le := binary.LittleEndian
	clear(b)
	le.PutUint64(b, s.userdata)
	le.PutUint16(b[8:], uint16(code))
	b[10] = s.kind
	le.PutUint64(b[16:], state.Bytes)
	if state.End {
		le.PutUint16(b[24:], flagHangup)
	}
	return nil
}

// pollOneoff is (subscriptions, events, count, stored).
func pollOneoff(f *Frame) error { return f.Poll(streamReady) }

// Poll is the body of poll_oneoff, (subscriptions, events, count, stored): it waits for the earliest event, in run
// really, and stores all that come as early. The event of a descriptor is there at once: it is what ready says of it, or
// its [Errno]. Any other error traps.
func (f *Frame) Poll(ready func(fd uint32, write bool) (Ready, error)) error {
	count := f.U32(2)
	if count == 0 || count > maxSubscriptions {
		return EINVAL
	}
	subs, err := f.View(f.U32(0), count*subscriptionSize)
	if err != nil {
		return err
	}
	events, err := f.View(f.U32(1), count*eventSize)
	if err != nil {
		return err
	}
	if _, err := f.View(f.U32(3), 4); err != nil {
		return err
	}
	if err := f.Spend(len(subs)); err != nil {
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
	for at := 0; at < len(subs); at += subscriptionSize {
		s := readSubscription(subs[at:])
		if wait, err := s.wait(realtime, elapsed); wait <= shortest {
			if err = s.event(events[:eventSize], err, ready); err != nil {
				return err
			}
			events = events[eventSize:]
		}
	}
	return f.PutU32(f.U32(3), count-uint32(len(events)/eventSize))
}

// shortestWait is how long it takes until the first event. The error is EINVAL for a subscription that is no such thing.
func shortestWait(subs []byte, realtime, elapsed uint64) (uint64, error) {
	shortest := uint64(math.MaxUint64)
	for at := 0; at < len(subs); at += subscriptionSize {
		s := readSubscription(subs[at:])
		if s.kind > eventFDWrite {
			return 0, EINVAL
		}
		wait, _ := s.wait(realtime, elapsed)
		shortest = min(shortest, wait)
	}
	return shortest, nil
}

// sleep waits for n nanoseconds: outside run by advancing the clock, in run really, but not beyond the call's end.
func (f *Frame) sleep(n uint64) error {
	i := f.host
	switch {
	case n == 0:
		return nil
	case i.phase != abi.PhaseRun:
		i.advance(n)
		return nil
	}
	d := time.Duration(min(n, math.MaxInt64))
	left, bounded := i.remaining(i.runner.Now())
	tooLong := bounded && left < d
	if tooLong {
		d = left
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-f.ctx.Done():
		return i.expired(f.ctx, f.function, i.runner.Now())
	case <-timer.C:
	}
	if tooLong {
		return i.interrupted(f.function, context.DeadlineExceeded)
	}
	return nil
}

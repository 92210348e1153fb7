package hostfuncs_test

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/hostfuncs"
)

// sub is a subscription as the guest lays it out.
type sub [48]byte

func clockSub(id uint32, timeout uint64, absolute bool) (s sub) {
	binary.LittleEndian.PutUint32(s[16:], id)
	binary.LittleEndian.PutUint64(s[24:], timeout)
	if absolute {
		s[40] = 1
	}
	return s
}

func fdSub(kind byte, fd uint32) (s sub) {
	s[8] = kind
	binary.LittleEndian.PutUint32(s[16:], fd)
	return s
}

// subscribe lays subscriptions out at ptr, with the userdata 100, 101 and so on.
func (g *guest) subscribe(ptr int, subs ...sub) {
	for n, s := range subs {
		s[0] = byte(100 + n)
		copy(g.memory[ptr+48*n:], s[:])
	}
}

// event is what poll_oneoff stores.
type event struct {
	userdata uint64
	errno    uint16
	kind     byte
	hangup   bool
}

// poll waits for subs and returns the events.
func (g *guest) poll(subs ...sub) []event {
	g.t.Helper()
	const out, stored = 20000, 60000
	for n := range g.memory[out : out+32*len(subs)] {
		g.memory[out+n] = 0xee
	}
	g.subscribe(0, subs...)
	g.want(0, "poll_oneoff", 0, out, len(subs), stored)
	events := make([]event, g.u32(stored))
	for n := range events {
		b := g.memory[out+32*n:][:32]
		events[n] = event{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint16(b[8:]), b[10], b[24] == 1}
		if rest := binary.LittleEndian.Uint64(b[16:]); rest != 0 {
			g.t.Errorf("event %d has %d bytes", n, rest)
		}
	}
	if rest := g.memory[out+32*len(events)]; len(events) < len(subs) && rest != 0xee {
		g.t.Error("more was written than the events")
	}
	return events
}

const ms = uint64(time.Millisecond)

func TestPollOutsideRun(t *testing.T) {
	tests := []struct {
		name   string
		subs   []sub
		events []event
		after  uint64 // the clock
	}{
		{"relative", []sub{clockSub(1, 50*ms, false)}, []event{{userdata: 100}}, 60 * ms},
		{"an hour", []sub{clockSub(0, 3600e3*ms, false)}, []event{{userdata: 100}}, 3600010 * ms},
		{"absolute", []sub{clockSub(1, 50*ms, true)}, []event{{userdata: 100}}, 50 * ms},
		{"absolute, realtime", []sub{clockSub(0, 50*ms, true)}, []event{{userdata: 100}}, 50 * ms},
		{"past", []sub{clockSub(1, 5*ms, true)}, []event{{userdata: 100}}, 10 * ms},
		{"no time", []sub{clockSub(1, 0, false)}, []event{{userdata: 100}}, 10 * ms},
		{"the earliest", []sub{clockSub(1, 90*ms, false), clockSub(0, 20*ms, false), clockSub(2, 50*ms, true),
			clockSub(3, 30*ms, true)}, []event{{userdata: 101}, {userdata: 103}}, 30 * ms},
		{"forever", []sub{clockSub(1, math.MaxUint64, false)}, []event{{userdata: 100}}, math.MaxUint64},
		{"unknown clock", []sub{clockSub(1, 90*ms, false), clockSub(4, 0, false)},
			[]event{{userdata: 101, errno: inval}}, 10 * ms},
		{"streams", []sub{fdSub(1, 0), fdSub(2, 1), fdSub(2, 2), clockSub(1, ms, false), clockSub(1, 0, false)},
			[]event{{userdata: 100, kind: 1, hangup: true}, {userdata: 101, kind: 2}, {userdata: 102, kind: 2},
				{userdata: 104}}, 10 * ms},
		{"wrong streams", []sub{fdSub(2, 0), fdSub(1, 1), fdSub(1, 3), fdSub(2, 0xffffffff)},
			[]event{{100, badf, 2, false}, {101, badf, 1, false}, {102, badf, 1, false}, {103, badf, 2, false}}, 10 * ms},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := newGuest(t).begin(abi.PhaseBuild, hostfuncs.Call{})
			for range 10 {
				g.time(0)
			}
			events := g.poll(test.subs...)
			if len(events) != len(test.events) {
				t.Fatalf("events %v, want %v", events, test.events)
			}
			for n := range events {
				if events[n] != test.events[n] {
					t.Errorf("event %d is %+v, want %+v", n, events[n], test.events[n])
				}
			}
			if got := g.time(1); got != test.after {
				t.Errorf("the clock is %d, want %d", got, test.after)
			}
		})
	}
}

func TestPollRefuses(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseBuild, hostfuncs.Call{})
	for _, count := range []int{0, 1025, 0x55555556, 0xffffffff} { // 48 times the third is 32
		g.want(inval, "poll_oneoff", 0, 20000, count, 60000)
	}
	g.subscribe(0, clockSub(1, ms, false), fdSub(3, 0))
	g.want(inval, "poll_oneoff", 0, 20000, 2, 60000)
	if got := g.time(1); got != 0 {
		t.Errorf("the clock is %d", got)
	}
}

// TestPollInRun sleeps by a clock that runs only when everything sleeps.
func TestPollInRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuest(t)
		g.runner.Now = time.Now
		begun := time.Now()
		g.begin(abi.PhaseRun, hostfuncs.Call{})
		now := uint64(begun.UnixNano())
		steps := []struct {
			subs  []sub
			first uint64
			after time.Duration
		}{
			{[]sub{clockSub(1, 1500*ms, false)}, 100, 1500 * time.Millisecond},
			{[]sub{clockSub(1, 4000*ms, true)}, 100, 4 * time.Second},
			{[]sub{clockSub(0, now+5000*ms, true)}, 100, 5 * time.Second},
			{[]sub{clockSub(0, now, true)}, 100, 5 * time.Second},
			{[]sub{clockSub(0, 3600e3*ms, false), clockSub(1, 1000*ms, false)}, 101, 6 * time.Second},
			{[]sub{clockSub(0, 3600e3*ms, false), fdSub(2, 1)}, 101, 6 * time.Second},
			{[]sub{clockSub(0, 3600e3*ms, false)}, 100, time.Hour + 6*time.Second},
		}
		for n, step := range steps {
			events := g.poll(step.subs...)
			if len(events) != 1 || events[0].userdata != step.first || events[0].errno != 0 {
				t.Errorf("step %d: events %v", n, events)
			}
			if got := time.Since(begun); got != step.after {
				t.Errorf("step %d: %v later, want %v", n, got, step.after)
			}
		}
	})
}

func TestPollEndsWithTheCall(t *testing.T) {
	tests := []struct {
		name   string
		end    func(g *guest) hostfuncs.Call
		why    error
		passed time.Duration
	}{
		{"deadline", func(*guest) hostfuncs.Call {
			return hostfuncs.Call{Deadline: time.Now().Add(2 * time.Second)}
		}, context.DeadlineExceeded, 2 * time.Second},
		{"deadline in the past", func(*guest) hostfuncs.Call {
			return hostfuncs.Call{Deadline: time.Now().Add(-2 * time.Second)}
		}, context.DeadlineExceeded, 0},
		{"context's deadline", func(g *guest) hostfuncs.Call {
			ctx, cancel := context.WithTimeout(g.ctx, 3*time.Second)
			g.t.Cleanup(cancel)
			g.ctx = ctx
			return hostfuncs.Call{Deadline: time.Now().Add(time.Minute)}
		}, context.DeadlineExceeded, 3 * time.Second},
		{"canceled", func(g *guest) hostfuncs.Call {
			ctx, cancel := context.WithCancelCause(g.ctx)
			time.AfterFunc(time.Second, func() { cancel(errStop) })
			g.ctx = ctx
			return hostfuncs.Call{}
		}, errStop, time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := newGuest(t)
				g.runner.Now = time.Now
				begun := time.Now()
				g.begin(abi.PhaseRun, test.end(g))
				g.subscribe(0, clockSub(1, math.MaxUint64, false))
				_, err := g.call("poll_oneoff", 0, 20000, 1, 60000)
				var ended *hostfuncs.InterruptError
				if !errors.As(err, &ended) || ended.Function != "poll_oneoff" || !errors.Is(err, test.why) {
					t.Errorf("poll_oneoff: %v", err)
				}
				if got := time.Since(begun); got != test.passed {
					t.Errorf("it ended after %v, want %v", got, test.passed)
				}
			})
		})
	}
}

var errStop = errors.New("told to stop")

package hostfuncs_test

import (
	"math"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/hostfuncs"
)

// Errnos of preview 1.
const (
	badf   = 8
	inval  = 28
	ioErr  = 29
	noent  = 44
	nosys  = 52
	notsup = 58
)

// time reads a clock.
func (g *guest) time(id int) uint64 {
	g.t.Helper()
	g.want(0, "clock_time_get", id, 0, 8)
	return g.u64(8)
}

func TestClockOutsideRun(t *testing.T) {
	g := newGuest(t)
	for _, phase := range []abi.Phase{abi.PhaseStart, abi.PhaseName, abi.PhaseSupports, abi.PhaseBuild} {
		g.begin(phase, hostfuncs.Call{}) // each call begins at 0
		g.clock.advance(time.Hour)
		for n, id := range []int{0, 1, 2, 3, 0} {
			if got, want := g.time(id), uint64(n)*1e6; got != want {
				t.Errorf("%s: reading %d is %d, want %d", phase, n, got, want)
			}
		}
		g.instance.End(g.ctx)
	}
}

func TestClockInRun(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseRun, hostfuncs.Call{})
	real := uint64(1000 * time.Second)
	want := func(id int, nanos uint64) {
		t.Helper()
		if got := g.time(id); got != nanos {
			t.Errorf("clock %d is %d, want %d", id, got, nanos)
		}
	}
	want(0, real)
	for id := 1; id <= 3; id++ {
		want(id, 0)
	}
	g.clock.advance(1500 * time.Microsecond)
	want(0, real+1500000)
	for id := 1; id <= 3; id++ {
		want(id, 1500000)
	}
	g.clock.advance(-time.Hour) // never before its beginning
	want(1, 0)
	want(0, 0)
}

func TestClockResolution(t *testing.T) {
	g := newGuest(t)
	for phase, want := range map[abi.Phase]uint64{abi.PhaseBuild: 1e6, abi.PhaseRun: 1} {
		g.begin(phase, hostfuncs.Call{})
		for id := range 4 {
			g.want(0, "clock_res_get", id, 8)
			if got := g.u64(8); got != want {
				t.Errorf("%s: clock %d has a resolution of %d", phase, id, got)
			}
		}
	}
}

func TestUnknownClocks(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseBuild, hostfuncs.Call{})
	for _, id := range []int{4, 0xffffffff} {
		g.want(inval, "clock_time_get", id, 0, 8)
		g.want(inval, "clock_res_get", id, 8)
	}
	if got := g.time(0); got != 0 {
		t.Errorf("an unknown clock's reading advanced the others to %d", got)
	}
}

// TestClockEnd: the clock outside run stops at its end instead of beginning anew.
func TestClockEnd(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseBuild, hostfuncs.Call{})
	for range 3 {
		g.subscribe(0, clockSub(1, math.MaxUint64-5, false))
		g.want(0, "poll_oneoff", 0, 1024, 1, 2048)
	}
	if got := g.time(1); got != math.MaxUint64 {
		t.Errorf("the clock is %d", got)
	}
}

package hostfuncs

import (
	"math"
	"math/bits"
	"runtime"
	"time"

	"github.com/soltihq/soltiwasm/abi"
)

// tick is by how much a reading advances the clock outside run.
const tick = uint64(time.Millisecond)

// The clocks of WASI.
const (
	clockRealtime = iota
	clockMonotonic
	clockProcess
	clockThread
)

// clock is the time that a guest sees. Outside run it is one count that begins with the call; in run real time, and
// for all clocks but the realtime one the time since the call began.
type clock struct {
	count uint64    // outside run, nanoseconds
	start time.Time // in run
}

// times are the realtime clock and the others, in nanoseconds, without advancing anything.
func (i *Instance) times() (realtime, elapsed uint64) {
	if i.phase != abi.PhaseRun {
		return i.clock.count, i.clock.count
	}
	now := i.runner.Now()
	return uint64(max(now.UnixNano(), 0)), uint64(max(now.Sub(i.clock.start), 0))
}

// advance moves the clock that guests see outside run.
func (i *Instance) advance(n uint64) {
	sum, carry := bits.Add64(i.clock.count, n, 0)
	if carry != 0 {
		sum = math.MaxUint64
	}
	i.clock.count = sum
}

// clockResGet is (id, result).
func clockResGet(f *Frame) error {
	if f.U32(0) > clockThread {
		return EINVAL
	}
	resolution := uint64(1)
	if f.host.phase != abi.PhaseRun {
		resolution = tick
	}
	return f.PutU64(f.U32(1), resolution)
}

// clockTimeGet is (id, precision, result).
func clockTimeGet(f *Frame) error {
	id := f.U32(0)
	if id > clockThread {
		return EINVAL
	}
	now, elapsed := f.host.times()
	if id != clockRealtime {
		now = elapsed
	}
	f.host.advance(tick)
	return f.PutU64(f.U32(2), now)
}

// schedYield gives other goroutines their turn.
func schedYield(*Frame) error {
	runtime.Gosched()
	return nil
}

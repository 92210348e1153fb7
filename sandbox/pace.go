package sandbox

import (
	"context"
	"errors"
	"time"
)

// Quantum is the most fuel that a yield should give. It keeps a call going for some tens of microseconds as a rule, and for
// some milliseconds where each instruction waits for memory.
const Quantum = 500_000

const (
	leastQuantum = Quantum / 16           // yields cost little against so much of most work
	patience     = 200 * time.Microsecond // a quantum that takes longer is followed by smaller ones,
	slowFor      = 4                      // for so many times as long as it took,
	slowAtMost   = 10 * time.Millisecond  // and no longer, since it may have been the machine that had no time
)

// ErrStackExhausted is what [Pace.Yield] returns for a call that has used up its stack.
var ErrStackExhausted = errors.New("the call has used up its stack")

// Pace decides how much fuel an instance gets at a time: a Quantum, and less at first and while that takes long. As long
// as guest code runs, no garbage collection can begin or end, and all goroutines of the program wait for one that wants to.
// The fuel that a call uses does not depend on how it is given.
//
// The zero Pace is for a new instance. A Pace is not safe for concurrent use.
type Pace struct {
	quantum   int64
	given     time.Time // zero before a call's first yield
	slowUntil time.Time
}

// Begin begins a call: the time since the last one has nothing to do with it.
func (p *Pace) Begin() { p.given = time.Time{} }

// Yield is what a host does when a metered module calls [YieldImport]: it returns the fuel to go on with, or the error
// that ends the call, which is ErrStackExhausted or the cause of the context's end. The context's deadline counts from
// the moment at which it has passed, even if its timer has not been run yet.
//
// What was used beyond the last gift is taken off the next. A host that counts fuel adds what it gave before and takes
// off fuel, which is what is left of that and negative. A host with a budget of fuel gives no more than is left of it.
func (p *Pace) Yield(ctx context.Context, fuel int64) (int64, error) {
	if fuel == StackExhausted {
		return 0, ErrStackExhausted
	}
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	now := time.Now()
	if deadline, ok := ctx.Deadline(); ok && !now.Before(deadline) {
		return 0, context.DeadlineExceeded
	}
	return max(p.Next(now)+fuel, 1), nil
}

// Next returns the fuel for a call that has used up its own: at least a sixteenth of a Quantum. It is for hosts that
// look at the clock by themselves; others use Yield.
func (p *Pace) Next(now time.Time) int64 {
	took := now.Sub(p.given)
	switch {
	case p.given.IsZero():
		p.quantum = max(p.quantum, leastQuantum)
	case took > patience:
		p.quantum = max(p.quantum*int64(patience)/int64(took), leastQuantum)
		p.slowUntil = now.Add(min(slowFor*took, slowAtMost))
	case took <= patience/2 && !now.Before(p.slowUntil):
		p.quantum = min(2*p.quantum, Quantum)
	}
	p.given = now
	return p.quantum
}

package author

import (
	"context"
	"fmt"
	"time"

	"github.com/soltihq/soltiwasm/registry"
)

// How often a runner is asked the same in one instance. One whose memory still grows is asked on, until that is surely
// more than what a garbage collector leaves lying about. A slow runner is asked less often.
const (
	manyTimes    = 300
	mostTimes    = 30_000
	maxEnduring  = 5 * time.Second
	enduringFuel = leastFuelPerSecond
	enduringSpec = 2 // specs, since what these differ in was tried before
)

// endures asks a runner the same a few hundred times, and compares the answers with the first ones. One that is known to
// keep something between calls is spared.
func (c *check) endures(ctx context.Context, r *registry.Runner) error {
	if c.findings.hasCode(codeImpure) || c.findings.hasCode(codeRepeat) {
		return nil
	}
	asked := 0
	for _, t := range c.best() {
		if c.endless || asked == enduringSpec || t.supports.faulty() || t.supports.taken && t.build.faulty() {
			continue
		}
		asked++
		if sound, err := c.endure(ctx, r, t); err != nil || !sound {
			return err
		}
	}
	return nil
}

// endure asks for one spec, and says whether the answers were always the same.
func (c *check) endure(ctx context.Context, r *registry.Runner, t *tried) (sound bool, err error) {
	var memories []uint64 // after each time, of one instance
	ends, fuel := c.workshop.Now().Add(maxEnduring), int64(0)
	sound = true
	for n := 1; sound && n <= mostTimes && fuel < enduringFuel && !c.workshop.Now().After(ends); n++ {
		calls, same, err := c.again(ctx, r, t, fmt.Sprintf("when it was asked the same in a row, at repetition %d", n))
		if err != nil {
			return false, err
		}
		if sound = same; !sound {
			break
		}
		for _, seen := range calls {
			fuel += seen.fuel
		}
		memories = append(memories, calls[len(calls)-1].memory)
		if n >= manyTimes && memories[n-1] == memories[n/2] {
			break
		}
	}
	c.judgeGrowth(t, memories)
	return sound, nil
}

// judgeGrowth says whether memory leaks: it grew all the time, and by an eighth of the limit.
func (c *check) judgeGrowth(t *tried, memories []uint64) {
	const parts, share = 8, 8
	n := len(memories)
	if n < parts*parts || memories[n-1]-memories[0] < uint64(c.trial.limits.Memory)/share {
		return
	}
	for i := range parts {
		if memories[(n-1)*i/parts] == memories[(n-1)*(i+1)/parts] {
			return
		}
	}
	c.findings.add(codeLeak, "", "the memory of an instance grew from %d to %d bytes while it was asked the same %d times%s",
		memories[0], memories[n-1], n, t.on())
}

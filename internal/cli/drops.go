package cli

import (
	"sync"

	"github.com/soltihq/soltiwasm/metrics"
)

// drops passes figures on, and notices the runners whose tasks wrote more than the limit output.
type drops struct {
	metrics.Backend
	mu   sync.Mutex
	over map[string]bool // by runner
}

// GuestDropped implements metrics.Backend.
func (d *drops) GuestDropped(runner, reason string) {
	if reason == "output" {
		d.mu.Lock()
		if d.over == nil {
			d.over = map[string]bool{}
		}
		d.over[runner] = true
		d.mu.Unlock()
	}
	d.Backend.GuestDropped(runner, reason)
}

// take says whether output of the runner's tasks was dropped since the last time.
func (d *drops) take(runner string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	was := d.over[runner]
	delete(d.over, runner)
	return was
}

// noteDrops says so to people.
func (a *app) noteDrops(runner string) {
	if a.drops.take(runner) {
		a.console.say("runner %s: a task's output over the limit output was dropped: raise it with --limit output=SIZE, "+
			"or limits: {output: SIZE} in the sidecar", runner)
	}
}

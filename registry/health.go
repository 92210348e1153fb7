package registry

import (
	"fmt"
	"sync/atomic"
	"time"
)

// A runner that goes wrong this often in a row is left alone for a while, so that it can't spend everybody's time. The
// while doubles with every further fault.
const (
	faultsToQuarantine = 5
	firstQuarantine    = time.Second
	longestQuarantine  = 5 * time.Minute
)

// health counts a runner's faults in a row. It is safe for concurrent use.
type health struct {
	faults atomic.Int64
	until  atomic.Int64 // when a quarantine ends, in nanoseconds of the Unix time; 0 for none
}

// quarantined says why the runner is left alone at now, or nothing.
func (h *health) quarantined(now func() time.Time) string {
	until := h.until.Load()
	if until == 0 {
		return ""
	}
	if left := time.Duration(until - now().UnixNano()); left > 0 {
		return fmt.Sprintf("went wrong %d times in a row; it is asked again in %v", h.faults.Load(), left.Round(time.Millisecond))
	}
	return ""
}

// fault counts one, and says whether it began or prolonged a quarantine.
func (h *health) fault(now time.Time) bool {
	n := h.faults.Add(1)
	if n < faultsToQuarantine {
		return false
	}
	pause := longestQuarantine
	if doublings := n - faultsToQuarantine; doublings < 16 {
		pause = min(firstQuarantine<<doublings, longestQuarantine)
	}
	h.until.Store(now.Add(pause).UnixNano())
	return true
}

// fine ends the row of faults.
func (h *health) fine() {
	if h.faults.Load() != 0 {
		h.faults.Store(0)
		h.until.Store(0)
	}
}

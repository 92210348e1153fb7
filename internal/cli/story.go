package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/run"
)

// story tells people of tasks, on standard error: at once when one is tried again, and by progress where the others are.
type story struct {
	app      *app
	progress *progress
}

func (s *story) event(e soltiwasm.Event) {
	if e.Kind != run.EventBackingOff || e.Result.Err == nil {
		return
	}
	why := s.app.failed(e.Result.Err)
	name, what := e.Slot, "it could not be built"
	if e.Attempt > 0 {
		name, what = e.RunID.String(), fmt.Sprintf("attempt %d failed", e.Attempt)
	}
	s.app.console.say("%s: %s: %s: %s; again in %v", name, what, why.Code, why.Message, e.Delay.Round(time.Millisecond))
}

// look shows where the tasks are.
func (s *story) look(tasks map[uint64]*followedTask) {
	var running []*followedTask
	pausing, waiting, ended := 0, 0, 0
	for _, t := range tasks {
		switch t.last {
		case run.EventBuilding, run.EventStarted, run.EventAttemptEnded:
			running = append(running, t)
		case run.EventBackingOff:
			pausing++
		case run.EventEnded:
			ended++
		default:
			waiting++
		}
	}
	parts := []string{"running " + names(running)}
	for _, count := range []struct {
		n    int
		text string
	}{{pausing, "%d pausing"}, {waiting, "%d waiting"}} {
		if count.n > 0 {
			parts = append(parts, fmt.Sprintf(count.text, count.n))
		}
	}
	if len(tasks) > 1 {
		parts = append(parts, fmt.Sprintf("%d of %d ended", ended, len(tasks)))
	}
	s.progress.set("%s", strings.Join(parts, "; "))
}

// names are the slots of some tasks, in the order of their submission.
func names(tasks []*followedTask) string {
	const most = 5
	slices.SortFunc(tasks, func(a, b *followedTask) int { return cmp.Compare(a.id, b.id) })
	var list []string
	for i, t := range tasks {
		if i == most {
			return strings.Join(list, ", ") + fmt.Sprintf(" and %d more", len(tasks)-most)
		}
		name := t.slot
		if t.attempt > 1 {
			name += fmt.Sprintf(" (attempt %d)", t.attempt)
		}
		list = append(list, name)
	}
	return cmp.Or(strings.Join(list, ", "), "nothing at present")
}

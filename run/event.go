package run

import (
	"time"

	"github.com/soltihq/soltiwasm/task"
)

// EventKind is one of the constants below.
type EventKind string

// The kinds of events, in the order in which a task has them.
const (
	// EventSubmitted: the job was handed in. Every job without fault in its spec has this event, and EventEnded.
	EventSubmitted EventKind = "submitted"
	// EventBuilding: the slot is the task's own, and Build is about to be called.
	EventBuilding EventKind = "building"
	// EventStarted: an attempt begins.
	EventStarted EventKind = "started"
	// EventOutput: the attempt wrote Data to Stream.
	EventOutput EventKind = "output"
	// EventAttemptEnded: Result is the attempt's own, with its number in Attempts.
	EventAttemptEnded EventKind = "attemptEnded"
	// EventBackingOff: after Delay the task has another turn. Result is what it had before: a success, an attempt that
	// failed, or a build that did.
	EventBackingOff EventKind = "backingOff"
	// EventEnded: Result is the task's. Its slot is free soon after.
	EventEnded EventKind = "ended"
	// EventLagged: the reader was too slow, and Skipped events were lost before the next one. It belongs to no task.
	EventLagged EventKind = "lagged"
)

// Event is something that happened to a task. Fields that its kind doesn't mention are zero. Events of one task come in
// the order in which they happened. What Data and Result point to is shared among all readers, and is not to be changed.
type Event struct {
	Kind    EventKind
	Time    time.Time
	Task    uint64     // the handle's ID
	Slot    string     // of the task
	RunID   task.RunID // from the first EventStarted on
	Attempt int        // how many attempts have begun
	Stream  Stream
	// Data is a line with its newline, or a piece of one: of a line over [MaxLine], or what came after the last newline
	// of an attempt. All Data of an attempt's stream together are its bytes, as long as no event is lost.
	Data    []byte
	Delay   time.Duration
	Result  task.Result
	Skipped uint64
}

// emit tells the subscribers of something that happened to h.
func (h *Handle) emit(e Event) {
	if !h.s.feed.watched() {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.settled {
		h.tell(e)
	}
}

// tell is emit for those who hold h.mu and know that the task is not settled.
func (h *Handle) tell(e Event) {
	if !h.s.feed.watched() {
		return
	}
	e.Task, e.Slot, e.RunID, e.Attempt = h.id, h.job.Spec.Slot, h.built.RunID, h.attempts
	h.s.feed.publish(e)
}

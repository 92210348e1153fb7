package run

import (
	"fmt"
	"slices"

	"github.com/soltihq/soltiwasm/task"
)

// Rejection is why a task was not admitted to its slot. It is the cause of a *[task.Error] with [task.CodeRejected], so
// that errors.Is finds it, and the reason that [metrics.Backend] counts. The words are taskvisor's.
type Rejection string

// The rejections.
const (
	// SlotBusy rejects a task with dropIfRunning whose slot is taken.
	SlotBusy Rejection = "slot_busy"
	// QueueFull rejects a task with queue when Config.MaxQueue tasks wait for the slot already.
	QueueFull Rejection = "queue_full"
	// Superseded rejects the task at the head of a slot's queue when one with replace takes its place.
	Superseded Rejection = "superseded_by_replace"
	// ShuttingDown rejects every task that waits, or comes, after the shutdown began or the base context ended.
	ShuttingDown Rejection = "controller_shutting_down"
)

// Error says in a sentence what the word means.
func (r Rejection) Error() string {
	switch r {
	case SlotBusy:
		return "the slot is taken, and the admission policy is dropIfRunning"
	case QueueFull:
		return "the slot is taken, and so is every place in its queue"
	case Superseded:
		return "a newer task with the admission policy replace took its place in the queue"
	case ShuttingDown:
		return "the supervisor is shutting down"
	}
	return string(r)
}

// slot is a slot that is owned.
type slot struct {
	owner *Handle
	queue []*Handle
}

// place makes h the owner of its slot, or puts it into the queue, or says why it did neither. Displaced is the task
// whose place in the queue h took.
func (s *Supervisor) place(h *Handle) (displaced *Handle, why Rejection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.base.Err() != nil {
		return nil, ShuttingDown
	}
	sl := s.slots[h.job.Spec.Slot]
	if sl == nil {
		s.slots[h.job.Spec.Slot] = &slot{owner: h}
		go h.run()
		return nil, ""
	}
	switch h.job.Spec.Admission {
	case task.Queue:
		if len(sl.queue) >= s.config.MaxQueue {
			return nil, QueueFull
		}
		sl.queue = append(sl.queue, h)
	case task.Replace:
		if len(sl.queue) > 0 {
			displaced, sl.queue[0] = sl.queue[0], h
		} else {
			sl.queue = append(sl.queue, h)
		}
		sl.owner.cancel(errReplaced)
	default:
		return nil, SlotBusy
	}
	return displaced, ""
}

// withdraw takes h out of its slot's queue and says whether it was there.
func (s *Supervisor) withdraw(h *Handle) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	sl := s.slots[h.job.Spec.Slot]
	if sl == nil {
		return false
	}
	i := slices.Index(sl.queue, h)
	if i < 0 {
		return false
	}
	sl.queue = slices.Delete(sl.queue, i, i+1)
	return true
}

// release hands the slot of h on to the next in its queue. H has ended and told so; whoever waits for it learns of that
// after the slot is free, and can have it.
func (s *Supervisor) release(h *Handle) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sl := s.slots[h.job.Spec.Slot]
	if len(sl.queue) > 0 {
		sl.owner = sl.queue[0]
		sl.queue = slices.Delete(sl.queue, 0, 1)
		go sl.owner.run()
	} else {
		delete(s.slots, h.job.Spec.Slot)
	}
	close(h.done)
	if s.closed && len(s.slots) == 0 {
		close(s.idle)
	}
}

// reject settles a task that never owned its slot.
func (h *Handle) reject(why Rejection) {
	h.s.config.Metrics.TaskRejected(string(why))
	h.settle(task.Result{Outcome: task.Rejected, Err: &task.Error{
		Code: task.CodeRejected, Message: fmt.Sprintf("not admitted to slot %s: %v", h.job.Spec.Slot, why), Err: why,
	}})
	close(h.done)
}

package run

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// StuckError is what a shutdown came to when tasks did not stop.
type StuckError struct {
	Grace time.Duration // what they were given
	Tasks []string      // their run ids, or the slots of those that were not built yet; sorted
}

// Error names the tasks.
func (e *StuckError) Error() string {
	return fmt.Sprintf("%d task(s) did not stop within the grace of %v and were abandoned: %s",
		len(e.Tasks), e.Grace, strings.Join(e.Tasks, ", "))
}

// Shutdown ends the supervisor: it closes it to submissions, rejects the tasks that wait for their slots, cancels the
// others and waits for their ends. Those that have not ended when grace is over are abandoned: their results say so,
// their goroutines live on for as long as their functions don't return, and the error is a [*StuckError]. At the end all
// subscriptions end. A grace of 0 leaves nobody the time to end.
//
// The first call begins the shutdown, with its grace. It goes on when ctx ends, whose error is then this call's. All
// calls that wait get the same result.
func (s *Supervisor) Shutdown(ctx context.Context, grace time.Duration) error {
	s.shutting.Do(func() { go s.shut(grace) })
	if err := await(ctx, s.stopped); err != nil {
		return err
	}
	return s.stuck
}

func (s *Supervisor) shut(grace time.Duration) {
	defer close(s.stopped)
	queued := s.close()
	for _, h := range queued {
		h.reject(ShuttingDown)
	}
	for _, h := range s.owners() {
		h.cancel(errShutdown)
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-s.idle:
	case <-timer.C:
		s.stuck = s.abandon(grace)
	}
	s.feed.close()
}

// close ends admission and empties the queues.
func (s *Supervisor) close() (queued []*Handle) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, sl := range s.slots {
		queued = append(queued, sl.queue...)
		sl.queue = nil
	}
	if len(s.slots) == 0 {
		close(s.idle)
	}
	return queued
}

func (s *Supervisor) owners() (owners []*Handle) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sl := range s.slots {
		owners = append(owners, sl.owner)
	}
	return owners
}

// abandon gives up the tasks that are still there.
func (s *Supervisor) abandon(grace time.Duration) error {
	var stuck []string
	for _, h := range s.owners() {
		if h.abandon(grace) {
			stuck = append(stuck, h.name())
		}
	}
	if len(stuck) == 0 {
		return nil
	}
	slices.Sort(stuck)
	return &StuckError{Grace: grace, Tasks: stuck}
}

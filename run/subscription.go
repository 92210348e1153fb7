package run

import (
	"context"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// feed hands events to the subscriptions.
type feed struct {
	now func() time.Time

	mu     sync.Mutex // held to change the list
	list   atomic.Pointer[[]*Subscription]
	closed bool
}

// watched says whether there is anybody to tell.
func (f *feed) watched() bool {
	list := f.list.Load()
	return list != nil && len(*list) > 0
}

// publish gives the event its time and hands it out to those who watch. It never waits for a reader.
func (f *feed) publish(e Event) {
	e.Time = f.now()
	for _, sub := range *f.list.Load() {
		sub.put(e)
	}
}

// change replaces the list by what edit makes of a copy.
func (f *feed) change(edit func([]*Subscription) []*Subscription) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []*Subscription
	if old := f.list.Load(); old != nil {
		list = slices.Clone(*old)
	}
	list = edit(list)
	f.list.Store(&list)
}

// close ends all subscriptions, those to come included.
func (f *feed) close() {
	f.change(func(list []*Subscription) []*Subscription {
		f.closed = true
		for _, sub := range list {
			sub.end()
		}
		return nil
	})
}

// Subscribe returns a reader of all events from now on, which keeps the last buffer ones, or one if buffer is less.
// What a task writes is a large part of them, up to [MaxLine] bytes an event.
func (s *Supervisor) Subscribe(buffer int) *Subscription {
	sub := &Subscription{feed: &s.feed, ring: make([]Event, max(buffer, 1)), ready: make(chan struct{}, 1)}
	s.feed.change(func(list []*Subscription) []*Subscription {
		if s.feed.closed {
			sub.end()
			return list
		}
		return append(list, sub)
	})
	return sub
}

// Subscription is a reader's place behind the events. It never slows a task: while its buffer is full each new event
// replaces the oldest one, and the reader is told how many it missed. Next is for one goroutine at a time, Close for any.
type Subscription struct {
	feed  *feed
	ready chan struct{} // has one in it when there may be something to read

	mu     sync.Mutex
	ring   []Event
	first  int
	n      int
	missed uint64 // before the first one in the ring
	ended  bool
}

// Next waits for the next event. It returns [io.EOF] when all are read after [Subscription.Close] or the end of the
// supervisor's shutdown, or ctx's error.
func (s *Subscription) Next(ctx context.Context) (Event, error) {
	for {
		if e, ok, err := s.take(); ok || err != nil {
			return e, err
		}
		select {
		case <-s.ready:
		case <-ctx.Done():
			return Event{}, context.Cause(ctx)
		}
	}
}

// take returns the next event if there is one.
func (s *Subscription) take() (e Event, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.missed > 0:
		e = Event{Kind: EventLagged, Time: s.ring[s.first].Time, Skipped: s.missed}
		s.missed = 0
	case s.n > 0:
		e, s.ring[s.first] = s.ring[s.first], Event{}
		s.first = (s.first + 1) % len(s.ring)
		s.n--
	case s.ended:
		return Event{}, false, io.EOF
	default:
		return Event{}, false, nil
	}
	return e, true, nil
}

// put adds an event, in the place of the oldest one if need be.
func (s *Subscription) put(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	if s.n == len(s.ring) {
		s.ring[s.first] = e
		s.first = (s.first + 1) % len(s.ring)
		s.missed++
	} else {
		s.ring[(s.first+s.n)%len(s.ring)] = e
		s.n++
	}
	s.wake()
}

// wake lets the reader look again.
func (s *Subscription) wake() {
	select {
	case s.ready <- struct{}{}:
	default:
	}
}

// Close ends the subscription. What is in the buffer can still be read.
func (s *Subscription) Close() {
	s.feed.change(func(list []*Subscription) []*Subscription {
		return slices.DeleteFunc(list, func(other *Subscription) bool { return other == s })
	})
	s.end()
}

func (s *Subscription) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	s.wake()
}

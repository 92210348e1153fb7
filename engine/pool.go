package engine

import (
	"container/list"
	"context"
	"errors"
	"sync"
)

// ErrClosed is what a [Pool] answers after Close.
var ErrClosed = errors.New("the instance pool is closed")

// Pool keeps instances between calls, since making one costs far more than most calls do. T is an [Instance] with
// whatever the host keeps beside it. A Pool is safe for concurrent use and has no goroutine of its own.
//
// Its rules, and why:
//   - At most a fixed number of instances exist at any time, those being made and closed included: that bounds memory.
//   - The instance used last is taken first, so that under little load few are in use and stay in the processor's caches.
//   - Who waits is served in the order of arrival, and gets the very instance that another call gives back.
//   - An instance whose call ended in a trap or a panic is closed and never seen again: a guest's memory may be in any
//     state then. An error that wraps no *[TrapError] says nothing against the guest, and the instance is kept.
//
// The state is behind one mutex that is held for a few instructions, twice a call. A channel of instances would hand
// them out oldest first, and costs more than a small guest's whole call; sync.Pool has no bound, and drops instances
// without closing them.
type Pool[T Closer] struct {
	create func(context.Context) (T, error)
	size   int

	mu      sync.Mutex
	idle    []T           // a stack
	made    int           // instances that exist, are being made or are being closed
	waiting list.List     // of chan grant[T]; empty unless idle is empty and made is size
	closed  bool          // set once, by Close
	drained chan struct{} // closed when the pool is closed and made is 0
}

// Closer is what a Pool needs of the instances it keeps.
type Closer interface {
	Close(ctx context.Context) error
}

// grant is what a waiting call is given: an instance, leave to make one, or word that the pool is closed.
type grant[T Closer] struct {
	instance T
	create   bool
	closed   bool
}

// NewPool returns a pool of at most size instances (at least 1). Create makes one when a call needs it, and gets that
// call's context.
func NewPool[T Closer](size int, create func(ctx context.Context) (T, error)) *Pool[T] {
	return &Pool[T]{create: create, size: max(size, 1), drained: make(chan struct{})}
}

// Do calls fn with an instance that no one else uses meanwhile: an idle one, a new one while there are fewer than the
// pool's size, or else the next one that another call gives back. The instance is the pool's again when fn returns, so
// fn keeps nothing of it.
//
// The error is fn's own, that of making or closing the instance, ctx.Err() if ctx ended before there was an instance, or
// [ErrClosed]. Do itself doesn't allocate when an idle instance is found.
func (p *Pool[T]) Do(ctx context.Context, fn func(T) error) (err error) {
	instance, err := p.take(ctx)
	if err != nil {
		return err
	}
	spoiled := true // unless fn returns: a panic leaves it so
	defer func() {
		if e := p.giveBack(ctx, instance, spoiled); e != nil {
			err = errors.Join(err, e)
		}
	}()
	err = fn(instance)
	spoiled = err != nil && isTrap(err)
	return err
}

func isTrap(err error) bool {
	var trap *TrapError
	return errors.As(err, &trap)
}

// Close waits for the calls in progress and closes every instance. Calls that are waiting for an instance, and later
// ones, fail with [ErrClosed]. When ctx ends first, its error is returned and each call closes its own instance as it
// ends. Close may be called more than once; each call waits.
func (p *Pool[T]) Close(ctx context.Context) error {
	p.mu.Lock()
	idle := p.idle
	p.idle = nil
	if !p.closed {
		p.closed = true
		for p.waiting.Len() > 0 {
			p.grant(grant[T]{closed: true})
		}
		p.signalIfDrained()
	}
	p.mu.Unlock()

	var errs []error
	for _, instance := range idle {
		errs = append(errs, p.discard(ctx, instance))
	}
	select {
	case <-p.drained:
	case <-ctx.Done():
		errs = append(errs, ctx.Err())
	}
	return errors.Join(errs...)
}

// take returns an instance for the caller alone.
func (p *Pool[T]) take(ctx context.Context) (T, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return none, ErrClosed
	}
	if last := len(p.idle) - 1; last >= 0 {
		instance := p.idle[last]
		p.idle[last] = none // the pool must not keep alive what it has handed out
		p.idle = p.idle[:last]
		p.mu.Unlock()
		return instance, nil
	}
	if p.made < p.size {
		p.made++
		p.mu.Unlock()
		return p.build(ctx)
	}
	turn := make(chan grant[T], 1) // room for one, so that who grants never waits
	place := p.waiting.PushBack(turn)
	p.mu.Unlock()
	return p.wait(ctx, turn, place)
}

// wait waits for the grant that others send to turn.
func (p *Pool[T]) wait(ctx context.Context, turn chan grant[T], place *list.Element) (T, error) {
	var none T
	var g grant[T]
	select {
	case g = <-turn:
	case <-ctx.Done():
		p.mu.Lock()
		select {
		case g = <-turn: // granted at the same moment: what was granted must not be lost
		default:
			p.waiting.Remove(place)
			p.mu.Unlock()
			return none, ctx.Err()
		}
		p.mu.Unlock()
	}
	switch {
	case g.closed:
		return none, ErrClosed
	case g.create:
		return p.build(ctx)
	}
	return g.instance, nil
}

// build makes an instance in a place that is counted in made already, and gives the place up if that fails.
func (p *Pool[T]) build(ctx context.Context) (instance T, err error) {
	ok := false
	defer func() {
		if !ok {
			p.release()
		}
	}()
	instance, err = p.create(ctx)
	ok = err == nil
	return instance, err
}

// giveBack ends the use of an instance.
func (p *Pool[T]) giveBack(ctx context.Context, instance T, spoiled bool) error {
	p.mu.Lock()
	if spoiled || p.closed {
		p.mu.Unlock()
		return p.discard(ctx, instance)
	}
	if p.waiting.Len() > 0 {
		p.grant(grant[T]{instance: instance})
	} else {
		p.idle = append(p.idle, instance)
	}
	p.mu.Unlock()
	return nil
}

// discard closes an instance, even when ctx has ended, and then gives its place up.
func (p *Pool[T]) discard(ctx context.Context, instance T) error {
	defer p.release()
	return instance.Close(context.WithoutCancel(ctx))
}

// release gives up a place: to who waits longest, or to whoever comes.
func (p *Pool[T]) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting.Len() > 0 {
		p.grant(grant[T]{create: true})
		return
	}
	p.made--
	p.signalIfDrained()
}

// grant serves the call that has waited longest. The mutex is held, and there is such a call.
func (p *Pool[T]) grant(g grant[T]) {
	p.waiting.Remove(p.waiting.Front()).(chan grant[T]) <- g
}

// signalIfDrained lets Close return when nothing is left. The mutex is held.
func (p *Pool[T]) signalIfDrained() {
	if p.closed && p.made == 0 {
		close(p.drained)
	}
}

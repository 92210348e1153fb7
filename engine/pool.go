package engine

import (
	"container/list"
	"context"
	"errors"
	"math/bits"
	"sync"
	"sync/atomic"
)

// ErrClosed is what a [Pool] answers after Close.
var ErrClosed = errors.New("the instance pool is closed")

// Pool keeps instances between calls, since making one costs far more than most calls do. T is an [Instance] with
// whatever the host keeps beside it. A Pool is safe for concurrent use and has no goroutine of its own.
//
// Its rules, and why:
//   - At most a fixed number of instances exist at any time, those being made and closed included: that bounds memory.
//   - Each has a place, and the idle one in the lowest place is taken first, so that under little load few are in use and
//     stay in the processor's caches.
//   - Who waits is served in the order of arrival.
//   - An instance whose call ended in a trap or a panic is closed and never seen again: a guest's memory may be in any
//     state then. An error that wraps no *[TrapError] says nothing against the guest, and the instance is kept, unless the
//     host doesn't want to keep it.
//
// Taking an idle instance and giving it back is one atomic operation each; a mutex is for all else. A channel of
// instances would hand them out oldest first, and costs more than a small guest's whole call; sync.Pool has no bound, and
// drops instances without closing them.
type Pool[T Closer] struct {
	create func(context.Context) (T, error)
	keep   func(T) bool // may be nil

	idle   atomic.Uint64 // the places whose instance is idle, a bit each
	queued atomic.Bool   // somebody waits, or the pool is closed: idle instances are not to be taken past the mutex
	places []T           // written by who has the place

	mu      sync.Mutex
	free    uint64        // the places that have no instance and where none is being made or closed, a bit each
	waiting list.List     // of chan grant
	closed  bool          // set once, by Close
	drained chan struct{} // closed when the pool is closed and all places are free
}

// mostPlaces is the bits of a word.
const mostPlaces = 64

// Closer is what a Pool needs of the instances it keeps.
type Closer interface {
	Close(ctx context.Context) error
}

// grant is what a waiting call is given: a place with an instance, one to make an instance in, or word that the pool is
// closed.
type grant struct {
	place  int
	create bool
	closed bool
}

// NewPool returns a pool of at most size instances, 1 to 64. Create makes one when a call needs it, and gets that
// call's context. Keep is asked after each call whether the instance is worth keeping until the next one; without it, with
// nil, all are. Both may be called by several goroutines at once.
func NewPool[T Closer](size int, create func(ctx context.Context) (T, error), keep func(T) bool) *Pool[T] {
	size = min(max(size, 1), mostPlaces)
	return &Pool[T]{create: create, keep: keep, places: make([]T, size), free: 1<<size - 1, drained: make(chan struct{})}
}

// Do calls fn with an instance that no one else uses meanwhile: an idle one, a new one while there are fewer than the
// pool's size, or else the next one that another call gives back. The instance is the pool's again when fn returns, so
// fn keeps nothing of it.
//
// The error is fn's own, that of making or closing the instance, ctx.Err() if ctx ended before there was an instance, or
// [ErrClosed]. Do itself doesn't allocate when an idle instance is found.
func (p *Pool[T]) Do(ctx context.Context, fn func(T) error) (err error) {
	place, err := p.take(ctx)
	if err != nil {
		return err
	}
	spoiled := true // unless fn returns: a panic leaves it so
	defer func() {
		if e := p.giveBack(ctx, place, spoiled); e != nil {
			err = errors.Join(err, e)
		}
	}()
	err = fn(p.places[place])
	spoiled = err != nil && isTrap(err) || p.keep != nil && !p.keep(p.places[place])
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
	if !p.closed {
		p.closed = true
		p.queued.Store(true)
		for p.waiting.Len() > 0 {
			p.grant(grant{closed: true})
		}
		p.signalIfDrained()
	}
	p.mu.Unlock()

	errs := []error{p.discardIdle(ctx)}
	select {
	case <-p.drained:
	case <-ctx.Done():
		errs = append(errs, ctx.Err())
	}
	return errors.Join(errs...)
}

// take returns a place whose instance is the caller's alone.
func (p *Pool[T]) take(ctx context.Context) (place int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if !p.queued.Load() {
		if place, ok := p.pick(); ok {
			return place, nil
		}
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return 0, ErrClosed
	}
	if p.waiting.Len() == 0 {
		if place, ok := p.pick(); ok {
			p.mu.Unlock()
			return place, nil
		}
		if p.free != 0 {
			place = bits.TrailingZeros64(p.free)
			p.free &^= 1 << place
			p.mu.Unlock()
			return place, p.build(ctx, place)
		}
	}
	turn := make(chan grant, 1) // room for one, so that who grants never waits
	element := p.waiting.PushBack(turn)
	p.queued.Store(true)
	p.serve() // what was given back before queued could be seen
	p.mu.Unlock()
	return p.wait(ctx, turn, element)
}

// pick takes the idle instance in the lowest place, if there is any.
func (p *Pool[T]) pick() (place int, ok bool) {
	for {
		idle := p.idle.Load()
		if idle == 0 {
			return 0, false
		}
		if p.idle.CompareAndSwap(idle, idle&(idle-1)) {
			return bits.TrailingZeros64(idle), true
		}
	}
}

// wait waits for the grant that others send to turn.
func (p *Pool[T]) wait(ctx context.Context, turn chan grant, element *list.Element) (place int, err error) {
	var g grant
	select {
	case g = <-turn:
	case <-ctx.Done():
		p.mu.Lock()
		select {
		case g = <-turn: // granted at the same moment: what was granted must not be lost
		default:
			p.remove(element)
			p.mu.Unlock()
			return 0, ctx.Err()
		}
		p.mu.Unlock()
	}
	switch {
	case g.closed:
		return 0, ErrClosed
	case g.create:
		return g.place, p.build(ctx, g.place)
	}
	return g.place, nil
}

// build makes an instance in the caller's place, and gives the place up if that fails.
func (p *Pool[T]) build(ctx context.Context, place int) (err error) {
	ok := false
	defer func() {
		if !ok {
			p.release(place)
		}
	}()
	p.places[place], err = p.create(ctx)
	ok = err == nil
	return err
}

// giveBack ends the use of an instance.
func (p *Pool[T]) giveBack(ctx context.Context, place int, spoiled bool) error {
	if spoiled {
		return p.discard(ctx, place)
	}
	p.idle.Or(1 << place)
	if !p.queued.Load() {
		return nil
	}
	p.mu.Lock()
	closed := p.closed
	if !closed {
		p.serve()
	}
	p.mu.Unlock()
	if closed {
		return p.discardIdle(ctx)
	}
	return nil
}

// discardIdle closes the idle instances of a closed pool.
func (p *Pool[T]) discardIdle(ctx context.Context) error {
	var errs []error
	for place, ok := p.pick(); ok; place, ok = p.pick() {
		errs = append(errs, p.discard(ctx, place))
	}
	return errors.Join(errs...)
}

// discard closes an instance, even when ctx has ended, and then gives its place up.
func (p *Pool[T]) discard(ctx context.Context, place int) error {
	defer p.release(place)
	return p.places[place].Close(context.WithoutCancel(ctx))
}

// release gives up a place: to who waits longest, or to whoever comes.
func (p *Pool[T]) release(place int) {
	var none T
	p.places[place] = none // a place must not keep alive what was closed
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting.Len() > 0 {
		p.grant(grant{place: place, create: true})
		return
	}
	p.free |= 1 << place
	p.signalIfDrained()
}

// serve gives idle instances to those who wait. The mutex is held.
func (p *Pool[T]) serve() {
	for p.waiting.Len() > 0 {
		place, ok := p.pick()
		if !ok {
			return
		}
		p.grant(grant{place: place})
	}
}

// grant serves the call that has waited longest. The mutex is held, and there is such a call.
func (p *Pool[T]) grant(g grant) {
	p.remove(p.waiting.Front()).(chan grant) <- g
}

// remove takes a call out of the queue. The mutex is held.
func (p *Pool[T]) remove(element *list.Element) any {
	turn := p.waiting.Remove(element)
	p.queued.Store(p.closed || p.waiting.Len() > 0)
	return turn
}

// signalIfDrained lets Close return when nothing is left. The mutex is held.
func (p *Pool[T]) signalIfDrained() {
	if p.closed && p.free == 1<<len(p.places)-1 {
		close(p.drained)
	}
}

// Package run carries out tasks in time: who gets a slot and when, attempts under a timeout, what follows an attempt,
// and what became of the task in the end. It knows neither runners nor modules: a [Job] brings a function that builds
// the task and one that makes an attempt at it. The rules are those of taskvisor, as the Solti system uses it.
package run

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/task"
)

// DefaultMaxQueue is how many tasks may wait for one slot where [Config] says nothing else.
const DefaultMaxQueue = 100

// Config is what a Supervisor works with. The zero value is fine.
type Config struct {
	// Metrics takes the figures; nil drops them. Wrap a backend that may panic with [metrics.Contain].
	Metrics metrics.Backend
	// Logger takes what goes wrong after a task's result is fixed; nil drops it.
	Logger *slog.Logger
	// Now is the clock of events and durations; nil is time.Now. Waiting goes by Go's own timers.
	Now func() time.Time
	// Rand spreads backoff: a number from 0 to below 1. It is called from several goroutines. Nil is the generator of
	// math/rand/v2.
	Rand func() float64
	// MaxParallel bounds the tasks that are being built or attempted at a time; 0 is no bound. A task that waits, for
	// its slot or to retry, does not count. A job that waits for another job's end may therefore wait forever.
	MaxParallel int
	// MaxQueue bounds the tasks that wait for one slot; 0 is DefaultMaxQueue, below 0 nobody waits.
	MaxQueue int
}

func (c *Config) setDefaults() {
	if c.Metrics == nil {
		c.Metrics = metrics.NoOp{}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Float64
	}
	if c.MaxQueue == 0 {
		c.MaxQueue = DefaultMaxQueue
	}
}

// Supervisor takes jobs and carries them through their attempts. It is safe for concurrent use. It has one goroutine
// for every task that owns its slot, and none besides but during [Supervisor.Shutdown].
type Supervisor struct {
	config  Config
	base    context.Context
	permits chan struct{} // one in it for each task at work; nil is no bound
	feed    feed
	seq     atomic.Uint64 // of handles

	mu     sync.Mutex
	slots  map[string]*slot // those that are owned
	closed bool             // to submissions
	idle   chan struct{}    // closed once closed is true and slots is empty

	shutting sync.Once
	stopped  chan struct{} // closed at the end of the shutdown
	stuck    error         // what the shutdown came to; set before stopped is closed
}

// New returns a Supervisor whose tasks all run under base. The end of base cancels them and closes the Supervisor to
// submissions; only [Supervisor.Shutdown] waits for them.
func New(base context.Context, config Config) *Supervisor {
	config.setDefaults()
	s := &Supervisor{
		config:  config,
		base:    base,
		feed:    feed{now: config.Now},
		slots:   map[string]*slot{},
		idle:    make(chan struct{}),
		stopped: make(chan struct{}),
	}
	if config.MaxParallel > 0 {
		s.permits = make(chan struct{}, config.MaxParallel)
	}
	return s
}

// Job is one task to be carried out.
type Job struct {
	// Spec says when and how often: Slot, Timeout, Restart, Backoff, Admission and MaxRetries count here, the rest is
	// the runner's affair. Its zero policies get the defaults of [task.Spec.WithDefaults].
	Spec task.Spec
	// Build makes the task. It is called once the slot is the job's own, and again only when it failed in a way that
	// may be retried: with an error that is no *[task.Error] or has one of the codes internal, guest_fault and timeout,
	// or by a panic. Any other *[task.Error] is about the spec, and final. Build is not an attempt and not under the
	// spec's timeout, but its failures count for MaxRetries. It ends soon after ctx does.
	Build func(ctx context.Context) (Built, error)
	// Output is where what the attempts write goes, unbounded and as it is.
	Output Output
}

// Built is what became of a job's spec. Beside an error from Build it is not looked at.
type Built struct {
	RunID task.RunID // its Runner is the label of the figures
	// Attempt makes attempt n, counted from 1. Attempts of one task never overlap. It ends soon after ctx does, which
	// carries the spec's timeout, and writes nothing to out after that. The outcome of an attempt that ends after its
	// context is that of the context, whatever it returns. A panic is a failure.
	Attempt func(ctx context.Context, n int, out Output) Attempt
	// Close, unless nil, is called once, after the last attempt has ended and before the slot is free.
	Close func()
}

// Submit admits the job to its slot by the spec's admission policy, and starts it or lets it wait there. The error is a
// *[task.Error]: with [task.CodeInvalidSpec] when the spec breaks a rule or Build is missing, or with
// [task.CodeRejected] and a [Rejection] as its cause. A task that waits may be rejected later, which its result says.
func (s *Supervisor) Submit(job Job) (*Handle, error) {
	if err := check(job); err != nil {
		return nil, err
	}
	job.Spec = job.Spec.WithDefaults()
	h := &Handle{s: s, id: s.seq.Add(1), job: job, done: make(chan struct{})}
	h.ctx, h.cancel = context.WithCancelCause(s.base)
	h.emit(Event{Kind: EventSubmitted})
	displaced, why := s.place(h)
	if displaced != nil {
		displaced.reject(Superseded)
	}
	if why != "" {
		h.reject(why)
		return nil, h.result.Err
	}
	return h, nil
}

func check(job Job) error {
	if job.Build == nil {
		return &task.Error{Code: task.CodeInvalidSpec, Message: "the job has no Build"}
	}
	if err := job.Spec.Validate(); err != nil {
		return &task.Error{Code: task.CodeInvalidSpec, Message: err.Error(), Err: err}
	}
	return nil
}

// enter waits for a permit to work. It is false when ctx ended first.
func (s *Supervisor) enter(ctx context.Context) bool {
	if ctx.Err() != nil {
		return false
	}
	if s.permits == nil {
		return true
	}
	select {
	case s.permits <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// exit gives the permit back.
func (s *Supervisor) exit() {
	if s.permits != nil {
		<-s.permits
	}
}

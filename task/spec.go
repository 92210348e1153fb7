// Package task holds the words that every other package speaks: what a task is asked to be (Spec), what a runner made
// of it (Task), and how it ended. It has no dependencies and does nothing but validate, compare and print.
package task

import "time"

// Spec is one task as its author asked for it; [Spec.Validate] has the rules. A Spec that a program builds may leave
// Restart, Backoff and Admission zero: [Spec.WithDefaults] fills them in. Its file form is that of package taskfile.
//
// A Spec is passed by value and shares what it points to; nothing in this module changes a Spec after it was made.
type Spec struct {
	// Slot names the place that the task occupies while it runs; one task a slot. See [ValidateSlot].
	Slot string
	// Kind says what is to be done.
	Kind Kind
	// Timeout bounds one attempt. It is positive, a whole number of milliseconds and at most [MaxDuration].
	Timeout time.Duration
	// Restart says when another attempt follows.
	Restart Restart
	// Backoff is the pause between attempts after a failure.
	Backoff Backoff
	// Admission says what happens when the slot is taken.
	Admission Admission
	// Selector restricts the runners by their labels; nil is no restriction, as is an empty one.
	Selector *Selector
	// Labels belong to the task itself.
	Labels Labels
	// MaxRetries bounds the retries after a first failure in one streak; 0 is no bound. Not above [MaxRetriesLimit].
	MaxRetries int
}

// Restart says when another attempt follows one that ended.
type Restart struct {
	Policy RestartPolicy
	// Interval is the pause after a success under RestartAlways, in whole milliseconds; 0 is none. The other policies
	// have none.
	Interval time.Duration
}

// RestartPolicy is one of the constants below. The zero value means RestartNever.
type RestartPolicy string

// The restart policies, as files write them.
const (
	RestartNever     RestartPolicy = "never"
	RestartOnFailure RestartPolicy = "onFailure"
	RestartAlways    RestartPolicy = "always"
)

// Backoff is the pause before attempt n after a failure: First·Factor^(n-1), at most Max, spread by Jitter. It is all or
// nothing: the zero Backoff means [DefaultBackoff], any other has all its fields set.
type Backoff struct {
	Jitter Jitter
	First  time.Duration // positive, whole milliseconds, at most MaxDuration
	Max    time.Duration // the same, and at least First
	Factor float64       // finite, at least 1
}

// DefaultBackoff is what a Spec without one gets.
func DefaultBackoff() Backoff {
	return Backoff{Jitter: JitterFull, First: time.Second, Max: 30 * time.Second, Factor: 2}
}

// Jitter is one of the constants below.
type Jitter string

// The jitters, as files write them.
const (
	JitterNone         Jitter = "none"
	JitterFull         Jitter = "full"
	JitterEqual        Jitter = "equal"
	JitterDecorrelated Jitter = "decorrelated"
)

// Admission is one of the constants below. The zero value means DropIfRunning.
type Admission string

// What happens to a task whose slot is taken.
const (
	DropIfRunning Admission = "dropIfRunning"
	Replace       Admission = "replace"
	Queue         Admission = "queue"
)

// WithDefaults returns s with the zero Restart, Backoff and Admission replaced by the defaults: never,
// [DefaultBackoff] and dropIfRunning.
func (s Spec) WithDefaults() Spec {
	if s.Restart.Policy == "" {
		s.Restart.Policy = RestartNever
	}
	if s.Backoff == (Backoff{}) {
		s.Backoff = DefaultBackoff()
	}
	if s.Admission == "" {
		s.Admission = DropIfRunning
	}
	return s
}

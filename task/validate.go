package task

import (
	"math"
	"time"
)

// Bounds of a Spec. Those of its script are beside [Script], those of labels beside [Labels].
const (
	// MaxSlot bounds a slot, in bytes.
	MaxSlot = 64
	// MaxDuration bounds every duration of a Spec: ten years of 365 days, far from the overflow of sums and products.
	MaxDuration = 10 * 365 * 24 * time.Hour
	// MaxRetriesLimit bounds MaxRetries.
	MaxRetriesLimit = math.MaxInt32
)

// Validate checks every rule and returns all breaches at once as [Faults], or nil. It judges the Spec as
// [Spec.WithDefaults] would fill it, so that a zero Restart, Backoff or Admission is no fault.
//
// An Embedded kind is valid: it is routing that refuses it. How deep the payload of a Custom kind nests is checked where
// the Spec becomes a document. The rules are those of solti-model 0.0.1, and for labels and selectors those of Kubernetes.
func (s Spec) Validate() error {
	s = s.WithDefaults()
	var c checker
	c.slot("slot", s.Slot)
	c.kind(s.Kind)
	c.positive("timeout", s.Timeout)
	c.restart(s.Restart)
	c.backoff(s.Backoff)
	switch s.Admission {
	case DropIfRunning, Replace, Queue:
	default:
		c.add("admission", "unknown admission policy %s; one of %s, %s, %s",
			quote(string(s.Admission)), DropIfRunning, Replace, Queue)
	}
	if s.Selector != nil {
		c.selector("runnerSelector", s.Selector)
	}
	c.labels("labels", s.Labels)
	if s.MaxRetries < 0 || s.MaxRetries > MaxRetriesLimit {
		c.add("maxRetries", "must be from 0 (no bound) to %d, not %d", MaxRetriesLimit, s.MaxRetries)
	}
	return c.err()
}

// ValidateSlot checks the rules for the name of a slot and returns [Faults] or nil: 1 to [MaxSlot] bytes of
// [A-Za-z0-9._-], and neither "." nor "..". A slot may end up in file names, arguments and logs; hence the rules.
func ValidateSlot(slot string) error {
	var c checker
	c.slot("slot", slot)
	return c.err()
}

func (c *checker) slot(path, slot string) {
	switch {
	case slot == "":
		c.add(path, "must not be empty")
		return
	case slot == "." || slot == "..":
		c.add(path, "cannot be '.' or '..'")
		return
	}
	if len(slot) > MaxSlot {
		c.add(path, "length %d exceeds max %d", len(slot), MaxSlot)
	}
	for i := range len(slot) {
		if b := slot[i]; !nameByte(b) {
			c.add(path, "contains forbidden byte 0x%02x at position %d (allowed: [A-Za-z0-9._-])", b, i)
			return
		}
	}
}

func (c *checker) restart(r Restart) {
	switch r.Policy {
	case RestartNever, RestartOnFailure, RestartAlways:
	default:
		c.add("restart.type", "unknown restart policy %s; one of %s, %s, %s",
			quote(string(r.Policy)), RestartNever, RestartOnFailure, RestartAlways)
		return
	}
	const path = "restart.intervalMs"
	switch {
	case r.Interval < 0:
		c.add(path, "must not be negative, but is %v", r.Interval)
	case r.Interval > 0 && r.Policy != RestartAlways:
		c.add(path, "is for type %q only; with %q there is no pause after a success", RestartAlways, r.Policy)
	case r.Interval > 0:
		c.positive(path, r.Interval)
	}
}

func (c *checker) backoff(b Backoff) {
	switch b.Jitter {
	case JitterNone, JitterFull, JitterEqual, JitterDecorrelated:
	default:
		c.add("backoff.jitter", "unknown jitter policy %s; one of %s, %s, %s, %s",
			quote(string(b.Jitter)), JitterNone, JitterFull, JitterEqual, JitterDecorrelated)
	}
	c.positive("backoff.firstMs", b.First)
	if c.positive("backoff.maxMs", b.Max) && b.Max < b.First {
		c.add("backoff.maxMs", "must be >= firstMs, but %v is less than %v", b.Max, b.First)
	}
	if !(b.Factor >= 1) || math.IsInf(b.Factor, 0) {
		c.add("backoff.factor", "must be finite and >= 1.0, not %v", b.Factor)
	}
}

// positive checks a duration that must be there, and reports whether it is right.
func (c *checker) positive(path string, d time.Duration) bool {
	switch {
	case d <= 0:
		c.add(path, "must be greater than zero")
	case d%time.Millisecond != 0:
		c.add(path, "must be a whole number of milliseconds, but is %v", d)
	case d > MaxDuration:
		c.add(path, "must be at most ten years (%d ms)", MaxDuration.Milliseconds())
	default:
		return true
	}
	return false
}

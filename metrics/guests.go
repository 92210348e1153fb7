package metrics

import (
	"slices"
	"strings"
	"sync"
)

// Why an observation was dropped, as [Backend.GuestDropped] is told.
const (
	DropConflict   = "conflict"    // its type or label names differ from those of the name's first use
	DropSeries     = "series"      // the runner has all the series that it may have
	DropName       = "name"        // the metric's name or a label's is over MaxName
	DropLabels     = "labels"      // it has more than MaxLabels labels
	DropLabelValue = "label_value" // the value of a label is over MaxLabelValue
)

// DroppedName is the one name beside the guests' own under which a backend may show the host's counts of
// [Backend.GuestDropped]. What a guest emits under it is dropped as a conflict.
const DroppedName = "dropped_total"

// Guests stands before a [Backend] and holds what guests emit to sections 3 and 7 of the ABI. One Guests serves all
// runners of a host, since the first use of a name fixes its type and label names for all of them. It is safe for
// concurrent use.
//
// It keeps every accepted series for as long as it lives, so that a runner that is replaced or removed and comes back
// has neither a new budget nor a new first use. What it holds is therefore bounded by the series of a runner times the
// number of runner names ever given to Emitter. What is dropped leaves nothing behind.
type Guests struct {
	backend Backend

	mu      sync.Mutex // held to accept a series, never while the backend is called
	metrics map[string]*Metric
	guests  map[string]*guest
}

// NewGuests returns a Guests in front of b.
func NewGuests(b Backend) *Guests {
	// No guest can agree with this one: the label runner is refused to them.
	dropped := &Metric{Name: DroppedName, Type: Counter, Labels: []string{"reason", "runner"}}
	return &Guests{
		backend: b,
		metrics: map[string]*Metric{DroppedName: dropped},
		guests:  map[string]*guest{},
	}
}

// Emitter returns the way in for one version of a runner, which may have limit series, those of its earlier
// versions counted. With fewer than it has by now, these stay and no new one is accepted.
//
// Declared are the metrics of its manifest. They fix nothing by themselves: when this runner is the first to use a
// declared name, and uses it with the declared type, the help and the buckets count. Declarations that [Metric.Check]
// finds fault with are passed over; the manifest's reader is to refuse them.
func (g *Guests) Emitter(runner string, limit int, declared []Metric) *Emitter {
	e := &Emitter{guests: g, runner: runner, limit: limit, declared: make(map[string]Metric, len(declared))}
	for _, m := range declared {
		if m.Check() == nil {
			m.Buckets = slices.Clone(m.Buckets)
			e.declared[m.Name] = m
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	e.guest = g.guests[runner]
	if e.guest == nil {
		e.guest = newGuest()
		g.guests[runner] = e.guest
	}
	return e
}

// Emitter takes the observations of one version of a runner. It is safe for concurrent use.
type Emitter struct {
	guests   *Guests
	guest    *guest
	runner   string
	limit    int
	declared map[string]Metric
}

// Observe adds value to a counter, sets a gauge to it or records it in a histogram, by t. Labels may come in any order.
// Nothing that it is given is kept, so the strings need to be valid only until it returns.
//
// An error says which rule of the ABI's section 3 was broken, and is to trap the guest: a name that doesn't match
// [a-z_][a-z0-9_]*, begins with __ or ends in _bucket, _sum or _count; a label name that doesn't match, begins with
// __, is runner, le or quantile, or comes twice; a label value that is not UTF-8; a value that is not finite, or is
// negative for a counter.
//
// What is over a limit of section 7 or in conflict with the first use of its name is dropped and counted by
// [Backend.GuestDropped], and Observe returns nil. Sizes are looked at first, so that all that follows is bounded: a
// name that is too long is dropped, whatever is in it.
//
// Observing a series that is known doesn't allocate, and waits for nothing but the acceptance of a new series of the
// same runner.
func (e *Emitter) Observe(t Type, name string, labels []Label, value float64) error {
	if reason := oversized(name, labels); reason != "" {
		e.guests.backend.GuestDropped(e.runner, reason)
		return nil
	}
	if err := checkValue(t, name, value); err != nil {
		return err
	}
	var sorted [MaxLabels]Label
	labels = sortLabels(&sorted, labels)
	s := e.guest.find(name, labels)
	if s == nil {
		if err := checkNames(name, labels); err != nil {
			return err
		}
		var reason string
		if s, reason = e.accept(t, name, labels); s == nil {
			e.guests.backend.GuestDropped(e.runner, reason)
			return nil
		}
	}
	if s.metric.Type != t {
		e.guests.backend.GuestDropped(e.runner, DropConflict)
		return nil
	}
	e.guests.backend.GuestMetric(e.runner, s.metric, s.values, value)
	return nil
}

// sortLabels copies labels into dst, which has room for them, sorted by name. Mostly they are already.
func sortLabels(dst *[MaxLabels]Label, labels []Label) []Label {
	for i, l := range labels {
		for ; i > 0 && dst[i-1].Name > l.Name; i-- {
			dst[i] = dst[i-1]
		}
		dst[i] = l
	}
	return dst[:len(labels)]
}

// accept makes a series known, or says why it is dropped. A series that is dropped is no use of its name, and so fixes
// nothing.
func (e *Emitter) accept(t Type, name string, labels []Label) (*series, string) {
	e.guests.mu.Lock()
	defer e.guests.mu.Unlock()
	metric := e.guests.metrics[name]
	if metric != nil && !metric.agrees(t, labels) {
		return nil, DropConflict
	}
	if s := e.guest.find(name, labels); s != nil { // accepted since the caller looked
		return s, ""
	}
	if e.guest.full(e.limit) {
		return nil, DropSeries
	}
	if metric == nil {
		metric = e.firstUse(t, name, labels)
		e.guests.metrics[metric.Name] = metric
	}
	return e.guest.add(metric, labels), ""
}

// agrees says whether a use of m's name is like the first one.
func (m *Metric) agrees(t Type, labels []Label) bool {
	return m.Type == t && slices.EqualFunc(m.Labels, labels, func(name string, l Label) bool {
		return name == l.Name
	})
}

// firstUse returns what this use fixes for its name.
func (e *Emitter) firstUse(t Type, name string, labels []Label) *Metric {
	m := &Metric{Name: strings.Clone(name), Type: t, Labels: make([]string, len(labels))}
	for i, l := range labels {
		m.Labels[i] = strings.Clone(l.Name)
	}
	declared := e.declared[name]
	if declared.Type == t {
		m.Help, m.Buckets = declared.Help, declared.Buckets
	}
	if t == Histogram && len(m.Buckets) == 0 {
		m.Buckets = DurationBuckets()
	}
	return m
}

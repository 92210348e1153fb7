package metrics

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Memory is a [Backend] for tests: it keeps every figure, without bound, and gives them back. Make one with
// [NewMemory]; it is safe for concurrent use.
type Memory struct {
	mu        sync.Mutex
	started   map[string]int
	durations map[figure][]time.Duration
	rejected  map[string]int
	errors    map[figure]int
	dropped   map[figure]int
	guests    map[figure]*observed
}

// figure is what Memory keeps something by: a runner, and an outcome, a kind, a reason or the text of a series.
type figure struct{ runner, word string }

// observed are the observations of a guest's series, in order.
type observed struct {
	typ    Type
	values []float64
}

var _ Backend = (*Memory)(nil)

// NewMemory returns an empty Memory.
func NewMemory() *Memory {
	return &Memory{
		started:   map[string]int{},
		durations: map[figure][]time.Duration{},
		rejected:  map[string]int{},
		errors:    map[figure]int{},
		dropped:   map[figure]int{},
		guests:    map[figure]*observed{},
	}
}

// TaskStarted implements [Backend].
func (m *Memory) TaskStarted(runner string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.started[runner]++
}

// TaskCompleted implements [Backend].
func (m *Memory) TaskCompleted(runner string, outcome Outcome, d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := figure{runner, string(outcome)}
	m.durations[f] = append(m.durations[f], d)
}

// TaskRejected implements [Backend].
func (m *Memory) TaskRejected(reason string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rejected[reason]++
}

// RunnerError implements [Backend].
func (m *Memory) RunnerError(runner, kind string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.errors[figure{runner, kind}]++
}

// GuestMetric implements [Backend].
func (m *Memory) GuestMetric(runner string, metric *Metric, labels []string, value float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	pairs := make([]Label, len(labels))
	for i, v := range labels {
		pairs[i] = Label{Name: metric.Labels[i], Value: v}
	}
	f := figure{runner, seriesText(metric.Name, pairs)}
	o := m.guests[f]
	if o == nil {
		o = &observed{typ: metric.Type}
		m.guests[f] = o
	}
	o.values = append(o.values, value)
}

// GuestDropped implements [Backend].
func (m *Memory) GuestDropped(runner, reason string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.dropped[figure{runner, reason}]++
}

// Started returns how many attempts of the runner's tasks began.
func (m *Memory) Started(runner string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.started[runner]
}

// Completed returns how many attempts of the runner's tasks ended so.
func (m *Memory) Completed(runner string, outcome Outcome) int {
	return len(m.Durations(runner, outcome))
}

// Durations returns how long the attempts that ended so took, in the order in which they ended.
func (m *Memory) Durations(runner string, outcome Outcome) []time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.durations[figure{runner, string(outcome)}])
}

// Rejected returns how many tasks were not admitted for this reason.
func (m *Memory) Rejected(reason string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.rejected[reason]
}

// Errors returns how often this went wrong with the runner.
func (m *Memory) Errors(runner, kind string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.errors[figure{runner, kind}]
}

// Dropped returns how much from the runner's guest was dropped for this reason.
func (m *Memory) Dropped(runner, reason string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.dropped[figure{runner, reason}]
}

// Guest returns a counter's total, a gauge's last value or a histogram's sum; 0 for a series that nobody emitted.
// Labels may come in any order.
func (m *Memory) Guest(runner, name string, labels ...Label) float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	o := m.guests[figure{runner, seriesText(name, labels)}]
	if o == nil {
		return 0
	}
	return o.value()
}

// Observations returns every value that the guest emitted for a series, in order. Labels may come in any order.
func (m *Memory) Observations(runner, name string, labels ...Label) []float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	o := m.guests[figure{runner, seriesText(name, labels)}]
	if o == nil {
		return nil
	}
	return slices.Clone(o.values)
}

// String returns every figure on a line of its own, sorted: "started R 1", "completed R success 1", "rejected reason 1", "error R kind 1",
// "guest R name{label="value"} counter 1" (for a histogram its values in ascending order) and "dropped R series 1".
// Durations are left out, so that equal histories give equal texts.
func (m *Memory) String() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var lines []string
	for runner, n := range m.started {
		lines = append(lines, fmt.Sprintf("started %s %d\n", runner, n))
	}
	for f, ds := range m.durations {
		lines = append(lines, fmt.Sprintf("completed %s %s %d\n", f.runner, f.word, len(ds)))
	}
	for reason, n := range m.rejected {
		lines = append(lines, fmt.Sprintf("rejected %s %d\n", reason, n))
	}
	for f, n := range m.errors {
		lines = append(lines, fmt.Sprintf("error %s %s %d\n", f.runner, f.word, n))
	}
	for f, o := range m.guests {
		lines = append(lines, fmt.Sprintf("guest %s %s %v %s\n", f.runner, f.word, o.typ, o.text()))
	}
	for f, n := range m.dropped {
		lines = append(lines, fmt.Sprintf("dropped %s %s %d\n", f.runner, f.word, n))
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// value is a counter's total, a gauge's last value or a histogram's sum.
func (o *observed) value() float64 {
	if o.typ == Gauge {
		return o.values[len(o.values)-1]
	}
	sum := 0.0
	for _, v := range o.values {
		sum += v
	}
	return sum
}

func (o *observed) text() string {
	if o.typ == Histogram {
		return fmt.Sprint(slices.Sorted(slices.Values(o.values)))
	}
	return strconv.FormatFloat(o.value(), 'g', -1, 64)
}

// seriesText writes a series as the exposition does, labels sorted.
func seriesText(name string, labels []Label) string {
	parts := make([]string, len(labels))
	for i, l := range labels {
		parts[i] = l.Name + "=" + strconv.Quote(l.Value)
	}
	slices.Sort(parts)
	return name + "{" + strings.Join(parts, ",") + "}"
}

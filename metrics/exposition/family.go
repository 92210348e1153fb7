package exposition

import (
	"maps"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/soltihq/soltiwasm/metrics"
)

// key is the values of a series' labels, in the order of its family's; those beyond are empty. An array makes a map
// key that costs no allocation to look up.
type key [1 + metrics.MaxLabels]string

// family is one metric with all its series.
type family struct {
	name, help string
	typ        metrics.Type
	guest      bool // whether guests emit it
	buckets    []float64
	labels     []string
	constant   map[string]string // labels that all series have

	mu     sync.RWMutex
	series map[key]*series
}

// family returns a metric without series.
func (b *Backend) family(name, help string, t metrics.Type, buckets []float64, labels ...string) *family {
	return &family{
		name: name, help: help, typ: t, buckets: buckets, labels: labels, constant: b.labels, series: map[key]*series{},
	}
}

// clash returns a label that the family would have twice, or "".
func (f *family) clash() string {
	for i, name := range f.labels {
		if _, taken := f.constant[name]; taken || slices.Contains(f.labels[:i], name) {
			return name
		}
	}
	return ""
}

// observe adds, sets or records value in the series of those label values. A label value that is not UTF-8 has no place
// in the exposition, so such an observation is lost; runners' names, the host's words and what metrics.Guests lets pass
// are always UTF-8.
func (f *family) observe(values key, value float64) {
	f.mu.RLock()
	s := f.series[values]
	f.mu.RUnlock()
	if s == nil {
		s = f.add(values)
	}
	if s != nil {
		s.observe(f, value)
	}
}

// add returns a series that the family didn't have, or has since; nil when it can't be shown.
func (f *family) add(values key) *series {
	if slices.ContainsFunc(values[:], func(v string) bool { return !utf8.ValidString(v) }) {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.series[values]
	if s == nil {
		s = &series{values: values}
		if f.typ == metrics.Histogram {
			s.counts = make([]uint64, len(f.buckets)+1)
		}
		f.series[values] = s
	}
	return s
}

// snapshot returns the family as it is now.
func (f *family) snapshot() Family {
	f.mu.RLock()
	all := slices.Collect(maps.Values(f.series))
	f.mu.RUnlock()
	shown := Family{
		Name: f.name, Help: f.help, Type: f.typ, Guest: f.guest, Labels: f.labels, Constant: f.constant, Buckets: f.buckets,
	}
	for _, s := range all {
		shown.Series = append(shown.Series, s.snapshot(len(f.labels)))
	}
	return shown
}

// series is one series of a family.
type series struct {
	values key

	mu     sync.Mutex
	value  float64  // of a counter or gauge; the sum of a histogram
	counts []uint64 // of a histogram: observations by bucket, not cumulated, the last one for those above all bounds
}

func (s *series) observe(f *family, value float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.typ == metrics.Gauge {
		s.value = value
		return
	}
	s.value += value
	if f.typ == metrics.Histogram {
		i, _ := slices.BinarySearch(f.buckets, value) // a bound belongs to its bucket
		s.counts[i]++
	}
}

// snapshot returns the series, which has so many labels, as it is now.
func (s *series) snapshot(labels int) Series {
	s.mu.Lock()
	defer s.mu.Unlock()
	shown := Series{Values: s.values[:labels], Value: s.value, Counts: slices.Clone(s.counts)}
	for i := 1; i < len(shown.Counts); i++ {
		shown.Counts[i] += shown.Counts[i-1]
	}
	return shown
}

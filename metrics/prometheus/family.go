package prometheus

import (
	"maps"
	"slices"
	"sync"
	"unicode/utf8"

	client "github.com/prometheus/client_golang/prometheus"

	"github.com/soltihq/soltiwasm/metrics"
)

// key is the values of a series' labels, in the order of its family's; those beyond are empty. An array makes a map
// key that costs no allocation to look up.
type key [1 + metrics.MaxLabels]string

// family is one metric with all its series. It is a prometheus.Collector that shows a copy of its figures, rather than
// one of client_golang's vectors: those allocate for each observation, panic at what they don't like, and restart a
// counter at 0 when it passes 2^64.
type family struct {
	desc    *client.Desc
	typ     metrics.Type
	buckets []float64
	labels  int // values in use of each key

	mu     sync.RWMutex
	series map[key]*series
}

// family returns a metric without series. What is wrong with its names is said by desc.Err().
func (b *Backend) family(name, help string, t metrics.Type, buckets []float64, labels ...string) *family {
	return &family{
		desc:    client.NewDesc(name, help, labels, b.labels),
		typ:     t,
		buckets: buckets,
		labels:  len(labels),
		series:  map[key]*series{},
	}
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

// Describe implements prometheus.Collector.
func (f *family) Describe(ch chan<- *client.Desc) { ch <- f.desc }

// Collect implements prometheus.Collector. It holds no lock while it waits for the reader of ch, so that a slow one
// delays no task.
func (f *family) Collect(ch chan<- client.Metric) {
	f.mu.RLock()
	all := slices.Collect(maps.Values(f.series))
	f.mu.RUnlock()
	for _, s := range all {
		ch <- s.snapshot(f)
	}
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

// snapshot returns the series as it is now. Making it can't fail, since add and the descriptor were checked; if it did,
// gathering would say so.
func (s *series) snapshot(f *family) client.Metric {
	s.mu.Lock()
	defer s.mu.Unlock()
	var (
		m      client.Metric
		err    error
		labels = s.values[:f.labels]
	)
	switch f.typ {
	case metrics.Counter:
		m, err = client.NewConstMetric(f.desc, client.CounterValue, s.value, labels...)
	case metrics.Gauge:
		m, err = client.NewConstMetric(f.desc, client.GaugeValue, s.value, labels...)
	default:
		cumulated := make(map[float64]uint64, len(f.buckets))
		total := uint64(0)
		for i, bound := range f.buckets {
			total += s.counts[i]
			cumulated[bound] = total
		}
		total += s.counts[len(f.buckets)]
		m, err = client.NewConstHistogram(f.desc, total, s.value, cumulated, labels...)
	}
	if err != nil {
		return client.NewInvalidMetric(f.desc, err)
	}
	return m
}

// group is collectors that are registered as one.
type group []client.Collector

// Describe implements prometheus.Collector. Beside what it collects it describes a name without labels, so that a
// registry takes one group only: two would show their guests' metrics under the same names, and these may differ.
func (g group) Describe(ch chan<- *client.Desc) {
	for _, c := range g {
		c.Describe(ch)
	}
	ch <- client.NewDesc("solti_guest", "Taken by the backend of this registry.", nil, nil)
}

// Collect implements prometheus.Collector.
func (g group) Collect(ch chan<- client.Metric) {
	for _, c := range g {
		c.Collect(ch)
	}
}

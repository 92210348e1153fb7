package prometheus

import (
	client "github.com/prometheus/client_golang/prometheus"

	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/metrics/exposition"
)

// hostCollector collects the host's metrics.
type hostCollector struct{ kept *exposition.Backend }

// Describe implements prometheus.Collector. Beside what it collects it describes a name without labels, so that a
// registry takes one backend only: two would show their guests' metrics under the same names, and these may differ.
func (c hostCollector) Describe(ch chan<- *client.Desc) {
	for _, f := range c.kept.Families() {
		if !f.Guest {
			ch <- describe(f)
		}
	}
	ch <- client.NewDesc("solti_guest", "Taken by the backend of this registry.", nil, nil)
}

// Collect implements prometheus.Collector.
func (c hostCollector) Collect(ch chan<- client.Metric) { collect(ch, c.kept, false) }

// guestCollector collects the guests' metrics. It describes none beforehand, since nobody knows their names; a registry
// then checks nothing when it is registered, and everything when it gathers.
type guestCollector struct{ kept *exposition.Backend }

// Describe implements prometheus.Collector.
func (c guestCollector) Describe(chan<- *client.Desc) {}

// Collect implements prometheus.Collector.
func (c guestCollector) Collect(ch chan<- client.Metric) { collect(ch, c.kept, true) }

func describe(f exposition.Family) *client.Desc {
	return client.NewDesc(f.Name, f.Help, f.Labels, f.Constant)
}

// collect hands over a copy of the guests' figures or the host's, rather than having client_golang's vectors keep them: those
// allocate for each observation, panic at what they don't like, and restart a counter at 0 when it passes 2^64. Nothing is
// locked while it waits for the reader of ch, so that a slow one delays no task.
func collect(ch chan<- client.Metric, kept *exposition.Backend, guests bool) {
	for _, f := range kept.Families() {
		if f.Guest != guests {
			continue
		}
		desc := describe(f)
		for _, s := range f.Series {
			ch <- constant(desc, f, s)
		}
	}
}

// constant returns a series as client_golang has one that doesn't change. Making it can't fail, since names and labels
// were checked; if it did, gathering would say so.
func constant(desc *client.Desc, f exposition.Family, s exposition.Series) client.Metric {
	var (
		m   client.Metric
		err error
	)
	switch f.Type {
	case metrics.Counter:
		m, err = client.NewConstMetric(desc, client.CounterValue, s.Value, s.Values...)
	case metrics.Gauge:
		m, err = client.NewConstMetric(desc, client.GaugeValue, s.Value, s.Values...)
	default:
		buckets := make(map[float64]uint64, len(f.Buckets))
		for i, bound := range f.Buckets {
			buckets[bound] = s.Counts[i]
		}
		m, err = client.NewConstHistogram(desc, s.Counts[len(f.Buckets)], s.Value, buckets, s.Values...)
	}
	if err != nil {
		return client.NewInvalidMetric(desc, err)
	}
	return m
}

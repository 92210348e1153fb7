package guest

// Counter, Gauge and Histogram are metrics by name. Labels are given as keys and values by turns, as in
// Add(1, "result", "pass"); an odd number of them panics. Which names and values the host takes is in docs/abi.md,
// section 3; others trap or are dropped.
type (
	Counter   struct{ metric }
	Gauge     struct{ metric }
	Histogram struct{ metric }
)

// Counter returns the counter with a name.
func (c *BuildCall) Counter(name string) Counter { return Counter{metric{c.call, name}} }

// Gauge returns the gauge with a name.
func (c *BuildCall) Gauge(name string) Gauge { return Gauge{metric{c.call, name}} }

// Histogram returns the histogram with a name.
func (c *BuildCall) Histogram(name string) Histogram { return Histogram{metric{c.call, name}} }

// Add adds value, which is finite and not negative.
func (m Counter) Add(value float64, labels ...string) { m.record(CounterMetric, value, labels) }

// Set sets the gauge to value, which is finite.
func (m Gauge) Set(value float64, labels ...string) { m.record(GaugeMetric, value, labels) }

// Observe records one observation, which is finite; times are in seconds.
func (m Histogram) Observe(value float64, labels ...string) { m.record(HistogramMetric, value, labels) }

type metric struct {
	call *call
	name string
}

func (m metric) record(t MetricType, value float64, labels []string) {
	if len(labels)%2 != 0 {
		panic("guest: the metric " + m.name + " has a label without a value")
	}
	b := m.call.out[:0]
	for i := 0; i < len(labels); i += 2 {
		b = appendKey(b, labels[i])
		b = appendString(b, labels[i+1])
	}
	if len(b) > 0 {
		b = append(b, '}')
	}
	m.call.out = b
	m.call.host.Metric(t, m.name, b, value)
}

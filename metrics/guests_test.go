package metrics_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/metrics"
)

// lb makes labels from alternating names and values.
func lb(pairs ...string) []metrics.Label {
	var labels []metrics.Label
	for i := 0; i < len(pairs); i += 2 {
		labels = append(labels, metrics.Label{Name: pairs[i], Value: pairs[i+1]})
	}
	return labels
}

// observe fails the test when the observation would trap the guest.
func observe(t *testing.T, e *metrics.Emitter, typ metrics.Type, name string, labels []metrics.Label, value float64) {
	t.Helper()
	if err := e.Observe(typ, name, labels, value); err != nil {
		t.Fatalf("Observe(%v, %q, %v, %v): %v", typ, name, labels, value, err)
	}
}

// expect compares all that a backend was told.
func expect(t *testing.T, m *metrics.Memory, want string) {
	t.Helper()
	if got := m.String(); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}

func TestLimitsAreThoseOfTheABI(t *testing.T) {
	got := []int{metrics.MaxName, metrics.MaxLabels, metrics.MaxLabelValue}
	want := []int{abi.MaxMetricName, abi.MaxMetricLabels, abi.MaxLabelValue}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, the ABI has %v", got, want)
	}
}

func TestObserveTypes(t *testing.T) {
	m := metrics.NewMemory()
	e := metrics.NewGuests(m).Emitter("probe", 10, nil)
	observe(t, e, metrics.Counter, "requests_total", lb("code", "200"), 2)
	observe(t, e, metrics.Counter, "requests_total", lb("code", "200"), 0.5)
	observe(t, e, metrics.Gauge, "level", nil, 3)
	observe(t, e, metrics.Gauge, "level", nil, -4)
	observe(t, e, metrics.Histogram, "size", lb("b", "2", "a", "1"), 7)
	observe(t, e, metrics.Histogram, "size", lb("a", "1", "b", "2"), -1)
	expect(t, m, `guest probe level{} gauge -4
guest probe requests_total{code="200"} counter 2.5
guest probe size{a="1",b="2"} histogram [-1 7]
`)
}

func TestObserveRules(t *testing.T) {
	const c, g, h = metrics.Counter, metrics.Gauge, metrics.Histogram
	tests := []struct {
		name   string
		typ    metrics.Type
		metric string
		labels []metrics.Label
		value  float64
		want   string // part of the error
	}{
		{"empty name", c, "", nil, 1, `metric name "": must match`},
		{"upper case", c, "Requests", nil, 1, `metric name "Requests": must match [a-z_][a-z0-9_]*`},
		{"leading digit", c, "2xx", nil, 1, "must match"},
		{"colon", c, "a:b", nil, 1, "must match"},
		{"not ASCII", c, "größe", nil, 1, "must match"},
		{"line break", c, "a\nb", nil, 1, `"a\nb"`},
		{"reserved name", c, "__a", nil, 1, "must not begin with __"},
		{"bucket", h, "a_bucket", nil, 1, "must not end in _bucket"},
		{"sum", c, "a_sum", nil, 1, "must not end in _sum"},
		{"count", g, "a_count", nil, 1, "must not end in _count"},
		{"only a suffix", g, "_count", nil, 1, "must not end in _count"},
		{"empty label", c, "a", lb("", ""), 1, `label name "": must match`},
		{"label's case", c, "a", lb("Code", "1"), 1, `metric "a": label name "Code": must match`},
		{"reserved label name", c, "a", lb("__x", "1"), 1, "must not begin with __"},
		{"runner", c, "a", lb("runner", "other"), 1, "the label runner is the host's"},
		{"le", h, "a", lb("le", "1"), 1, "the label le is the host's"},
		{"quantile", g, "a", lb("quantile", "1"), 1, "the label quantile is the host's"},
		{"label twice", c, "a", lb("x", "1", "y", "2", "x", "3"), 1, "the label x is given twice"},
		{"value not UTF-8", c, "a", lb("x", "\xff"), 1, "value of the label x is not UTF-8"},
		{"negative counter", c, "a", nil, -1, "can't go down by 1"},
		{"NaN counter", c, "a", nil, math.NaN(), "must be finite"},
		{"infinite gauge", g, "a", nil, math.Inf(-1), "must be finite"},
		{"infinite histogram", h, "a", nil, math.Inf(1), "must be finite"},
		{"unknown type", metrics.Histogram + 1, "a", nil, 1, "no such type: 3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := metrics.NewMemory()
			e := metrics.NewGuests(m).Emitter("probe", 10, nil)
			// A known series must not open a way past the rules.
			observe(t, e, tt.typ%3, "a", nil, 1)
			before := m.String()
			err := e.Observe(tt.typ, tt.metric, tt.labels, tt.value)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
			expect(t, m, before)
		})
	}
}

func TestObserveAccepts(t *testing.T) {
	full := strings.Repeat("n", metrics.MaxName)
	value := strings.Repeat("v", metrics.MaxLabelValue)
	var eight []metrics.Label
	for i := range metrics.MaxLabels {
		eight = append(eight, metrics.Label{Name: fmt.Sprintf("l%d", i), Value: value})
	}
	m := metrics.NewMemory()
	e := metrics.NewGuests(m).Emitter("probe", 10, nil)
	observe(t, e, metrics.Counter, full, eight, 1)
	observe(t, e, metrics.Counter, "_", lb(full, ""), 0)
	observe(t, e, metrics.Counter, "runner", lb("_x9", "line\nbreak"), 1)
	if n := strings.Count(m.String(), "\n"); n != 3 || strings.Contains(m.String(), "dropped") {
		t.Errorf("not all accepted:\n%s", m)
	}
}

func TestObserveDropsWhatIsTooBig(t *testing.T) {
	long := strings.Repeat("x", 129)
	var nine []metrics.Label
	for i := range 9 {
		nine = append(nine, metrics.Label{Name: fmt.Sprintf("l%d", i)})
	}
	tests := []struct {
		name   string
		metric string
		labels []metrics.Label
		reason string
	}{
		{"name", long, nil, metrics.DropName},
		{"name, whatever is in it", long + "\xff", nil, metrics.DropName},
		{"label name", "a", lb(long, "1"), metrics.DropName},
		{"labels", "a", nine, metrics.DropLabels},
		{"label value", "a", lb("x", long), metrics.DropLabelValue},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := metrics.NewMemory()
			e := metrics.NewGuests(m).Emitter("probe", 10, nil)
			observe(t, e, metrics.Counter, tt.metric, tt.labels, 1)
			expect(t, m, "dropped probe "+tt.reason+" 1\n")
		})
	}
}

func TestFirstUseFixes(t *testing.T) {
	m := metrics.NewMemory()
	guests := metrics.NewGuests(m)
	first, second := guests.Emitter("first", 10, nil), guests.Emitter("second", 10, nil)
	observe(t, first, metrics.Counter, "hits", lb("zone", "eu"), 1)
	observe(t, second, metrics.Counter, "hits", lb("zone", "us"), 1)
	observe(t, second, metrics.Gauge, "hits", lb("zone", "us"), 1)            // a known series, another type
	observe(t, second, metrics.Gauge, "hits", lb("zone", "asia"), 1)          // a new series, another type
	observe(t, second, metrics.Counter, "hits", nil, 1)                       // fewer labels
	observe(t, second, metrics.Counter, "hits", lb("zone", "us", "x", ""), 1) // more
	observe(t, first, metrics.Counter, "hits", lb("area", "eu"), 1)           // others
	expect(t, m, `dropped first conflict 1
dropped second conflict 4
guest first hits{zone="eu"} counter 1
guest second hits{zone="us"} counter 1
`)
}

func TestNameOfTheHost(t *testing.T) {
	m := metrics.NewMemory()
	e := metrics.NewGuests(m).Emitter("probe", 10, nil)
	observe(t, e, metrics.Counter, metrics.DroppedName, nil, 1)
	observe(t, e, metrics.Counter, metrics.DroppedName, lb("reason", "series"), 1)
	observe(t, e, metrics.Gauge, metrics.DroppedName, nil, 1)
	expect(t, m, "dropped probe conflict 3\n")
	if err := e.Observe(metrics.Counter, metrics.DroppedName, lb("reason", "x", "runner", "probe"), 1); err == nil {
		t.Error("a guest emitted the host's own series")
	}
}

func TestSeriesBudget(t *testing.T) {
	m := metrics.NewMemory()
	guests := metrics.NewGuests(m)
	e := guests.Emitter("probe", 2, nil)
	observe(t, e, metrics.Counter, "a", lb("x", "1"), 1)
	observe(t, e, metrics.Counter, "a", lb("x", "2"), 1)
	observe(t, e, metrics.Counter, "a", lb("x", "3"), 1)         // one too many
	observe(t, e, metrics.Gauge, "b", nil, 1)                    // so is that
	observe(t, e, metrics.Gauge, "a", lb("x", "3"), 1)           // a conflict before all
	observe(t, e, metrics.Counter, "a", lb("x", "1"), 1)         // known
	other := guests.Emitter("other", 2, nil)                     // has a budget of its own
	observe(t, other, metrics.Histogram, "b", lb("y", ""), 0.25) // what was dropped fixed nothing
	expect(t, m, `dropped probe conflict 1
dropped probe series 2
guest other b{y=""} histogram [0.25]
guest probe a{x="1"} counter 2
guest probe a{x="2"} counter 1
`)
}

func TestReloadKeepsTheBudget(t *testing.T) {
	m := metrics.NewMemory()
	guests := metrics.NewGuests(m)
	old := guests.Emitter("probe", 2, nil)
	observe(t, old, metrics.Counter, "a", nil, 1)
	for range 3 {
		guests.Emitter("probe", 2, nil)
	}
	reloaded := guests.Emitter("probe", 2, nil)
	observe(t, reloaded, metrics.Counter, "b", nil, 1)
	observe(t, reloaded, metrics.Counter, "c", nil, 1) // the third of the runner
	observe(t, old, metrics.Counter, "d", nil, 1)      // a call in flight on the version before
	observe(t, reloaded, metrics.Counter, "a", nil, 1)

	observe(t, guests.Emitter("probe", 3, nil), metrics.Counter, "c", nil, 1) // a higher limit
	lowered := guests.Emitter("probe", 0, nil)
	observe(t, lowered, metrics.Counter, "e", nil, 1)
	observe(t, lowered, metrics.Counter, "a", nil, 1) // what it has stays
	expect(t, m, `dropped probe series 3
guest probe a{} counter 3
guest probe b{} counter 1
guest probe c{} counter 1
`)
}

// metricOf is a backend that remembers the last metric.
type metricOf struct {
	metrics.NoOp
	last *metrics.Metric
}

func (b *metricOf) GuestMetric(_ string, m *metrics.Metric, _ []string, _ float64) { b.last = m }

func TestDeclaredMetrics(t *testing.T) {
	size := metrics.Metric{Name: "size", Type: metrics.Histogram, Help: "Bytes.", Labels: []string{"x"}, Buckets: []float64{1, 10}}
	bad := size
	bad.Buckets = []float64{10, 1}
	tests := []struct {
		name     string
		declared []metrics.Metric
		typ      metrics.Type
		help     string
		buckets  []float64
	}{
		{"declared", []metrics.Metric{size}, metrics.Histogram, "Bytes.", []float64{1, 10}},
		{"not declared", nil, metrics.Histogram, "", metrics.DurationBuckets()},
		{"declared with another type", []metrics.Metric{size}, metrics.Gauge, "", nil},
		{"declared with no buckets", []metrics.Metric{{Name: "size", Type: metrics.Histogram, Help: "S."}}, metrics.Histogram, "S.", metrics.DurationBuckets()},
		{"bad declaration", []metrics.Metric{bad}, metrics.Histogram, "", metrics.DurationBuckets()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b metricOf
			observe(t, metrics.NewGuests(&b).Emitter("probe", 10, tt.declared), tt.typ, "size", nil, 1)
			if b.last.Help != tt.help || !slices.Equal(b.last.Buckets, tt.buckets) || b.last.Type != tt.typ {
				t.Errorf("got %+v, want help %q and buckets %v", *b.last, tt.help, tt.buckets)
			}
		})
	}
}

// The first runner to use a name decides its help and buckets, not the first to declare it.
func TestFirstUserDeclares(t *testing.T) {
	var b metricOf
	guests := metrics.NewGuests(&b)
	declarer := guests.Emitter("declarer", 10, []metrics.Metric{{Name: "size", Type: metrics.Histogram, Buckets: []float64{1}}})
	user := guests.Emitter("user", 10, []metrics.Metric{{Name: "size", Type: metrics.Histogram, Buckets: []float64{2}}})
	observe(t, user, metrics.Histogram, "size", nil, 1)
	first := b.last
	observe(t, declarer, metrics.Histogram, "size", nil, 1)
	if b.last != first {
		t.Error("the same name came with two metrics")
	}
	if !slices.Equal(first.Buckets, []float64{2}) {
		t.Errorf("buckets %v, want the first user's", first.Buckets)
	}
}

// What a caller passes may be views of guest memory, which change after the call.
func TestNothingOfTheCallerIsKept(t *testing.T) {
	m := metrics.NewMemory()
	e := metrics.NewGuests(m).Emitter("probe", 10, nil)
	labels := lb("x", "1")
	observe(t, e, metrics.Counter, "a", labels, 1)
	labels[0] = metrics.Label{Name: "y", Value: "2"}
	observe(t, e, metrics.Counter, "a", lb("x", "1"), 1)
	expect(t, m, "guest probe a{x=\"1\"} counter 2\n")
}

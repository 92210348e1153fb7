package prometheus_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/metrics/prometheus"
)

// both tells two backends the same.
type both struct {
	*metrics.Memory
	shown *prometheus.Backend
}

func (b both) GuestMetric(runner string, m *metrics.Metric, labels []string, value float64) {
	b.Memory.GuestMetric(runner, m, labels, value)
	b.shown.GuestMetric(runner, m, labels, value)
}

func (b both) GuestDropped(runner, reason string) {
	b.Memory.GuestDropped(runner, reason)
	b.shown.GuestDropped(runner, reason)
}

// Names that are chosen to get in each other's way.
var (
	hostile = []string{
		"x", "x_sum", "x_count", "x_bucket", "x_total", "x_created", "x_info", "dropped_total", "dropped", "dropped_total_total",
		"_", "__x", "le", "runner", "X", "", "größe", "build_info", strings.Repeat("x", 128), strings.Repeat("x", 129), "reason",
	}
	hostileValues = []string{"", "a", "\"", "\\", "\n", "\xff", "\x00", "ü", strings.Repeat("v", 129), "a,b=\"c\"}"}
	numbers       = []float64{0, 1, -1, 0.5, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, math.NaN(), math.Inf(1), 1 << 63}
)

// FuzzGather lets several guests emit what the bytes say. Whatever it is, gathering succeeds, the text can be parsed,
// and has what an independent backend was told.
func FuzzGather(f *testing.F) {
	// Each observation is six bytes: type and runner, name, how many labels, the first one's name and value, number.
	f.Add([]byte("\x00\x00\x00\x00\x00\x01"))
	f.Add([]byte("\x02\x00\x00\x00\x00\x01" + "\x00\x01\x00\x00\x00\x01" + "\x01\x02\x00\x00\x00\x01")) // x, x_sum, x_count
	f.Add([]byte("\x00\x07\x00\x00\x00\x01" + "\x00\x13\x00\x00\x00\x01"))                              // dropped_total, and a drop
	f.Add([]byte("\x00\x07\x01\x14\x01\x01" + "\x00\x13\x00\x00\x00\x01"))                              // with the label reason
	f.Add([]byte("\x00\x00\x01\x00\x05\x01" + "\x04\x00\x01\x00\x02\x01" + "\x05\x00\x00\x00\x00\x01")) // values, runners, types
	all := make([]byte, 0, 6*len(hostile)*len(numbers))
	for i := range len(hostile) * len(numbers) {
		all = append(all, byte(i), byte(i%len(hostile)), byte(i%3), byte(i/2), byte(i/3), byte(i/len(hostile)))
	}
	f.Add(all)
	f.Fuzz(func(t *testing.T, script []byte) {
		b := both{metrics.NewMemory(), newBackend(t, prometheus.Options{})}
		guests := metrics.NewGuests(b)
		buckets := []metrics.Metric{{Name: "x", Type: metrics.Histogram, Help: "\\\n\x1b", Buckets: []float64{-1, 0, 2}}}
		for ; len(script) >= 6; script = script[6:] {
			e := guests.Emitter(fmt.Sprintf("r%d", script[0]>>2%3), 5, buckets)
			var ls []metrics.Label
			for i := range script[2] % 3 {
				ls = append(ls, metrics.Label{
					Name:  hostile[(int(script[3])+int(i))%len(hostile)],
					Value: hostileValues[(int(script[4])+int(i))%len(hostileValues)],
				})
			}
			// An error would trap the guest; nothing of it may arrive, which the comparison below sees.
			_ = e.Observe(metrics.Type(script[0]%4), hostile[int(script[1])%len(hostile)], ls, numbers[int(script[5])%len(numbers)])
		}
		text := exposition(t, b.shown)
		parser := expfmt.NewTextParser(model.LegacyValidation)
		parsed, err := parser.TextToMetricFamilies(strings.NewReader(text))
		if n := strings.Count(text, "# TYPE "); err != nil || len(parsed) != n {
			t.Fatalf("%d families were written and %d parsed, error %v", n, len(parsed), err)
		}
		for name, family := range parsed {
			for _, m := range family.Metric {
				shown := map[string]string{}
				for _, l := range m.Label {
					shown[l.GetName()] = l.GetValue()
				}
				value := m.Counter.GetValue() + m.Gauge.GetValue() + m.Histogram.GetSampleSum()
				compare(t, b.Memory, name, shown, value, m.Histogram.GetSampleCount())
			}
		}
	})
}

// compare holds a series that was shown against what the memory was told. Count is a histogram's, or 0.
func compare(t *testing.T, memory *metrics.Memory, name string, shown map[string]string, value float64, count uint64) {
	t.Helper()
	name, runner := strings.TrimPrefix(name, "solti_guest_"), shown["runner"]
	if name == metrics.DroppedName {
		if want := memory.Dropped(runner, shown["reason"]); value != float64(want) {
			t.Fatalf("%v dropped by %s for %s, want %v", value, runner, shown["reason"], want)
		}
		return
	}
	var own []metrics.Label
	for name, value := range shown {
		if name != "runner" {
			own = append(own, metrics.Label{Name: name, Value: value})
		}
	}
	told := memory.Observations(runner, name, own...)
	if len(told) == 0 {
		t.Fatalf("%s of %s is shown, and nobody emitted it", name, runner)
	}
	if want := memory.Guest(runner, name, own...); value != want {
		t.Fatalf("%s of %s is %v, want %v", name, runner, value, want)
	}
	if count != 0 && count != uint64(len(told)) {
		t.Fatalf("%s of %s counts %d, want %d", name, runner, count, len(told))
	}
}

// A scrape of 20 runners that have all the series that they may have by default.
func BenchmarkGather(b *testing.B) {
	backend := newBackend(b, prometheus.Options{})
	guests := metrics.NewGuests(backend)
	for r := range 20 {
		e := guests.Emitter(fmt.Sprintf("r%d", r), 200, nil)
		for i := range 200 {
			observe(b, e, metrics.Counter, "n", labels("i", fmt.Sprint(i)), 1)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := backend.Gatherer().Gather(); err != nil {
			b.Fatal(err)
		}
	}
}

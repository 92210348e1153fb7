package prometheus_test

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/metrics/prometheus"
)

// Two hosts may share a backend, and their guests may mean different things by one name.
func TestTwoGuestsShareABackend(t *testing.T) {
	b := newBackend(t, prometheus.Options{})
	first, second := metrics.NewGuests(b).Emitter("a", 10, nil), metrics.NewGuests(b).Emitter("b", 10, nil)
	observe(t, first, metrics.Counter, "same", labels("x", "1"), 1)
	observe(t, second, metrics.Counter, "same", labels("x", "1"), 2)
	observe(t, first, metrics.Counter, "differs", nil, 1)
	observe(t, second, metrics.Gauge, "differs", nil, 1)
	observe(t, first, metrics.Counter, "labels_differ", labels("x", "1"), 1)
	observe(t, second, metrics.Counter, "labels_differ", labels("y", "1"), 1)
	got := exposition(t, b)
	for _, line := range []string{
		`solti_guest_same{runner="a",x="1"} 1`,
		`solti_guest_same{runner="b",x="1"} 2`,
		`solti_guest_differs{runner="a"} 1`,
		`solti_guest_labels_differ{runner="a",x="1"} 1`,
		`solti_guest_dropped_total{reason="conflict",runner="b"} 2`,
	} {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("no line %s in:\n%s", line, got)
		}
	}
}

// What metrics.Guests would not let pass must not panic either, or spoil what is gathered.
func TestGuestMetricWithoutGuests(t *testing.T) {
	b := newBackend(t, prometheus.Options{})
	b.GuestMetric("a", &metrics.Metric{Name: "type", Type: 9}, nil, 1)
	b.GuestMetric("a", &metrics.Metric{Name: "count", Labels: []string{"x"}}, nil, 1)
	b.GuestMetric("a", &metrics.Metric{Name: "many", Labels: strings.Split("abcdefghi", "")}, make([]string, 9), 1)
	b.GuestMetric("a", &metrics.Metric{Name: "clash", Labels: []string{"runner"}}, []string{"b"}, 1)
	b.GuestMetric("a", &metrics.Metric{Name: "text", Labels: []string{"x"}}, []string{"\xff"}, 1)
	want := `solti_guest_dropped_total{reason="conflict",runner="a"} 4` + "\n"
	if got := exposition(t, b); !strings.HasSuffix(got, want) || strings.Count(got, "\n") != 3 {
		t.Errorf("got:\n%s\nwant only %s", got, want)
	}
}

// Values that overflow end at infinity, and everything can still be read.
func TestOverflow(t *testing.T) {
	b := newBackend(t, prometheus.Options{})
	e := metrics.NewGuests(b).Emitter("a", 10, nil)
	for _, v := range []float64{math.MaxFloat64, math.MaxFloat64} {
		observe(t, e, metrics.Counter, "c", nil, v)
		observe(t, e, metrics.Histogram, "h", nil, -v)
	}
	observe(t, e, metrics.Histogram, "h", nil, math.MaxFloat64)
	for range 2 { // an integer counter would be back at 0
		observe(t, e, metrics.Counter, "wide", nil, 1<<63)
	}
	got := exposition(t, b)
	for _, line := range []string{`solti_guest_c{runner="a"} +Inf`, `solti_guest_h_sum{runner="a"} -Inf`, `solti_guest_wide{runner="a"} 1.8446744073709552e+19`} {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("no line %s in:\n%s", line, got)
		}
	}
}

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
		families, err := b.shown.Gatherer().Gather()
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		for _, f := range families {
			if _, err := expfmt.MetricFamilyToText(&text, f); err != nil {
				t.Fatal(err)
			}
		}
		parser := expfmt.NewTextParser(model.LegacyValidation)
		parsed, err := parser.TextToMetricFamilies(&text)
		if err != nil || len(parsed) != len(families) {
			t.Fatalf("%d families were gathered and %d parsed, error %v", len(families), len(parsed), err)
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

func TestHammer(t *testing.T) {
	const workers, rounds = 4, 300
	b := newBackend(t, prometheus.Options{})
	guests := metrics.NewGuests(b)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			e := guests.Emitter(fmt.Sprintf("r%d", w%2), 1000, nil)
			for i := range rounds {
				b.TaskStarted("r")
				b.TaskCompleted("r", metrics.Success, time.Second)
				b.RunnerError("r", "k")
				observe(t, e, metrics.Counter, "n", labels("i", fmt.Sprint(i%50)), 1)
				observe(t, e, metrics.Histogram, fmt.Sprintf("h%d", i%50), nil, 1)
				if i%50 == 0 {
					if _, err := b.Gatherer().Gather(); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	got := exposition(t, b)
	for line, n := range map[string]int{
		`solti_runner_tasks_started_total{runner="r"}`:                           workers * rounds,
		`solti_runner_task_duration_seconds_count{outcome="success",runner="r"}`: workers * rounds,
		`solti_runner_errors_total{error="k",runner="r"}`:                        workers * rounds,
		`solti_guest_n{i="49",runner="r0"}`:                                      workers / 2 * rounds / 50,
		`solti_guest_h7_count{runner="r1"}`:                                      workers / 2 * rounds / 50,
	} {
		if !strings.Contains(got, fmt.Sprintf("%s %d\n", line, n)) {
			t.Errorf("no line %s %d", line, n)
		}
	}
}

// A series that is known costs no allocation, with metrics.Guests in front.
func TestKnownSeriesDoNotAllocate(t *testing.T) {
	b := newBackend(t, prometheus.Options{})
	e := metrics.NewGuests(b).Emitter("a", 10, nil)
	ls := labels("code", "200", "method", "get")
	n := testing.AllocsPerRun(100, func() {
		b.TaskStarted("a")
		b.TaskCompleted("a", metrics.Success, time.Second)
		b.RunnerError("a", "k")
		b.GuestDropped("a", "series")
		observe(t, e, metrics.Counter, "c", ls, 1)
		observe(t, e, metrics.Gauge, "g", ls, 1)
		observe(t, e, metrics.Histogram, "h", ls, 1)
	})
	if n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func BenchmarkTaskCompleted(b *testing.B) {
	backend := newBackend(b, prometheus.Options{})
	b.ReportAllocs()
	for b.Loop() {
		backend.TaskCompleted("subprocess", metrics.Success, time.Second)
	}
}

func BenchmarkGuestMetric(b *testing.B) {
	for _, typ := range []metrics.Type{metrics.Counter, metrics.Histogram} {
		b.Run(typ.String(), func(b *testing.B) {
			e := metrics.NewGuests(newBackend(b, prometheus.Options{})).Emitter("a", 10, nil)
			ls := labels("code", "200", "method", "get")
			b.ReportAllocs()
			for b.Loop() {
				if err := e.Observe(typ, "n", ls, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
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

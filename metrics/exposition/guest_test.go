package exposition_test

import (
	"fmt"
	"io"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/metrics/exposition"
)

// Two hosts may share a backend, and their guests may mean different things by one name.
func TestTwoGuestsShareABackend(t *testing.T) {
	b := newBackend(t, exposition.Options{})
	first, second := metrics.NewGuests(b).Emitter("a", 10, nil), metrics.NewGuests(b).Emitter("b", 10, nil)
	observe(t, first, metrics.Counter, "same", labels("x", "1"), 1)
	observe(t, second, metrics.Counter, "same", labels("x", "1"), 2)
	observe(t, first, metrics.Counter, "differs", nil, 1)
	observe(t, second, metrics.Gauge, "differs", nil, 1)
	observe(t, first, metrics.Counter, "labels_differ", labels("x", "1"), 1)
	observe(t, second, metrics.Counter, "labels_differ", labels("y", "1"), 1)
	got := written(t, b)
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

// What metrics.Guests would not let pass must not panic either, or spoil what is written.
func TestGuestMetricWithoutGuests(t *testing.T) {
	b := newBackend(t, exposition.Options{})
	b.GuestMetric("a", &metrics.Metric{Name: "type", Type: 9}, nil, 1)
	b.GuestMetric("a", &metrics.Metric{Name: "count", Labels: []string{"x"}}, nil, 1)
	b.GuestMetric("a", &metrics.Metric{Name: "many", Labels: strings.Split("abcdefghi", "")}, make([]string, 9), 1)
	b.GuestMetric("a", &metrics.Metric{Name: "clash", Labels: []string{"runner"}}, []string{"b"}, 1)
	b.GuestMetric("a", &metrics.Metric{Name: "text", Labels: []string{"x"}}, []string{"\xff"}, 1)
	want := `solti_guest_dropped_total{reason="conflict",runner="a"} 4` + "\n"
	if got := written(t, b); !strings.HasSuffix(got, want) || strings.Count(got, "\n") != 3 {
		t.Errorf("got:\n%s\nwant only %s", got, want)
	}
}

// Values that overflow end at infinity.
func TestOverflow(t *testing.T) {
	b := newBackend(t, exposition.Options{})
	e := metrics.NewGuests(b).Emitter("a", 10, nil)
	for _, v := range []float64{math.MaxFloat64, math.MaxFloat64} {
		observe(t, e, metrics.Counter, "c", nil, v)
		observe(t, e, metrics.Histogram, "h", nil, -v)
	}
	observe(t, e, metrics.Histogram, "h", nil, math.MaxFloat64)
	for range 2 { // an integer counter would be back at 0
		observe(t, e, metrics.Counter, "wide", nil, 1<<63)
	}
	got := written(t, b)
	for _, line := range []string{`solti_guest_c{runner="a"} +Inf`, `solti_guest_h_sum{runner="a"} -Inf`, `solti_guest_wide{runner="a"} 1.8446744073709552e+19`} {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("no line %s in:\n%s", line, got)
		}
	}
}

func TestHammer(t *testing.T) {
	const workers, rounds = 4, 300
	b := newBackend(t, exposition.Options{})
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
					if err := b.Write(io.Discard); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	got := written(t, b)
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
	b := newBackend(t, exposition.Options{})
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
	backend := newBackend(b, exposition.Options{})
	b.ReportAllocs()
	for b.Loop() {
		backend.TaskCompleted("subprocess", metrics.Success, time.Second)
	}
}

func BenchmarkGuestMetric(b *testing.B) {
	for _, typ := range []metrics.Type{metrics.Counter, metrics.Histogram} {
		b.Run(typ.String(), func(b *testing.B) {
			e := metrics.NewGuests(newBackend(b, exposition.Options{})).Emitter("a", 10, nil)
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

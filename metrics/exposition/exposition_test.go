package exposition_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/metrics/exposition"
)

func newBackend(t testing.TB, opts exposition.Options) *exposition.Backend {
	t.Helper()
	b, err := exposition.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// written returns what Write writes.
func written(t testing.TB, b *exposition.Backend) string {
	t.Helper()
	var text strings.Builder
	if err := b.Write(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// labels makes labels from alternating names and values.
func labels(pairs ...string) []metrics.Label {
	var all []metrics.Label
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, metrics.Label{Name: pairs[i], Value: pairs[i+1]})
	}
	return all
}

func observe(t testing.TB, e *metrics.Emitter, typ metrics.Type, name string, labels []metrics.Label, value float64) {
	t.Helper()
	if err := e.Observe(typ, name, labels, value); err != nil {
		t.Fatal(err)
	}
}

// What the format asks for in numbers and escapes, and that series are sorted by the values of their labels.
func TestWrite(t *testing.T) {
	b := newBackend(t, exposition.Options{})
	e := metrics.NewGuests(b).Emitter("r", 20, []metrics.Metric{
		{Name: "h", Type: metrics.Histogram, Help: "a \\ and\na line", Buckets: []float64{-0.5, 1e9}},
	})
	observe(t, e, metrics.Histogram, "h", labels("x", "a\"b\\c\nd"), 0.25)
	for i, v := range []float64{0, math.Copysign(0, -1), 1e6, 123456.75, 1e-7, 21e20} {
		observe(t, e, metrics.Gauge, "g", labels("b", string(rune('z'-i)), "z", "1"), v)
	}
	want := `# HELP solti_guest_g Emitted by a guest, which says no more about it.
# TYPE solti_guest_g gauge
solti_guest_g{b="u",runner="r",z="1"} 2.1e+21
solti_guest_g{b="v",runner="r",z="1"} 1e-07
solti_guest_g{b="w",runner="r",z="1"} 123456.75
solti_guest_g{b="x",runner="r",z="1"} 1e+06
solti_guest_g{b="y",runner="r",z="1"} 0
solti_guest_g{b="z",runner="r",z="1"} 0
# HELP solti_guest_h a \\ and\na line
# TYPE solti_guest_h histogram
solti_guest_h_bucket{runner="r",x="a\"b\\c\nd",le="-0.5"} 0
solti_guest_h_bucket{runner="r",x="a\"b\\c\nd",le="1e+09"} 1
solti_guest_h_bucket{runner="r",x="a\"b\\c\nd",le="+Inf"} 1
solti_guest_h_sum{runner="r",x="a\"b\\c\nd"} 0.25
solti_guest_h_count{runner="r",x="a\"b\\c\nd"} 1
`
	if got := written(t, b); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// full is a writer that takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestWriteFails(t *testing.T) {
	b := newBackend(t, exposition.Options{})
	b.TaskStarted("a")
	if err := b.Write(full{}); err == nil || err.Error() != "full" {
		t.Errorf("got %v, want the writer's error", err)
	}
}

func TestNothingToShowYet(t *testing.T) {
	if got := written(t, newBackend(t, exposition.Options{})); got != "" {
		t.Errorf("got:\n%s\nwant nothing", got)
	}
}

func TestDurationBuckets(t *testing.T) {
	b := newBackend(t, exposition.Options{})
	b.TaskCompleted("a", metrics.Failure, time.Minute)
	got := written(t, b)
	for _, line := range []string{
		`solti_runner_task_duration_seconds_bucket{outcome="failure",runner="a",le="30"} 0`,
		`solti_runner_task_duration_seconds_bucket{outcome="failure",runner="a",le="60"} 1`,
		`solti_runner_task_duration_seconds_bucket{outcome="failure",runner="a",le="3600"} 1`,
		`solti_runner_task_duration_seconds_sum{outcome="failure",runner="a"} 60`,
	} {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("no line %s in:\n%s", line, got)
		}
	}
}

func TestBadOptions(t *testing.T) {
	tests := []struct {
		name string
		opts exposition.Options
		want string
	}{
		{"label of the host", exposition.Options{Labels: map[string]string{"outcome": "x"}}, "duplicate label names"},
		{"no label name", exposition.Options{Labels: map[string]string{"__x": "y"}}, "not a valid label name"},
		{"label's value", exposition.Options{Labels: map[string]string{"x": "\xff"}}, "not valid UTF-8"},
		{"build label", exposition.Options{Build: map[string]string{"": "y"}}, "not a valid label name"},
		{"build value", exposition.Options{Build: map[string]string{"version": "\xff"}}, "not valid UTF-8"},
		{"both", exposition.Options{Labels: map[string]string{"go": "a"}, Build: map[string]string{"go": "b"}}, "give it once"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := exposition.New(tt.opts); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestConstantLabels(t *testing.T) {
	b := newBackend(t, exposition.Options{Labels: map[string]string{"zone": "eu"}, Build: map[string]string{"version": "v1"}})
	b.TaskStarted("a")
	e := metrics.NewGuests(b).Emitter("a", 10, nil)
	observe(t, e, metrics.Counter, "n", nil, 1)
	observe(t, e, metrics.Counter, "m", labels("zone", "us"), 1)
	observe(t, e, metrics.Counter, "m", labels("zone", "us"), 1)
	got := written(t, b)
	for _, line := range []string{
		`solti_build_info{version="v1",zone="eu"} 1`,
		`solti_guest_dropped_total{reason="conflict",runner="a",zone="eu"} 2`,
		`solti_guest_n{runner="a",zone="eu"} 1`,
		`solti_runner_tasks_started_total{runner="a",zone="eu"} 1`,
	} {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("no line %s in:\n%s", line, got)
		}
	}
}

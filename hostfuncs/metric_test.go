package hostfuncs_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/metrics"
)

// emit calls one of the metric functions.
func (g *guest) emit(function, name, labels string, value float64) error {
	g.t.Helper()
	namePtr, nameLen := g.put(0, name)
	labelsPtr, labelsLen := g.put(1024, labels)
	_, err := g.call(function, namePtr, nameLen, labelsPtr, labelsLen, value)
	return err
}

func TestMetrics(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseBuild, hostfuncs.Call{})
	emit := func(function, name, labels string, value float64) {
		t.Helper()
		if err := g.emit(function, name, labels, value); err != nil {
			t.Error(err)
		}
	}
	emit("metric_add", "builds", "", 1)
	emit("metric_add", "builds", "", 2.5)
	emit("metric_set", "depth", `{"queue":"a","zone":"eu"}`, 7)
	emit("metric_set", "depth", `{ "zone" : "eu", "queue" : "\u0061" }`, -4)
	emit("metric_set", "depth", `{"queue":"b","zone":"eu"}`, 1)
	emit("metric_observe", "took", `{}`, 0.25)
	emit("metric_observe", "took", ``, 4)
	want := `guest r1 builds{} counter 3.5
guest r1 depth{queue="a",zone="eu"} gauge -4
guest r1 depth{queue="b",zone="eu"} gauge 1
guest r1 took{} histogram [0.25 4]
`
	if got := g.backend.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestMetricFaults(t *testing.T) {
	tests := []struct {
		function, name, labels string
		value                  float64
		words                  string // of the error
	}{
		{"metric_add", "", "", 1, "metric_add: "},
		{"metric_add", "Up", "", 1, "[a-z_][a-z0-9_]*"},
		{"metric_add", "up\xff", "", 1, "[a-z_][a-z0-9_]*"},
		{"metric_set", "__up", "", 1, "__"},
		{"metric_set", "up_bucket", "", 1, "_bucket"},
		{"metric_set", "up_sum", "", 1, "_sum"},
		{"metric_set", "up_count", "", 1, "_count"},
		{"metric_add", "up", "", -1, "can't go down"},
		{"metric_add", "up", "", math.NaN(), "finite"},
		{"metric_set", "up", "", math.Inf(1), "finite"},
		{"metric_observe", "up", "", math.Inf(-1), "finite"},
		{"metric_add", "up", `{"runner":"x"}`, 1, "runner"},
		{"metric_add", "up", `{"le":"x"}`, 1, "le"},
		{"metric_add", "up", `{"quantile":"x"}`, 1, "quantile"},
		{"metric_add", "up", `{"A":"x"}`, 1, "[a-z_][a-z0-9_]*"},
		{"metric_add", "up", `{"":"x"}`, 1, "[a-z_][a-z0-9_]*"},
		{"metric_add", "up", `{"a":1}`, 1, `labels: the value of "a" is not a string`},
		{"metric_add", "up", `{"a":{}}`, 1, "labels: "},
		{"metric_add", "up", `["a"]`, 1, "labels: expected an object of strings"},
		{"metric_add", "up", `"a"`, 1, "labels: expected an object of strings"},
		{"metric_add", "up", `{"a":"b"`, 1, "labels: "},
		{"metric_add", "up", `{"a":"b"} x`, 1, "labels: "},
		{"metric_add", "up", `{"a":"b","a":"c"}`, 1, "labels: "},
		{"metric_add", "up", "{\"a\":\"\xff\"}", 1, "labels: "},
		{"metric_add", "up", "\x00", 1, "labels: "},
		{"metric_add", "up", " ", 1, "labels: "},
		{"metric_add", "up", strings.Repeat("[", 5000), 1, "labels: "},
	}
	for _, test := range tests {
		g := newGuest(t).begin(abi.PhaseBuild, hostfuncs.Call{})
		for range 2 { // a fault is none that is remembered as something else
			err := g.emit(test.function, test.name, test.labels, test.value)
			var fault *hostfuncs.Fault
			if !errors.As(err, &fault) || fault.Function != test.function || !strings.Contains(err.Error(), test.words) {
				t.Errorf("%s(%q, %.40q, %v): %v; want a fault with %q",
					test.function, test.name, test.labels, test.value, err, test.words)
			}
		}
		if got := g.backend.String(); got != "" {
			t.Errorf("%s(%q, %.40q, %v) emitted %s", test.function, test.name, test.labels, test.value, got)
		}
	}
}

// TestMetricDrops: what is over a limit is dropped and counted, however large it is, and never traps.
func TestMetricDrops(t *testing.T) {
	many := func(n int) string {
		var pairs []string
		for i := range n {
			pairs = append(pairs, fmt.Sprintf(`"l%d":"v"`, i))
		}
		return "{" + strings.Join(pairs, ",") + "}"
	}
	tests := []struct{ name, labels, reason string }{
		{strings.Repeat("n", metrics.MaxName), "", ""},
		{strings.Repeat("n", metrics.MaxName+1), "", metrics.DropName},
		{strings.Repeat("n", 1000), "", metrics.DropName},
		{"up", many(8), ""},
		{"up", many(9), metrics.DropLabels},
		{"up", many(1000), metrics.DropLabels},
		{"up", many(4000), metrics.DropLabels},
		{"up", `{"a":"` + strings.Repeat("v", metrics.MaxLabelValue) + `"}`, ""},
		{"up", `{"a":"` + strings.Repeat("v", metrics.MaxLabelValue+1) + `"}`, metrics.DropLabelValue},
		{"up", `{"` + strings.Repeat("v", metrics.MaxName+1) + `":""}`, metrics.DropName},
	}
	for _, test := range tests {
		g := newGuest(t).begin(abi.PhaseRun, hostfuncs.Call{})
		if err := g.emit("metric_add", test.name, test.labels, 1); err != nil {
			t.Errorf("%.20q %.20q: %v", test.name, test.labels, err)
		}
		dropped := strings.HasPrefix(g.backend.String(), "dropped r1 "+test.reason+" 1")
		if dropped != (test.reason != "") {
			t.Errorf("%.20q %.20q: %.200s; want the reason %q", test.name, test.labels, g.backend, test.reason)
		}
	}
}

// TestLargestLabels: labels that are within every limit are read, however they are written.
func TestLargestLabels(t *testing.T) {
	escaped := func(c byte, n int) string { return strings.Repeat(fmt.Sprintf(`\u%04x`, c), n) }
	var pairs []string
	for i := range metrics.MaxLabels {
		pairs = append(pairs, fmt.Sprintf(`"%s%s":"%s"`, escaped('a', metrics.MaxName-1), escaped(byte('a'+i), 1),
			escaped(1, metrics.MaxLabelValue)))
	}
	g := newGuest(t).begin(abi.PhaseRun, hostfuncs.Call{})
	if err := g.emit("metric_add", "up", "{"+strings.Join(pairs, ",")+"}", 1); err != nil {
		t.Fatal(err)
	}
	if got := g.backend.String(); !strings.HasPrefix(got, "guest r1 up{") {
		t.Errorf("emitted %.200s", got)
	}
}

// TestMetricMemoryIsBounded uses more names and labels than an instance remembers; each still counts as its own.
func TestMetricMemoryIsBounded(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseBuild, hostfuncs.Call{})
	for range 2 {
		for i := range 190 {
			if err := g.emit("metric_add", "up", fmt.Sprintf(`{"n":"%d"}`, i), 1); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i := range 190 {
		if got := g.backend.Guest("r1", "up", metrics.Label{Name: "n", Value: fmt.Sprint(i)}); got != 2 {
			t.Errorf("series %d is %v", i, got)
		}
	}
}

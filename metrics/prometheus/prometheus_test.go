package prometheus_test

import (
	"os"
	"strings"
	"testing"
	"time"

	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"

	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/metrics/prometheus"
)

func newBackend(t testing.TB, opts prometheus.Options) *prometheus.Backend {
	t.Helper()
	b, err := prometheus.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// exposition returns what Write writes, and holds it against what client_golang makes of what is gathered.
func exposition(t testing.TB, b *prometheus.Backend) string {
	t.Helper()
	var own, theirs strings.Builder
	if err := b.Write(&own); err != nil {
		t.Fatal(err)
	}
	families, err := b.Gatherer().Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if _, err := expfmt.MetricFamilyToText(&theirs, f); err != nil {
			t.Fatal(err)
		}
	}
	if own.String() != theirs.String() {
		t.Errorf("written:\n%s\nclient_golang writes:\n%s", own.String(), theirs.String())
	}
	return own.String()
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

// The whole text for one of everything.
func TestExposition(t *testing.T) {
	b := newBackend(t, prometheus.Options{Build: map[string]string{"version": "v1.2.3", "go": "go1.26", "engine": "wazero"}})
	b.TaskStarted("subprocess")
	b.TaskStarted("subprocess")
	b.TaskStarted("http-probe")
	b.TaskCompleted("subprocess", metrics.Success, 50*time.Millisecond)
	b.TaskCompleted("subprocess", metrics.Success, 2*time.Hour)
	b.TaskCompleted("http-probe", metrics.Timeout, 30*time.Second)
	b.TaskRejected("slot_busy")
	b.TaskRejected("slot_busy")
	b.TaskRejected("queue_full")
	b.RunnerError("http-probe", "guest_fault")

	guests := metrics.NewGuests(b)
	probe := guests.Emitter("http-probe", 4, []metrics.Metric{
		{Name: "latency_seconds", Type: metrics.Histogram, Help: "Time to \\ first\nbyte.", Labels: []string{"target"}, Buckets: []float64{0.25, 1}},
	})
	observe(t, probe, metrics.Counter, "requests", labels("method", "get", "code", "200"), 2)
	observe(t, probe, metrics.Counter, "requests", labels("code", "200", "method", "get"), 0.5)
	observe(t, probe, metrics.Gauge, "level", nil, -3)
	observe(t, probe, metrics.Histogram, "latency_seconds", labels("target", "a\"b\\c\nd"), 0.25)
	observe(t, probe, metrics.Histogram, "latency_seconds", labels("target", "a\"b\\c\nd"), 0.5)
	observe(t, probe, metrics.Histogram, "latency_seconds", labels("target", "a\"b\\c\nd"), 4)
	other := guests.Emitter("other", 1, nil)
	observe(t, other, metrics.Gauge, "level", nil, 7)
	observe(t, other, metrics.Gauge, "second", nil, 7)
	observe(t, other, metrics.Counter, "level", nil, 7)

	want, err := os.ReadFile("testdata/exposition.prom")
	if err != nil {
		t.Fatal(err)
	}
	if got := exposition(t, b); got != string(want) {
		t.Errorf("got:\n%s\nwant what testdata/exposition.prom has", got)
	}
}

func TestSharedRegisterer(t *testing.T) {
	shared := client.NewRegistry()
	foreign := client.NewCounter(client.CounterOpts{Name: "embedder_total", Help: "Another's."})
	shared.MustRegister(foreign)
	b := newBackend(t, prometheus.Options{Registerer: shared})
	b.TaskStarted("a")
	observe(t, metrics.NewGuests(b).Emitter("a", 1, nil), metrics.Counter, "n", nil, 1)

	if got, want := names(t, shared), "embedder_total solti_guest_n solti_runner_tasks_started_total"; got != want {
		t.Errorf("the shared registry has %s, want %s", got, want)
	}
	if got, want := names(t, b.Gatherer()), "solti_guest_n solti_runner_tasks_started_total"; got != want {
		t.Errorf("the backend has %s, want %s", got, want)
	}
}

// names gathers, and returns the names of the metrics.
func names(t *testing.T, g client.Gatherer) string {
	t.Helper()
	families, err := g.Gather()
	if err != nil {
		t.Error(err)
	}
	var all []string
	for _, f := range families {
		all = append(all, f.GetName())
	}
	return strings.Join(all, " ")
}

// A registry that refuses something in the host's group must be left as it was.
func TestRegistrationIsAllOrNothing(t *testing.T) {
	taken := func(name, help string) client.Collector {
		return client.NewCounter(client.CounterOpts{Name: name, Help: help})
	}
	tests := []struct {
		name    string
		foreign client.Collector
	}{
		{"first name taken", taken("solti_runner_tasks_started_total", "Mine.")},
		{"last name taken", taken("solti_guest_dropped_total", "Mine.")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			shared := client.NewRegistry()
			shared.MustRegister(tt.foreign)
			if _, err := prometheus.New(prometheus.Options{Registerer: shared}); err == nil {
				t.Fatal("no error")
			}
			if !shared.Unregister(tt.foreign) {
				t.Fatal("the foreign collector is gone")
			}
			if got := names(t, shared); got != "" {
				t.Errorf("left behind: %s", got)
			}
			// Every other name is free still.
			for _, name := range []string{"solti_runner_tasks_completed_total", "solti_runner_task_duration_seconds", "solti_runner_errors_total"} {
				if err := shared.Register(taken(name, "Mine.")); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestOneBackendARegistry(t *testing.T) {
	zone := func(name string) map[string]string { return map[string]string{"zone": name} }
	for _, tt := range []struct {
		name          string
		first, second map[string]string
	}{
		{"no labels", nil, nil},
		{"labels", zone("eu"), zone("eu")},
		{"another label", nil, zone("eu")},
		{"another value", zone("us"), zone("eu")}, // the host's own metrics would not clash, the guests' might
	} {
		t.Run(tt.name, func(t *testing.T) {
			shared := client.NewRegistry()
			newBackend(t, prometheus.Options{Registerer: shared, Labels: tt.first})
			if _, err := prometheus.New(prometheus.Options{Registerer: shared, Labels: tt.second}); err == nil {
				t.Error("a second backend was registered")
			}
		})
	}
}

// refusing is a registerer that takes the host's group and not the guests' collector.
type refusing struct {
	client.Registerer
	taken []client.Collector
}

func (r *refusing) Register(c client.Collector) error {
	if len(r.taken) == 1 {
		return os.ErrPermission
	}
	r.taken = append(r.taken, c)
	return nil
}

func (r *refusing) Unregister(client.Collector) bool {
	r.taken = nil
	return true
}

func TestRegistrationIsUndone(t *testing.T) {
	r := &refusing{}
	if _, err := prometheus.New(prometheus.Options{Registerer: r}); err == nil || len(r.taken) != 0 {
		t.Errorf("error %v with %d collectors left, want an error and none", err, len(r.taken))
	}
}

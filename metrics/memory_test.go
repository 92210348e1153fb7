package metrics_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/metrics"
)

func TestMemory(t *testing.T) {
	m := metrics.NewMemory()
	m.TaskStarted("a")
	m.TaskStarted("a")
	m.TaskCompleted("a", metrics.Success, 2*time.Second)
	m.TaskCompleted("a", metrics.Success, time.Second)
	m.TaskCompleted("a", metrics.Timeout, time.Minute)
	m.TaskRejected("slot_busy")
	m.RunnerError("b", "guest_fault")
	m.GuestDropped("b", "series")
	metric := &metrics.Metric{Name: "size", Type: metrics.Histogram, Labels: []string{"x", "y"}}
	m.GuestMetric("b", metric, []string{"1", `"`}, 2)
	m.GuestMetric("b", metric, []string{"1", `"`}, 0.5)
	m.GuestMetric("b", &metrics.Metric{Name: "level", Type: metrics.Gauge}, nil, 1)
	m.GuestMetric("b", &metrics.Metric{Name: "level", Type: metrics.Gauge}, nil, -3)

	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"started", m.Started("a"), 2},
		{"started elsewhere", m.Started("b"), 0},
		{"completed", m.Completed("a", metrics.Success), 2},
		{"completed otherwise", m.Completed("a", metrics.Failure), 0},
		{"durations", fmt.Sprint(m.Durations("a", metrics.Success)), "[2s 1s]"},
		{"rejected", m.Rejected("slot_busy"), 1},
		{"rejected otherwise", m.Rejected("queue_full"), 0},
		{"errors", m.Errors("b", "guest_fault"), 1},
		{"errors of another kind", m.Errors("b", "timeout"), 0},
		{"dropped", m.Dropped("b", metrics.DropSeries), 1},
		{"gauge", m.Guest("b", "level"), -3.0},
		{"histogram", m.Guest("b", "size", lb("y", `"`, "x", "1")...), 2.5},
		{"observations", fmt.Sprint(m.Observations("b", "size", lb("x", "1", "y", `"`)...)), "[2 0.5]"},
		{"no such series", m.Guest("b", "size"), 0.0},
		{"no observations", len(m.Observations("b", "size")), 0},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %v, want %v", c.what, c.got, c.want)
		}
	}
	expect(t, m, `completed a success 2
completed a timeout 1
dropped b series 1
error b guest_fault 1
guest b level{} gauge -3
guest b size{x="1",y="\""} histogram [0.5 2]
rejected slot_busy 1
started a 2
`)
}

func TestMemoryGivesCopies(t *testing.T) {
	m := metrics.NewMemory()
	m.TaskCompleted("a", metrics.Success, time.Second)
	m.GuestMetric("a", &metrics.Metric{Name: "n"}, nil, 1)
	m.Durations("a", metrics.Success)[0] = 0
	m.Observations("a", "n")[0] = 0
	if !slices.Equal(m.Durations("a", metrics.Success), []time.Duration{time.Second}) || m.Guest("a", "n") != 1 {
		t.Error("a caller changed what is kept")
	}
}

func TestMemoryHammer(t *testing.T) {
	const workers, rounds = 4, 100
	m := metrics.NewMemory()
	metric := &metrics.Metric{Name: "n"}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range rounds {
				m.TaskStarted("a")
				m.TaskCompleted("a", metrics.Success, 1)
				m.TaskRejected("r")
				m.RunnerError("a", "k")
				m.GuestMetric("a", metric, nil, 1)
				m.GuestDropped("a", "r")
				_ = m.String()
				_ = m.Observations("a", "n")
			}
		})
	}
	wg.Wait()
	const all = workers * rounds
	if m.Started("a") != all || m.Completed("a", metrics.Success) != all || m.Rejected("r") != all || m.Errors("a", "k") != all ||
		m.Guest("a", "n") != all || m.Dropped("a", "r") != all {
		t.Errorf("lost some of %d:\n%s", all, m)
	}
}

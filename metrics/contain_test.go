package metrics_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/metrics"
)

// calls names each method of a Backend with a call of it.
var calls = []struct {
	method string
	call   func(metrics.Backend)
}{
	{"TaskStarted", func(b metrics.Backend) { b.TaskStarted("a") }},
	{"TaskCompleted", func(b metrics.Backend) { b.TaskCompleted("a", metrics.Failure, time.Second) }},
	{"TaskRejected", func(b metrics.Backend) { b.TaskRejected("r") }},
	{"RunnerError", func(b metrics.Backend) { b.RunnerError("a", "k") }},
	{"GuestMetric", func(b metrics.Backend) {
		b.GuestMetric("a", &metrics.Metric{Name: "n", Labels: []string{"x"}}, []string{"1"}, 2)
	}},
	{"GuestDropped", func(b metrics.Backend) { b.GuestDropped("a", "r") }},
}

// bomb is a backend that notes calls and panics in one method.
type bomb struct {
	method string
	called []string
}

func (b *bomb) enter(method string) {
	b.called = append(b.called, method)
	if method == b.method {
		panic(errors.New("boom"))
	}
}

func (b *bomb) TaskStarted(string)                                     { b.enter("TaskStarted") }
func (b *bomb) TaskCompleted(string, metrics.Outcome, time.Duration)   { b.enter("TaskCompleted") }
func (b *bomb) TaskRejected(string)                                    { b.enter("TaskRejected") }
func (b *bomb) RunnerError(string, string)                             { b.enter("RunnerError") }
func (b *bomb) GuestMetric(string, *metrics.Metric, []string, float64) { b.enter("GuestMetric") }
func (b *bomb) GuestDropped(string, string)                            { b.enter("GuestDropped") }

func TestContainPassesOn(t *testing.T) {
	plain, wrapped := metrics.NewMemory(), metrics.NewMemory()
	b := metrics.Contain(wrapped, func(method string, value any) { t.Errorf("%s panicked: %v", method, value) })
	for _, c := range calls {
		c.call(plain)
		c.call(b)
	}
	expect(t, wrapped, plain.String())
	if plain.String() == "" {
		t.Error("nothing was recorded")
	}
}

func TestContainDisablesAfterAPanic(t *testing.T) {
	for _, tt := range calls {
		t.Run(tt.method, func(t *testing.T) {
			inner := &bomb{method: tt.method}
			var told []string
			b := metrics.Contain(inner, func(method string, value any) {
				if err, ok := value.(error); !ok || err.Error() != "boom" {
					t.Errorf("told of %v, want boom", value)
				}
				told = append(told, method)
			})
			tt.call(b)
			for _, c := range calls {
				c.call(b)
			}
			if want := []string{tt.method}; !slices.Equal(inner.called, want) || !slices.Equal(told, want) {
				t.Errorf("called %v, told %v, want %v both times", inner.called, told, want)
			}
		})
	}
}

func TestContainWithNobodyToTell(t *testing.T) {
	b := metrics.Contain(&bomb{method: "TaskStarted"}, nil)
	b.TaskStarted("a")
	b.TaskStarted("a")
}

// meeting panics in every call, after all callers are inside.
type meeting struct {
	metrics.NoOp
	inside sync.WaitGroup
}

func (m *meeting) TaskStarted(string) {
	m.inside.Done()
	m.inside.Wait()
	panic("all at once")
}

func TestContainReportsOnce(t *testing.T) {
	const callers = 8
	inner := &meeting{}
	inner.inside.Add(callers)
	told := make(chan string, callers)
	b := metrics.Contain(inner, func(method string, _ any) { told <- method })
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() { b.TaskStarted("a") })
	}
	wg.Wait()
	if len(told) != 1 {
		t.Errorf("told %d times of %d panics, want once", len(told), callers)
	}
}

func TestNoOpCostsNothing(t *testing.T) {
	var b metrics.Backend = metrics.NoOp{}
	metric, labels := &metrics.Metric{Name: "n"}, []string{}
	for name, b := range map[string]metrics.Backend{"NoOp": b, "contained": metrics.Contain(b, nil)} {
		n := testing.AllocsPerRun(100, func() {
			b.TaskStarted("a")
			b.TaskCompleted("a", metrics.Success, 1)
			b.TaskRejected("r")
			b.RunnerError("a", "k")
			b.GuestMetric("a", metric, labels, 1)
			b.GuestDropped("a", "r")
		})
		if n != 0 {
			t.Errorf("%s: %v allocations, want none", name, n)
		}
	}
}

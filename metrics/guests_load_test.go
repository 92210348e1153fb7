package metrics_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/soltihq/soltiwasm/metrics"
)

func TestGuestsHammer(t *testing.T) {
	const workers, rounds, limit = 8, 400, 50
	m := metrics.NewMemory()
	guests := metrics.NewGuests(m)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			runner := fmt.Sprintf("r%d", w%2)
			for i := range rounds {
				if i%100 == 0 {
					guests.Emitter(runner, limit, nil)
				}
				e := guests.Emitter(runner, limit, nil)
				label := lb("n", fmt.Sprint(i%(2*limit)))
				if err := e.Observe(metrics.Type(i%2), fmt.Sprintf("m%d", i%2), label, 1); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, runner := range []string{"r0", "r1"} {
		if n := strings.Count(m.String(), "guest "+runner+" "); n != limit {
			t.Errorf("%s has %d series, want all of its %d", runner, n, limit)
		}
		accepted := 0
		for line := range strings.Lines(m.String()) {
			if name, ok := strings.CutPrefix(line, "guest "+runner+" "); ok {
				series, _, _ := strings.Cut(name, "{")
				_, n, _ := strings.Cut(name, `"`)
				n, _, _ = strings.Cut(n, `"`)
				accepted += len(m.Observations(runner, series, metrics.Label{Name: "n", Value: n}))
			}
		}
		total := accepted + m.Dropped(runner, metrics.DropSeries)
		if want := workers / 2 * rounds; total != want {
			t.Errorf("%s: %d observations accounted for, want %d", runner, total, want)
		}
	}
}

func TestObserveKnownDoesNotAllocate(t *testing.T) {
	e := metrics.NewGuests(metrics.NoOp{}).Emitter("probe", 10, nil)
	labels := lb("code", "200", "method", "get", "a", strings.Repeat("v", 128))
	for _, typ := range []metrics.Type{metrics.Counter, metrics.Gauge, metrics.Histogram} {
		name := "m_" + typ.String()
		observe(t, e, typ, name, labels, 1)
		if n := testing.AllocsPerRun(100, func() { observe(t, e, typ, name, labels, 1) }); n != 0 {
			t.Errorf("%v: %v allocations, want none", typ, n)
		}
	}
	if n := testing.AllocsPerRun(100, func() { observe(t, e, metrics.Gauge, "m_counter", labels, 1) }); n != 0 {
		t.Errorf("conflict: %v allocations, want none", n)
	}
}

func BenchmarkObserve(b *testing.B) {
	labels := lb("code", "200", "method", "get")
	guests := metrics.NewGuests(metrics.NoOp{})
	run := func(name string, e *metrics.Emitter, labels []metrics.Label) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := e.Observe(metrics.Counter, name, labels, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("plain", guests.Emitter("probe", 10, nil), nil)
	run("labels", guests.Emitter("probe", 10, nil), labels)
	run("over_budget", guests.Emitter("full", 0, nil), labels)
	b.Run("parallel", func(b *testing.B) {
		b.ReportAllocs()
		e := guests.Emitter("probe", 10, nil)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := e.Observe(metrics.Counter, "labels", labels, 1); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

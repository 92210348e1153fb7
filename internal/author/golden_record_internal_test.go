package author

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/metrics"
)

// Guests of a runner's instances may log and measure side by side.
func TestRecordHammer(t *testing.T) {
	r := &record{phase: "build"}
	m := &metrics.Metric{Name: "m", Type: metrics.Counter}
	const each, hands = 200, 8
	var hammer sync.WaitGroup
	for range hands {
		hammer.Go(func() {
			for range each {
				r.GuestMetric("r", m, nil, 1)
				r.GuestDropped("r", "series")
				r.RunnerError("r", "timeout")
				l := slog.NewRecord(time.Time{}, slog.LevelInfo, "text", 0)
				l.AddAttrs(slog.String("phase", "build"))
				if err := r.Handle(context.Background(), l); err != nil {
					t.Error(err)
				}
			}
		})
	}
	hammer.Wait()
	if len(r.logs) != each*hands || len(r.metrics) != 2*each*hands {
		t.Errorf("%d logs and %d metrics", len(r.logs), len(r.metrics))
	}
	if !r.begin() || r.begin() || len(r.logs)+len(r.metrics) != 0 {
		t.Error("a fault was forgotten, or told twice")
	}
}

func TestGoldenRandomHammer(t *testing.T) {
	var r goldenRandom
	r.reset()
	var hammer sync.WaitGroup
	for range 8 {
		hammer.Go(func() {
			p := make([]byte, 32)
			for range 200 {
				if n, err := r.Read(p); n != len(p) || err != nil {
					t.Errorf("%d, %v", n, err)
				}
				r.reset()
			}
		})
	}
	hammer.Wait()
}

package author

import (
	"context"
	"log/slog"
	"strings"
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
	logs, measured := len(r.logs.lines)+r.logs.more, len(r.metrics.lines)+r.metrics.more
	for _, n := range r.metrics.times {
		measured += n - 1
	}
	if logs != each*hands || measured != 2*each*hands || r.measured != each*hands {
		t.Errorf("%d logs and %d metrics", logs, measured)
	}
	if !r.begin() || r.begin() || len(r.logs.lines)+len(r.metrics.lines) != 0 {
		t.Error("a fault was forgotten, or told twice")
	}
}

// What a guest writes is kept up to a number of lines and of bytes, and the rest is counted.
func TestKeptLines(t *testing.T) {
	var many, large keptLines
	for range maxKeptLines + 5 {
		many.add("line")
	}
	lines := many.all(false)
	if len(lines) != maxKeptLines+1 || lines[maxKeptLines] != "… and 5 more" {
		t.Errorf("%d lines, the last one %q", len(lines), lines[len(lines)-1])
	}
	large.repeat("dropped")
	for range 9 {
		large.add(strings.Repeat("x", maxKeptBytes/4))
		large.repeat("dropped")
	}
	large.repeat("dropped too")
	lines = large.all(true)
	if len(lines) != 5 || lines[0] != "dropped (more than once)" || lines[4] != "… and more" {
		t.Errorf("of a call that was ended: %q to %q", lines[0], lines[len(lines)-1])
	}
	lines = large.all(false)
	if len(lines) != 5 || lines[0] != "dropped (10 times)" || lines[4] != "… and 7 more" {
		t.Errorf("%d lines, from %q to %q", len(lines), lines[0], lines[len(lines)-1])
	}
	if lines = (&keptLines{}).all(false); len(lines) != 0 {
		t.Errorf("of nothing: %q", lines)
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

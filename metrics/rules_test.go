package metrics_test

import (
	"math"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/metrics"
)

func TestCheck(t *testing.T) {
	tests := []struct {
		name   string
		metric metrics.Metric
		want   string // part of the error; empty for none
	}{
		{"counter", metrics.Metric{Name: "hits_total", Help: "Größe.", Labels: []string{"zone", "code"}}, ""},
		{"histogram", metrics.Metric{Name: "s", Type: metrics.Histogram, Buckets: []float64{-1, 0, 2.5}}, ""},
		{"most buckets", metrics.Metric{Name: "s", Type: metrics.Histogram, Buckets: bounds(64)}, ""},
		{"type", metrics.Metric{Name: "s", Type: 9}, "metric type 9: expected counter, gauge or histogram"},
		{"name", metrics.Metric{Name: "S"}, `metric name "S": must match`},
		{"suffix", metrics.Metric{Name: "s_sum"}, "must not end in _sum"},
		{"long name", metrics.Metric{Name: strings.Repeat("s", 129)}, "metric name of 129 bytes: at most 128"},
		{"label", metrics.Metric{Name: "s", Labels: []string{"Zone"}}, `label name "Zone": must match`},
		{"host's label", metrics.Metric{Name: "s", Labels: []string{"runner"}}, "the label runner is the host's"},
		{"label twice", metrics.Metric{Name: "s", Labels: []string{"b", "a", "b"}}, "the label b is given twice"},
		{"long label", metrics.Metric{Name: "s", Labels: []string{strings.Repeat("l", 129)}}, "label name of 129 bytes"},
		{"labels", metrics.Metric{Name: "s", Labels: strings.Split("abcdefghi", "")}, "has 9 labels: at most 8"},
		{"help", metrics.Metric{Name: "s", Help: "\xff"}, "help is not UTF-8"},
		{"buckets of a counter", metrics.Metric{Name: "s", Buckets: []float64{1}}, "a counter has no buckets"},
		{"order", metrics.Metric{Name: "s", Type: metrics.Histogram, Buckets: []float64{1, 3, 2}}, "bucket 2 comes after 3"},
		{"equal bounds", metrics.Metric{Name: "s", Type: metrics.Histogram, Buckets: []float64{1, 1}}, "bucket 1 comes after 1"},
		{"infinite", metrics.Metric{Name: "s", Type: metrics.Histogram, Buckets: []float64{1, math.Inf(1)}}, "bucket +Inf is not finite"},
		{"NaN", metrics.Metric{Name: "s", Type: metrics.Histogram, Buckets: []float64{math.NaN()}}, "bucket NaN is not finite"},
		{"buckets", metrics.Metric{Name: "s", Type: metrics.Histogram, Buckets: bounds(65)}, "has 65 buckets: at most 64"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.metric.Check()
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("got %v, want no error", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

// Check must leave what it looks at alone: the order of labels is the manifest's.
func TestCheckDoesNotSort(t *testing.T) {
	m := metrics.Metric{Name: "s", Labels: []string{"b", "a"}}
	if err := m.Check(); err != nil || m.Labels[0] != "b" {
		t.Errorf("error %v, labels %v", err, m.Labels)
	}
}

func bounds(n int) []float64 {
	b := make([]float64, n)
	for i := range b {
		b[i] = float64(i)
	}
	return b
}

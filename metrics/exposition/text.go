package exposition

import (
	"cmp"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/soltihq/soltiwasm/metrics"
)

// Write writes all metrics that have series in Prometheus' text format, version 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/): sorted by name, then by labels. An error is w's.
func (b *Backend) Write(w io.Writer) error {
	families := b.Families()
	slices.SortFunc(families, func(a, b Family) int { return cmp.Compare(a.Name, b.Name) })
	var text []byte
	for _, f := range families {
		if len(f.Series) == 0 {
			continue
		}
		text = f.appendText(text[:0])
		if _, err := w.Write(text); err != nil {
			return err
		}
	}
	return nil
}

// The format's escapes, in help and in the values of labels.
var (
	helpEscapes  = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	valueEscapes = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
)

// line is a series with its labels, by name.
type line struct {
	labels []metrics.Label
	series Series
}

func (f *Family) appendText(text []byte) []byte {
	text = append(text, "# HELP "+f.Name+" "+helpEscapes.Replace(f.Help)+"\n"...)
	text = append(text, "# TYPE "+f.Name+" "+f.Type.String()+"\n"...)
	lines := make([]line, len(f.Series))
	for i, s := range f.Series {
		lines[i] = line{f.labelsOf(s), s}
	}
	slices.SortFunc(lines, func(a, b line) int {
		return slices.CompareFunc(a.labels, b.labels, func(a, b metrics.Label) int { return cmp.Compare(a.Value, b.Value) })
	})
	for _, l := range lines {
		text = f.appendLine(text, l)
	}
	return text
}

// labelsOf returns all labels of a series, sorted by name.
func (f *Family) labelsOf(s Series) []metrics.Label {
	var labels []metrics.Label
	for i, name := range f.Labels {
		labels = append(labels, metrics.Label{Name: name, Value: s.Values[i]})
	}
	for _, name := range slices.Sorted(maps.Keys(f.Constant)) {
		labels = append(labels, metrics.Label{Name: name, Value: f.Constant[name]})
	}
	slices.SortFunc(labels, func(a, b metrics.Label) int { return cmp.Compare(a.Name, b.Name) })
	return labels
}

func (f *Family) appendLine(text []byte, l line) []byte {
	if f.Type != metrics.Histogram {
		return appendSample(text, f.Name, l.labels, l.series.Value)
	}
	for i, n := range l.series.Counts {
		bound := math.Inf(1)
		if i < len(f.Buckets) {
			bound = f.Buckets[i]
		}
		le := metrics.Label{Name: "le", Value: string(appendNumber(nil, bound))}
		text = appendSample(text, f.Name+"_bucket", append(slices.Clip(l.labels), le), float64(n))
	}
	text = appendSample(text, f.Name+"_sum", l.labels, l.series.Value)
	return appendSample(text, f.Name+"_count", l.labels, float64(l.series.Counts[len(f.Buckets)]))
}

func appendSample(text []byte, name string, labels []metrics.Label, value float64) []byte {
	text = append(text, name...)
	for i, l := range labels {
		text = append(text, "{,"[min(i, 1)])
		text = append(text, l.Name+`="`+valueEscapes.Replace(l.Value)+`"`...)
	}
	if len(labels) > 0 {
		text = append(text, '}')
	}
	return append(appendNumber(append(text, ' '), value), '\n')
}

// appendNumber writes a number as the format has it: the least digits that say which it is.
func appendNumber(text []byte, v float64) []byte {
	if v == 0 {
		v = 0 // without a sign
	}
	return strconv.AppendFloat(text, v, 'g', -1, 64)
}

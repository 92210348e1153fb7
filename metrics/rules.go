package metrics

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// What one metric may carry at most. All but MaxBuckets are section 7 of the ABI; MaxBuckets keeps a declaration from
// multiplying what each series of a histogram costs.
const (
	MaxName       = 128 // bytes of a metric's name, and of a label's
	MaxLabels     = 8   // labels of one metric, the runner's own not counted
	MaxLabelValue = 128 // bytes
	MaxBuckets    = 64  // bounds of one histogram
)

// Check says what is wrong with m as a manifest's declaration of a metric, or returns nil: the same rules that [Guests]
// holds an observation to, its limits included, and for a histogram buckets that are finite and ascending.
func (m *Metric) Check() error {
	switch {
	case m.Type > Histogram:
		return fmt.Errorf("metric type %d: expected counter, gauge or histogram", m.Type)
	case len(m.Name) > MaxName:
		return fmt.Errorf("metric name of %d bytes: at most %d are allowed", len(m.Name), MaxName)
	case len(m.Labels) > MaxLabels:
		return fmt.Errorf("metric %q has %d labels: at most %d are allowed", m.Name, len(m.Labels), MaxLabels)
	case !utf8.ValidString(m.Help):
		return fmt.Errorf("metric %q: help is not UTF-8", m.Name)
	case len(m.Buckets) > 0 && m.Type != Histogram:
		return fmt.Errorf("metric %q: a %v has no buckets, only a histogram has", m.Name, m.Type)
	}
	labels := make([]Label, len(m.Labels))
	for i, name := range m.Labels {
		if len(name) > MaxName {
			return fmt.Errorf("metric %q: label name of %d bytes: at most %d are allowed", m.Name, len(name), MaxName)
		}
		labels[i].Name = name
	}
	slices.SortFunc(labels, func(a, b Label) int { return strings.Compare(a.Name, b.Name) })
	if err := checkNames(m.Name, labels); err != nil {
		return err
	}
	return m.checkBuckets()
}

func (m *Metric) checkBuckets() error {
	if len(m.Buckets) > MaxBuckets {
		return fmt.Errorf("metric %q has %d buckets: at most %d are allowed", m.Name, len(m.Buckets), MaxBuckets)
	}
	for i, bound := range m.Buckets {
		if !finite(bound) {
			return fmt.Errorf("metric %q: bucket %v is not finite; the one of +Inf is added by the host", m.Name, bound)
		}
		if i > 0 && bound <= m.Buckets[i-1] {
			return fmt.Errorf("metric %q: bucket %v comes after %v; bounds must ascend", m.Name, bound, m.Buckets[i-1])
		}
	}
	return nil
}

// checkNames holds the names of an observation to section 3 of the ABI, and its label values to UTF-8. Labels are
// sorted by name; sizes were checked before, so that the work and the text of an error are bounded.
func checkNames(name string, labels []Label) error {
	if err := checkWord(name); err != nil {
		return fmt.Errorf("metric name %q: %w", name, err)
	}
	for _, suffix := range []string{"_bucket", "_sum", "_count"} {
		if strings.HasSuffix(name, suffix) {
			return fmt.Errorf("metric name %q: must not end in %s, as the series of a histogram do", name, suffix)
		}
	}
	for i, l := range labels {
		if err := checkWord(l.Name); err != nil {
			return fmt.Errorf("metric %q: label name %q: %w", name, l.Name, err)
		}
		switch {
		case l.Name == "runner" || l.Name == "le" || l.Name == "quantile":
			return fmt.Errorf("metric %q: the label %s is the host's", name, l.Name)
		case i > 0 && labels[i-1].Name == l.Name:
			return fmt.Errorf("metric %q: the label %s is given twice", name, l.Name)
		case !utf8.ValidString(l.Value):
			return fmt.Errorf("metric %q: the value of the label %s is not UTF-8", name, l.Name)
		}
	}
	return nil
}

// checkWord holds a name or a label's name to the grammar.
func checkWord(s string) error {
	if strings.HasPrefix(s, "__") {
		return fmt.Errorf("must not begin with __")
	}
	for i := range len(s) {
		c := s[i]
		if c == '_' || 'a' <= c && c <= 'z' || i > 0 && '0' <= c && c <= '9' {
			continue
		}
		return fmt.Errorf("must match [a-z_][a-z0-9_]*")
	}
	if s == "" {
		return fmt.Errorf("must match [a-z_][a-z0-9_]*")
	}
	return nil
}

// checkValue holds a value to what its type takes.
func checkValue(t Type, name string, value float64) error {
	switch {
	case t > Histogram:
		return fmt.Errorf("metric %q: no such type: %d", name, t)
	case !finite(value):
		return fmt.Errorf("metric %q: the value is %v; it must be finite", name, value)
	case t == Counter && value < 0:
		return fmt.Errorf("metric %q: a counter can't go down by %v", name, -value)
	}
	return nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// oversized returns the reason to drop an observation whose parts are too big, or "".
func oversized(name string, labels []Label) string {
	switch {
	case len(name) > MaxName:
		return DropName
	case len(labels) > MaxLabels:
		return DropLabels
	}
	for _, l := range labels {
		switch {
		case len(l.Name) > MaxName:
			return DropName
		case len(l.Value) > MaxLabelValue:
			return DropLabelValue
		}
	}
	return ""
}

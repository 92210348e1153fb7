package hostfuncs

import (
	"slices"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/metrics"
)

// maxLabels is how much of a labels object is read. Nothing longer can be within the limits on labels, even with every
// character written as \uHHHH, unless it is padded.
const maxLabels = 16 << 10

// Bounds of what an instance remembers of names and labels, so that a guest that repeats itself is cheap.
const (
	maxRemembered      = 64
	maxRememberedBytes = 1 << 10
)

// remembered are the names and label sets that an instance used before, by the guest's bytes.
type remembered struct {
	names  map[string]string
	labels map[string][]metrics.Label
}

// The three functions are (name, name_len, labels, labels_len, value).

func metricAdd(f *Frame) error     { return observe(f, metrics.Counter) }
func metricSet(f *Frame) error     { return observe(f, metrics.Gauge) }
func metricObserve(f *Frame) error { return observe(f, metrics.Histogram) }

// observe hands one observation to the runner's emitter, which knows the rules and the limits.
func observe(f *Frame, t metrics.Type) error {
	name, err := f.metricName(f.U32(0), f.U32(1))
	if err != nil {
		return err
	}
	labels, err := f.metricLabels(f.U32(2), f.U32(3))
	if err != nil {
		return err
	}
	if err := f.host.runner.Metrics.Observe(t, name, labels, f.f64(4)); err != nil {
		return faultf(f.function, "%v", err)
	}
	return nil
}

// metricName reads a name. Of one that is too long only so much is taken that the emitter sees it is.
func (f *Frame) metricName(ptr, n uint32) (string, error) {
	b, err := f.View(ptr, n)
	if err != nil {
		return "", err
	}
	if len(b) > metrics.MaxName {
		return string(b[:metrics.MaxName+1]), nil
	}
	r := &f.host.remembered
	if name, ok := r.names[string(b)]; ok {
		return name, nil
	}
	name := string(b)
	remember(&r.names, name, name)
	return name, nil
}

// metricLabels reads a labels object, from memory where it was read before.
func (f *Frame) metricLabels(ptr, n uint32) ([]metrics.Label, error) {
	b, err := f.View(ptr, n)
	if err != nil || n == 0 {
		return nil, err
	}
	if len(b) > maxLabels {
		return make([]metrics.Label, metrics.MaxLabels+1), nil // for the emitter to drop as too many
	}
	r := &f.host.remembered
	if labels, ok := r.labels[string(b)]; ok {
		return labels, f.Spend(len(b))
	}
	if err := f.Spend(parseUnits * len(b)); err != nil {
		return nil, err
	}
	text := slices.Clone(b)
	labels, err := f.parseLabels(text)
	if err == nil && len(text) <= maxRememberedBytes {
		remember(&r.labels, string(text), labels)
	}
	return labels, err
}

func (f *Frame) parseLabels(text []byte) ([]metrics.Label, error) {
	object, err := document.ParseJSON(text, document.Bounds{Bytes: maxLabels, Depth: 1})
	if err != nil {
		return nil, faultf(f.function, "labels: %v", err)
	}
	if object.Kind != document.Object {
		return nil, faultf(f.function, "labels: expected an object of strings")
	}
	labels := make([]metrics.Label, 0, len(object.Fields))
	for _, field := range object.Fields {
		if field.Value.Kind != document.String {
			return nil, faultf(f.function, "labels: the value of %q is not a string", field.Key)
		}
		labels = append(labels, metrics.Label{Name: field.Key, Value: field.Value.Text})
	}
	return labels, nil
}

// remember puts an entry into a map that is made when needed, and begins anew when it is full.
func remember[T any](m *map[string]T, key string, v T) {
	switch {
	case *m == nil:
		*m = map[string]T{}
	case len(*m) >= maxRemembered:
		clear(*m)
	}
	(*m)[key] = v
}

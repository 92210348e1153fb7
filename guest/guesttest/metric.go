package guesttest

import (
	"github.com/soltihq/soltiwasm/guest"
	"github.com/soltihq/soltiwasm/metrics"
)

// runnerName stands for the runner where the rules on metrics want one.
const runnerName = "test"

// maxSeries is more than a test makes.
const maxSeries = 1 << 20

// Metric takes a value by the real host's rules, which are those of package metrics. It sees one call, so that it drops
// nothing for what other calls did.
func (f *fake) Metric(t guest.MetricType, name string, labels []byte, value float64) {
	function := [...]string{"metric_add", "metric_set", "metric_observe"}[t]
	f.enter(function)
	f.text(function, name)
	f.text(function, string(labels))
	m := Metric{Type: t, Name: name, Labels: f.labels(function, string(labels)), Value: value}
	var given []metrics.Label
	for k, v := range m.Labels {
		given = append(given, metrics.Label{Name: k, Value: v})
	}
	var drops drops
	emitter := metrics.NewGuests(&drops).Emitter(runnerName, maxSeries, nil)
	if err := emitter.Observe(metrics.Type(t), name, given, value); err != nil {
		f.trap(function, "%v", err)
	}
	m.Dropped = drops.reason
	f.result.Metrics = append(f.result.Metrics, m)
}

// labels reads a labels object as the real host does, which takes no key twice.
func (f *fake) labels(function, text string) map[string]string {
	if text == "" {
		return nil
	}
	document, err := parse(text)
	if err != nil {
		f.trap(function, "the labels %s: %v", text, err)
	}
	object, ok := document.(map[string]any)
	if !ok {
		f.trap(function, "the labels are no object of strings: %s", text)
	}
	labels := map[string]string{}
	for key, value := range object {
		if labels[key], ok = value.(string); !ok {
			f.trap(function, "the labels are no object of strings: %s", text)
		}
	}
	return labels
}

// drops keeps why an observation was dropped.
type drops struct {
	metrics.NoOp
	reason string
}

// GuestDropped keeps the reason.
func (d *drops) GuestDropped(_, reason string) { d.reason = reason }

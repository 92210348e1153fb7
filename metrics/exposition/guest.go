package exposition

import (
	"slices"

	"github.com/soltihq/soltiwasm/metrics"
)

// guestPrefix makes a guest's name one that no metric of the host has, [metrics.DroppedName] excepted.
const guestPrefix = "solti_guest_"

// guestFamily is a guest's metric. Its family is nil when it can't be shown, since its labels clash with Options.Labels
// or metrics.Guests didn't pass it.
type guestFamily struct {
	metric *metrics.Metric
	family *family
}

// GuestMetric implements [metrics.Backend]. The metric solti_guest_NAME has the guest's labels, and runner. Where two
// [metrics.Guests] share a Backend, and one has fixed a name otherwise than the other did before, the observation is
// counted as dropped for [metrics.DropConflict]; so it is when a label is one of Options.Labels.
func (b *Backend) GuestMetric(runner string, metric *metrics.Metric, labels []string, value float64) {
	g := b.guest(metric)
	if g.family == nil || len(labels) != len(g.metric.Labels) ||
		metric != g.metric && (metric.Type != g.metric.Type || !slices.Equal(metric.Labels, g.metric.Labels)) {
		b.GuestDropped(runner, metrics.DropConflict)
		return
	}
	values := key{runner}
	copy(values[1:], labels)
	g.family.observe(values, value)
}

// guest returns what is shown of a guest's metric, by its name.
func (b *Backend) guest(metric *metrics.Metric) *guestFamily {
	b.mu.RLock()
	g := b.guests[metric.Name]
	b.mu.RUnlock()
	if g != nil {
		return g
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if g := b.guests[metric.Name]; g != nil { // made since
		return g
	}
	g = &guestFamily{metric: metric}
	if f := b.guestFamily(metric); f.clash() == "" && metric.Check() == nil && metric.Name != metrics.DroppedName {
		g.family = f
	}
	b.guests[metric.Name] = g
	return g
}

func (b *Backend) guestFamily(metric *metrics.Metric) *family {
	help := metric.Help
	if help == "" {
		help = "Emitted by a guest, which says no more about it."
	}
	f := b.family(guestPrefix+metric.Name, help, metric.Type, metric.Buckets, append([]string{"runner"}, metric.Labels...)...)
	f.guest = true
	return f
}

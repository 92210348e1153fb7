// Package prometheus shows the host's figures to Prometheus' client library: package exposition keeps them, and a program
// that has a registry gathers them from there, together with its own.
package prometheus

import (
	"fmt"

	client "github.com/prometheus/client_golang/prometheus"

	"github.com/soltihq/soltiwasm/metrics/exposition"
)

// Options say how a [Backend] presents itself. The zero value is fine.
type Options struct {
	// Registerer, when not nil, gets the metrics too, so that they are exposed with those of the embedding program.
	// It takes one Backend, which several hosts may share. No other collector in it may use names that begin with
	// solti_runner_, solti_ctrl_ or solti_guest_, or solti_build_info.
	Registerer client.Registerer
	// Labels are constant labels of every metric. Use them rather than prometheus.WrapRegistererWith: what a guest
	// emits with a label of the same name is dropped, while behind the wrapper it would make all gathering fail.
	Labels map[string]string
	// Build are the labels of solti_build_info, such as version, go and engine. Without any there is no such metric.
	Build map[string]string
}

// Backend is an [exposition.Backend], which a registry gathers from. It is safe for concurrent use.
type Backend struct {
	*exposition.Backend
	registry *client.Registry // has only what is this backend's
}

// New returns a Backend with no figures yet. It registers all of its metrics with opts.Registerer, or none and fails:
// when another Backend is registered there, or a name is taken otherwise. It fails as well when the options are none that
// [exposition.New] takes.
func New(opts Options) (*Backend, error) {
	kept, err := exposition.New(exposition.Options{Labels: opts.Labels, Build: opts.Build})
	if err != nil {
		return nil, err
	}
	b := &Backend{kept, client.NewRegistry()}
	for _, r := range []client.Registerer{b.registry, opts.Registerer} {
		if r == nil {
			continue
		}
		if err := register(r, kept); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// register adds the host's metrics as one collector, which the registry takes whole or not at all, and the guests' as
// one that describes nothing beforehand, since nobody knows their names.
func register(r client.Registerer, kept *exposition.Backend) error {
	host := hostCollector{kept}
	if err := r.Register(host); err != nil {
		return fmt.Errorf("metrics: registering the host's: %w", err)
	}
	if err := r.Register(guestCollector{kept}); err != nil {
		r.Unregister(host)
		return fmt.Errorf("metrics: registering the guests': %w", err)
	}
	return nil
}

// Gatherer gathers the backend's own metrics, whatever else is registered with Options.Registerer. promhttp.HandlerFor
// serves it. Nothing that guests emit makes it fail.
func (b *Backend) Gatherer() client.Gatherer { return b.registry }

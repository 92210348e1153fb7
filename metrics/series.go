package metrics

import (
	"hash/maphash"
	"strings"
	"sync"
)

// guest is what was accepted from one runner name, shared by all its emitters.
type guest struct {
	seed maphash.Seed // a guest can't know it, and so can't make its series collide

	mu     sync.RWMutex
	series map[uint64][]*series // by hash
	count  int
}

// series is an accepted series. It doesn't change.
type series struct {
	metric *Metric
	values []string // in the order of metric.Labels
}

func newGuest() *guest {
	return &guest{seed: maphash.MakeSeed(), series: map[uint64][]*series{}}
}

// find returns the accepted series of that name and those labels, sorted by name, or nil.
func (g *guest) find(name string, labels []Label) *series {
	hash := g.hash(name, labels)
	g.mu.RLock()
	defer g.mu.RUnlock()
	for _, s := range g.series[hash] {
		if s.is(name, labels) {
			return s
		}
	}
	return nil
}

// full says whether there are limit series already.
func (g *guest) full(limit int) bool {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.count >= limit
}

// add accepts a new series of metric. It copies the label values, since the caller's may be views of something larger,
// or not last. The caller holds Guests.mu, so that nobody adds between its look at find and full and this.
func (g *guest) add(metric *Metric, labels []Label) *series {
	s := &series{metric: metric, values: make([]string, len(labels))}
	for i, l := range labels {
		s.values[i] = strings.Clone(l.Value)
	}
	hash := g.hash(metric.Name, labels)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.series[hash] = append(g.series[hash], s)
	g.count++
	return s
}

// hash is over the whole identity of a series. A map with a struct of all the strings as key would do without it, but
// took twice as long in BenchmarkObserve.
func (g *guest) hash(name string, labels []Label) uint64 {
	const odd = 0x9e3779b97f4a7c15 // any odd number with its bits well spread: it makes the order of the parts count
	h := maphash.String(g.seed, name)
	for i := range labels {
		h = (h ^ maphash.String(g.seed, labels[i].Name)) * odd
		h = (h ^ maphash.String(g.seed, labels[i].Value)) * odd
	}
	return h
}

func (s *series) is(name string, labels []Label) bool {
	if s.metric.Name != name || len(s.values) != len(labels) {
		return false
	}
	for i := range labels {
		if s.values[i] != labels[i].Value || s.metric.Labels[i] != labels[i].Name {
			return false
		}
	}
	return true
}

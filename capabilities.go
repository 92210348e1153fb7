package soltiwasm

import (
	"maps"
	"slices"

	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/task"
)

// Status is what a listed runner is at present.
type Status string

// The statuses.
const (
	Ready       Status = "ready"
	Disabled    Status = "disabled"    // by its sidecar; never asked
	Quarantined Status = "quarantined" // left alone for a while after faults in a row
)

// Capability is one runner with what it can take.
type Capability struct {
	Name        string
	Module      string // the file's base name; empty for a Go runner
	Digest      string
	Status      Status
	Reason      string // why it is quarantined
	Labels      task.Labels
	Kinds       []string // nil means any
	Version     string
	Description string
	Order       int
}

// Rejection is a module that was not loaded, or, where a runner of the same path is listed too, a new version of it
// that was not.
type Rejection = registry.Rejection

// Capabilities are the runners and the rejected modules, both in routing order. They are the caller's own: nothing
// that happens later shows in them.
type Capabilities struct {
	Runners  []Capability
	Rejected []Rejection
	Orphans  []string // sidecars without a module
}

// Capabilities returns what there is at present. It is empty once the Host is closed.
func (h *Host) Capabilities() Capabilities {
	v, err := h.acquire()
	if err != nil {
		return Capabilities{}
	}
	defer h.release(v)
	c := Capabilities{Orphans: slices.Clone(v.snapshot.Orphans)}
	for _, t := range v.targets {
		c.Runners = append(c.Runners, t.capability())
	}
	for _, r := range v.snapshot.Rejected {
		c.Rejected = append(c.Rejected, *r)
	}
	return c
}

func (t target) capability() Capability {
	if o := t.own; o != nil {
		return Capability{Name: o.name, Status: Ready, Labels: maps.Clone(o.Labels), Kinds: slices.Clone(o.Kinds), Order: o.Order}
	}
	r := t.module
	c := Capability{
		Name: r.Name(), Module: r.Module(), Digest: r.Digest(), Status: Ready, Labels: maps.Clone(r.Labels()),
		Kinds: slices.Clone(r.Kinds()), Version: r.Manifest().Version, Description: r.Manifest().Description, Order: r.Order(),
	}
	switch why := r.Quarantined(); {
	case r.Disabled():
		c.Status = Disabled
	case why != "":
		c.Status, c.Reason = Quarantined, why
	}
	return c
}

// ContainsLabel says whether any runner has the label with exactly that value.
func (h *Host) ContainsLabel(key, value string) bool {
	v, err := h.acquire()
	if err != nil {
		return false
	}
	defer h.release(v)
	for _, e := range v.table.Entries() {
		if got, ok := e.Labels[key]; ok && got == value {
			return true
		}
	}
	return false
}

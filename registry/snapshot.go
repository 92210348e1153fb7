package registry

import (
	"context"
	"errors"
)

// Snapshot is the set of runners at one time. It is immutable. Its runners can be asked until it is closed; one that
// is in a later snapshot too lives on.
type Snapshot struct {
	Runners  []*Runner    // in routing order, disabled ones included
	Rejected []*Rejection // in the same order
	Orphans  []string     // paths of sidecars without a module
}

// Close closes the runners that are in no other snapshot. Nobody may be asking them.
func (s *Snapshot) Close(ctx context.Context) error {
	var errs []error
	for _, r := range s.Runners {
		errs = append(errs, r.release(ctx))
	}
	return errors.Join(errs...)
}

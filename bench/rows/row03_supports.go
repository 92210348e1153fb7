package rows

import (
	"context"
	"errors"
	"fmt"

	"github.com/soltihq/soltiwasm/bench/compare"
)

// supports asks one runner through the registry, and compares that with a bare call of the engine before which 1 KB is
// written.
func supports(b *Bench) (_ []Result, err error) {
	bare, err := NewBare(b)
	if err != nil {
		return nil, err
	}
	defer closing(&err, bare.Close)
	ask, runners, err := b.Asking("yes")
	if err != nil {
		return nil, err
	}
	defer closing(&err, runners.Close)
	s, err := b.Method.Run(Subject("bare", bare.Supports), Subject("registry", ask))
	if err != nil {
		return nil, err
	}
	return []Result{
		{"against a bare call with 1 KB written before", atMost(2, Times), s.Ratio("registry", "bare"), Note(s, "registry", "bare")},
		{"allocations", atMost(0, Allocs), compare.Of(s.Allocs("registry")), nil},
	}, nil
}

// Asking loads a committed guest and makes a function that asks it about the payload, which it has to take.
func (b *Bench) Asking(guest string) (func() error, *Runners, error) {
	module, err := b.Guest(guest)
	if err != nil {
		return nil, nil, err
	}
	return b.asking(module)
}

func (b *Bench) asking(module []byte) (func() error, *Runners, error) {
	doc, err := Document(Payload())
	if err != nil {
		return nil, nil, err
	}
	runners, err := b.Load(module)
	if err != nil {
		return nil, nil, err
	}
	runner, ctx := runners.Runners[0], context.Background()
	ask := func() error {
		yes, err := runner.Supports(ctx, doc, nil)
		if err == nil && !yes {
			err = fmt.Errorf("the runner %s said no", runner.Name())
		}
		return err
	}
	if err := ask(); err != nil {
		return nil, nil, errors.Join(err, runners.Close(ctx))
	}
	return ask, runners, nil
}

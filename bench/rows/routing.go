package rows

import (
	"context"
	"errors"
	"fmt"

	"github.com/soltihq/soltiwasm/router"
	"github.com/soltihq/soltiwasm/task"
)

// routing makes a function that routes a spec as if it were new each time. The last of the runners takes it.
//
// What runners said of specs with the same values is remembered, or not, as told. But a host also remembers who took a
// spec that came before, and many different specs would measure how far away memory is: a
// spec that comes to a host was read just before. So two specs take turns that have the same place in its memory,
// which it gives to neither.
func routing(runners *Runners, spec task.Spec, remembering bool) (func() error, error) {
	route := routeToLast(runners, remembering)
	first, second, err := rivals(runners, spec, route)
	if err != nil {
		return nil, err
	}
	turn := false
	return func() error {
		turn = !turn
		if turn {
			return route(first)
		}
		return route(second)
	}, nil
}

// routeToLast makes a function that routes a request to the last of the runners.
func routeToLast(runners *Runners, remembering bool) func(router.Request) error {
	table, ctx, last := runners.table(remembering), context.Background(), len(runners.Runners)-1
	return func(request router.Request) error {
		d, err := table.Route(ctx, request)
		if err == nil && d.Selected() != last {
			err = fmt.Errorf("runner %d was selected, not the last", d.Selected())
		}
		return err
	}
}

// rivals finds two requests for the same spec but for its slot, of which neither is remembered when they take turns: the
// host remembers a third one in their place.
func rivals(runners *Runners, spec task.Spec, route func(router.Request) error) (first, second router.Request, err error) {
	// asks routes requests and says whether anybody was asked about the last of them.
	asks := func(requests ...router.Request) bool {
		before := 0
		for _, r := range requests {
			before = runners.asked
			err = errors.Join(err, route(r))
		}
		return runners.asked > before
	}
	resident, rerr := request(spec, 0)
	if err = rerr; err != nil {
		return first, second, err
	}
	asks(resident, resident) // it is remembered when it came twice
	const tries = 20_000
	var found []router.Request
	for i := 1; i < tries && len(found) < 2 && err == nil; i++ {
		candidate, rerr := request(spec, i)
		if err = errors.Join(err, rerr); err == nil && asks(candidate, candidate, resident) {
			found = append(found, candidate)
			asks(resident)
		}
	}
	switch {
	case err != nil:
		return first, second, err
	case len(found) < 2 || !asks(found[0]) || !asks(found[1]) || !asks(found[0]) || !asks(found[1]):
		return first, second, fmt.Errorf("of %d specs no two keep each other out of the host's memory: the bench doesn't know how it remembers", tries)
	}
	return found[0], found[1], err
}

func request(spec task.Spec, number int) (router.Request, error) {
	spec.Slot = fmt.Sprintf("slot%06d", number)
	doc, err := Document(spec)
	return router.Request{Spec: &spec, Doc: doc}, err
}

package rows

import "fmt"

// again routes the same spec again and again, of which the host remembers who took it, and one that is as
// good as new to it, so that it asks the runners.
func again(b *Bench) (_ []Result, err error) {
	counts := []int{3, 1000}
	if b.Quick {
		counts = counts[:1]
	}
	var results []Result
	for _, n := range counts {
		r, err := b.routedAgain(n)
		if err != nil {
			return nil, err
		}
		results = append(results, r)
	}
	return results, nil
}

// routedAgain compares the two over n runners that declare nothing.
func (b *Bench) routedAgain(n int) (_ Result, err error) {
	modules, err := b.silent("no", n)
	if err != nil {
		return Result{}, err
	}
	runners, err := b.Load(modules...)
	if err != nil {
		return Result{}, err
	}
	defer closing(&err, runners.Close)
	asking, err := routing(runners, Payload(), false)
	if err != nil {
		return Result{}, err
	}
	same, err := request(Payload(), 0)
	if err != nil {
		return Result{}, err
	}
	route := routeToLast(runners, false)
	s, err := b.Method.Run(Subject("again", func() error { return route(same) }), Subject("new", asking))
	if err != nil {
		return Result{}, err
	}
	return Result{fmt.Sprintf("over %d runners that declare nothing, against new specs", n), atMost(1, Times),
		s.Ratio("again", "new"), Note(s, "again", "new")}, nil
}

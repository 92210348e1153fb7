package rows

import (
	"context"
	"errors"
	"fmt"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/bench/compare"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/task"
)

// again routes the same spec and has it built, again and again, and specs that differ in their slot alone, which have to be
// decided each.
func again(b *Bench) (_ []Result, err error) {
	counts := []int{3, 1000}
	if b.Quick {
		counts = counts[:1]
	}
	var results []Result
	for _, n := range counts {
		host, err := b.host(n)
		if err != nil {
			return nil, err
		}
		s, err := b.againAndAgain(host)
		if err = errors.Join(err, host.Close()); err != nil {
			return nil, err
		}
		results = append(results, Result{fmt.Sprintf("over %d runners that declare nothing, against new specs", n), atMost(1, Times),
			s.Ratio("same", "new"), Note(s, "same", "new")})
	}
	return results, nil
}

// host opens a host over n small modules that declare nothing.
func (b *Bench) host(n int) (*soltiwasm.Host, error) {
	modules, err := b.silent(n)
	if err != nil {
		return nil, err
	}
	dir, err := b.install(modules)
	if err != nil {
		return nil, err
	}
	return soltiwasm.New(context.Background(), soltiwasm.Config{Engine: wazero.Engine{}, Dirs: []string{dir}})
}

func (b *Bench) againAndAgain(host *soltiwasm.Host) (*compare.Samples, error) {
	same := Payload()
	differing := make([]task.Spec, 50_000) // more than anybody would remember
	for i := range differing {
		differing[i] = same
		differing[i].Slot = fmt.Sprintf("slot%05d", i)
	}
	same.Slot = "slot-same" // as long
	route := func(spec task.Spec) error {
		d, err := host.Route(context.Background(), spec)
		if err == nil && d.Runner == "" {
			err = errors.New("no runner was chosen")
		}
		return err
	}
	next := 0
	return b.Method.Run(
		Subject("same", func() error { return route(same) }),
		Subject("new", func() error {
			next = (next + 1) % len(differing)
			return route(differing[next])
		}))
}

package rows

import (
	"context"
	"errors"
	"fmt"

	"github.com/soltihq/soltiwasm/bench/compare"
	"github.com/soltihq/soltiwasm/task"
)

// declared routes over runners of which each takes one kind of its own, and over runners that all take the same kind and
// differ in a label, which the spec selects. The last one is the one that is asked, and a real guest answers. Each spec is
// new to the host.
func declared(b *Bench) (_ []Result, err error) {
	loop, err := nativeLoop(1000)
	if err != nil {
		return nil, err
	}
	subjects := []compare.Subject{loop}
	for _, by := range []string{"kind", "label"} {
		for _, n := range []int{10, 1000} {
			route, runners, err := b.declaring(by, n)
			if err != nil {
				return nil, err
			}
			defer closing(&err, runners.Close)
			subjects = append(subjects, Subject(fmt.Sprintf("by %s over %d", by, n), route))
		}
	}
	s, err := b.Method.Run(subjects...)
	if err != nil {
		return nil, err
	}
	var results []Result
	for _, by := range []string{"kind", "label"} {
		many, few := fmt.Sprintf("by %s over %d", by, 1000), fmt.Sprintf("by %s over %d", by, 10)
		allocs := s.Allocs(many)
		results = append(results,
			Result{"by " + by + ", against a native loop", atMost(0.05, Times), s.Ratio(many, loop.Name), Note(s, many, loop.Name)},
			Result{"by " + by + ", allocations", atMost(0, Allocs), compare.Of(allocs), nil},
			Result{"by " + by + ", 1,000 runners against 10", atMost(1.3, Times), s.Ratio(many, few), Note(s, few)})
	}
	return results, nil
}

// declaring makes n runners that declare how they are found, and a function that routes to the last.
func (b *Bench) declaring(by string, n int) (route func() error, _ *Runners, err error) {
	guest, err := b.Guest("yes")
	if err != nil {
		return nil, nil, err
	}
	modules := make([][]byte, n)
	for i := range n {
		module, err := rename(guest, i)
		if err != nil {
			return nil, nil, err
		}
		kind, name := task.KindSubprocess, runnerName(i)
		if by == "kind" {
			kind = name
		}
		modules[i] = withManifest(module, fmt.Sprintf(`{"kinds":[%q],"labels":{"zone":"eu","name":%q}}`, kind, name))
	}
	runners, err := b.Load(modules...)
	if err != nil {
		return nil, nil, err
	}
	spec := Payload()
	if by == "kind" {
		spec.Kind = task.Custom{Name: runnerName(n - 1), Payload: []byte(`{}`)}
	} else if spec.Selector, err = task.ParseSelector("zone in (eu,us),name=" + runnerName(n-1)); err != nil {
		return nil, nil, errors.Join(err, runners.Close(context.Background()))
	}
	route, err = routing(runners, spec, true)
	return route, runners, err
}

// native is a runner in Go that has nothing between it and who asks it.
type native interface{ Supports(spec *task.Spec) bool }

type nativeRunner struct{ kind, label string }

// Supports compares the kind and one label.
func (r *nativeRunner) Supports(spec *task.Spec) bool {
	return spec.Kind.KindName() == r.kind && spec.Labels["runner"] == r.label
}

// nativeLoop asks n runners by an interface call each, of which the last one takes the payload.
func nativeLoop(n int) (compare.Subject, error) {
	spec := Payload()
	runners := make([]native, n)
	for i := range runners {
		runners[i] = &nativeRunner{task.KindSubprocess, fmt.Sprint("other-", i)}
	}
	runners[n-1] = &nativeRunner{task.KindSubprocess, "bench"}
	ask := func() error {
		for i, r := range runners {
			if r.Supports(&spec) {
				if i != n-1 {
					return fmt.Errorf("native runner %d said yes", i)
				}
				return nil
			}
		}
		return errors.New("no native runner said yes")
	}
	return Subject("native loop", ask), ask()
}

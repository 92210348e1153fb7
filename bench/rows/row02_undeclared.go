package rows

import (
	"github.com/soltihq/soltiwasm/bench/compare"
)

// undeclared routes specs that are new to the host over runners that declare nothing. Each is a module of its own, and
// only the last says yes.
func undeclared(b *Bench) (_ []Result, err error) {
	const count = 1000
	loop, err := nativeLoop(count)
	if err != nil {
		return nil, err
	}
	subjects := []compare.Subject{loop}
	var results []Result
	for _, kind := range []struct {
		what, guest string
		remembering bool
	}{
		{"each says no unseen, which is remembered", "no", true},
		{"each looks up a kind of its own, and what it said is remembered", "own", true},
		{"each is asked about each spec", "no", false},
	} {
		modules, err := b.silent(kind.guest, count)
		if err != nil {
			return nil, err
		}
		runners, err := b.Load(modules...)
		if err != nil {
			return nil, err
		}
		defer closing(&err, runners.Close)
		route, err := routing(runners, Payload(), kind.remembering)
		if err != nil {
			return nil, err
		}
		subjects = append(subjects, Subject(kind.what, route))
		results = append(results, Result{What: kind.what, Bound: atMost(15, Times)})
	}
	// A short turn would be mostly the first round after a collection, which leaves nothing in the processor's caches.
	s, err := b.Method.Long().Run(subjects...)
	if err != nil {
		return nil, err
	}
	for i := range results {
		name := results[i].What
		results[i].Got, results[i].Context = s.Ratio(name, loop.Name), Note(s, name, loop.Name)
	}
	return results, nil
}

// silent makes n modules of a guest that declare nothing, each with code of its own; instead of the last there is one that says yes.
func (b *Bench) silent(name string, n int) ([][]byte, error) {
	no, err := b.Guest(name)
	if err != nil {
		return nil, err
	}
	yes, err := b.Guest("yes")
	if err != nil {
		return nil, err
	}
	modules := make([][]byte, n)
	for i := range n {
		guest := no
		if i == n-1 {
			guest = yes
		}
		named, err := rename(guest, i)
		if err != nil {
			return nil, err
		}
		modules[i] = withCode(named, i)
	}
	return modules, nil
}

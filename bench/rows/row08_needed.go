package rows

import (
	"fmt"
	"path/filepath"

	"github.com/soltihq/soltiwasm/task"
)

// needed routes a spec with the command over many large runners in Go, of which its kind needs one, and over that one
// alone.
func needed(b *Bench) ([]Result, error) {
	n, rounds := 50, 15
	if b.Quick {
		n, rounds = 5, 3
	}
	soltiwasm, err := b.Program("../cmd/soltiwasm")
	if err != nil {
		return nil, err
	}
	guest, err := b.GoGuest("./guests/gojson")
	if err != nil {
		return nil, err
	}
	modules := make([][]byte, n)
	for i := range n {
		kind := runnerName(i)
		if i == n-1 {
			kind = task.KindSubprocess
		}
		if modules[i], err = rename(guest, i); err != nil {
			return nil, err
		}
		modules[i] = withManifest(modules[i], fmt.Sprintf(`{"kinds":[%q]}`, kind))
	}
	all, err := b.install(modules)
	if err != nil {
		return nil, err
	}
	one, err := b.install(modules[n-1:])
	if err != nil {
		return nil, err
	}
	spec, err := b.specFile()
	if err != nil {
		return nil, err
	}
	b.Log("filling the cache with %d Go runners", n)
	runs, err := b.runProcesses(rounds,
		process{"one", []string{soltiwasm, "route", "--runners", filepath.Clean(one), spec}},
		process{"all", []string{soltiwasm, "route", "--runners", filepath.Clean(all), spec}})
	if err != nil {
		return nil, err
	}
	return []Result{
		{fmt.Sprintf("over %d runners, against the one that is needed", n), atMost(1.5, Times), ratio(runs[1], runs[0]),
			[]string{fmt.Sprintf("modules of %.2g MB", float64(len(guest))/1e6), note("all", runs[1]), note("one", runs[0])}},
	}, nil
}

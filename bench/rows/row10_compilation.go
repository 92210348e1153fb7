package rows

// compilation routes a spec to one Go runner with nothing in any cache, as the command does it, and loads the same module
// with a plain wazero.
func compilation(b *Bench) ([]Result, error) {
	rounds := 7
	if b.Quick {
		rounds = 1
	}
	soltiwasm, err := b.Program("../cmd/soltiwasm")
	if err != nil {
		return nil, err
	}
	bare, err := b.Program("./process/bare")
	if err != nil {
		return nil, err
	}
	guest, err := b.GoGuest("./guests/gojson")
	if err != nil {
		return nil, err
	}
	dir, err := b.install([][]byte{guest})
	if err != nil {
		return nil, err
	}
	spec, err := b.specFile()
	if err != nil {
		return nil, err
	}
	runs, err := b.runProcesses(rounds,
		process{"soltiwasm", []string{soltiwasm, "route", "--no-cache", "--runners", dir, spec}},
		process{"wazero", []string{bare, dir}})
	if err != nil {
		return nil, err
	}
	return []Result{
		{"`soltiwasm route --no-cache`, against plain wazero", atMost(0.6, Times), ratio(runs[0], runs[1]),
			[]string{note("soltiwasm", runs[0]), note("wazero", runs[1])}},
	}, nil
}

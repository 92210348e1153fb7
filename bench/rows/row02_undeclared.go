package rows

// undeclared routes over runners that all have to be asked: each is a module of its own, and only the last says yes.
func undeclared(b *Bench) (_ []Result, err error) {
	modules, err := b.silent(1000)
	if err != nil {
		return nil, err
	}
	runners, err := b.Load(modules...)
	if err != nil {
		return nil, err
	}
	defer closing(&err, runners.Close)
	route, err := routing(runners, Payload())
	if err != nil {
		return nil, err
	}
	loop, err := nativeLoop(len(modules))
	if err != nil {
		return nil, err
	}
	// A short turn would be mostly the first round after a collection, which leaves nothing in the processor's caches.
	s, err := b.Method.Long().Run(loop, Subject("route", route))
	if err != nil {
		return nil, err
	}
	return []Result{
		{"against a native loop", atMost(15, Times), s.Ratio("route", loop.Name), Note(s, "route", loop.Name)},
	}, nil
}

// silent makes n modules that declare nothing, of which only the last says yes.
func (b *Bench) silent(n int) ([][]byte, error) {
	no, err := b.Guest("no")
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
		if modules[i], err = rename(guest, i); err != nil {
			return nil, err
		}
	}
	return modules, nil
}

package rows

import (
	"fmt"
	"path/filepath"

	"github.com/soltihq/soltiwasm/bench/compare"
)

// installed opens a host over many small modules, in a process of its own each time. It is ready when the modules were
// listed and a spec was routed to the one that declares its kind; everything is loaded when a kind that all declare was
// routed, for which each has to be asked. A plain wazero loads the same modules and calls each.
func installed(b *Bench) ([]Result, error) {
	n, rounds := 1000, 11
	if b.Quick {
		n, rounds = 100, 3
	}
	dir, err := b.declaringAll(n)
	if err != nil {
		return nil, err
	}
	empty, err := b.install(nil)
	if err != nil {
		return nil, err
	}
	b.settle()
	var host, bare loads
	for round := range rounds + 1 {
		h, err := b.loadInHost(dir, empty, n)
		if err != nil {
			return nil, err
		}
		w, err := b.loadInWazero(dir, empty, n)
		if err != nil {
			return nil, err
		}
		if round > 0 { // the first filled the caches
			host, bare = append(host, h), append(bare, w)
		}
	}
	return []Result{
		{"listed, and a spec routed by declaration", atMost(20, Millis), host.spread(load.ready), []string{fmt.Sprintf("%d modules", n)}},
		{"all loaded, against a bare warm wazero", atMost(1.4, Times), host.ratio(bare), []string{
			digits(host.spread(load.all).Median) + " ms against " + digits(bare.spread(load.all).Median) + " ms"}},
		{"memory of each, all loaded", atMost(40, KiB), host.spread(load.memory), []string{
			"bare wazero " + digits(bare.spread(load.memory).Median) + " KiB"}},
	}, nil
}

// load is what a process said that loaded modules, and what one said that had none to load.
type load struct {
	Loaded
	empty Loaded
}

func (l load) ready() float64  { return float64(l.Ready) / 1e6 }                                 // in milliseconds
func (l load) all() float64    { return float64(l.All) / 1e6 }                                   // in milliseconds
func (l load) memory() float64 { return float64(l.RSS-l.empty.RSS) / float64(l.Modules) / 1024 } // of a module, in KiB

type loads []load

func (l loads) spread(of func(load) float64) compare.Spread {
	values := make([]float64, len(l))
	for i, x := range l {
		values[i] = of(x)
	}
	return compare.Of(values...)
}

// ratio is that of the times until all was loaded, round by round.
func (l loads) ratio(base loads) compare.Spread {
	ratios := make([]float64, len(l))
	for i := range l {
		ratios[i] = l[i].all() / base[i].all()
	}
	return compare.Of(ratios...)
}

// loadInHost runs process/host over n modules that [Bench.declaringAll] installed, and over none.
func (b *Bench) loadInHost(dir, empty string, n int) (load, error) {
	program, err := b.Program("./process/host")
	if err != nil {
		return load{}, err
	}
	return b.loading(n, []string{program, dir, b.cacheDir("host"), runnerName(n - 1), "bench-all"},
		[]string{program, empty, b.cacheDir("host"), "", ""})
}

// loadInWazero runs process/bare over the same.
func (b *Bench) loadInWazero(dir, empty string, n int) (load, error) {
	program, err := b.Program("./process/bare")
	if err != nil {
		return load{}, err
	}
	return b.loading(n, []string{program, "-cache", b.cacheDir("bare"), dir}, []string{program, "-cache", b.cacheDir("bare"), empty})
}

func (b *Bench) loading(n int, full, empty []string) (l load, err error) {
	if err = b.output(&l.Loaded, full...); err == nil {
		err = b.output(&l.empty, empty...)
	}
	if err == nil && l.Modules != n {
		err = fmt.Errorf("%d modules were loaded, not %d", l.Modules, n)
	}
	return l, err
}

// declaringAll installs n small modules of which each declares a kind of its own and one that all have. Only the last
// one takes anything.
func (b *Bench) declaringAll(n int) (string, error) {
	modules, err := b.silent("no", n)
	if err != nil {
		return "", err
	}
	for i, m := range modules {
		modules[i] = withManifest(m, fmt.Sprintf(`{"kinds":[%q,"bench-all"],"labels":{"zone":"eu"}}`, runnerName(i)))
	}
	return b.install(modules)
}

// cacheDir is a cache of compiled code that lasts as long as the bench.
func (b *Bench) cacheDir(name string) string { return filepath.Join(b.Temp, "cache-"+name) }

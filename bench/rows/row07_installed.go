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
	host, err := b.Program("./process/host")
	if err != nil {
		return nil, err
	}
	bare, err := b.Program("./process/bare")
	if err != nil {
		return nil, err
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
	var ready, all, ratios, memory, plain, plainMemory []float64
	for round := range rounds + 1 {
		// The memory of a process with no module is taken off.
		var host1, host0, bare1, bare0 Loaded
		for _, run := range []struct {
			to      *Loaded
			program []string
		}{
			{&host1, []string{host, dir, b.cacheDir("host"), runnerName(n - 1), "bench-all"}},
			{&bare1, []string{bare, "-cache", b.cacheDir("bare"), dir}},
			{&host0, []string{host, empty, b.cacheDir("host"), runnerName(n - 1), "bench-all"}},
			{&bare0, []string{bare, "-cache", b.cacheDir("bare"), empty}},
		} {
			if err := b.output(run.to, run.program...); err != nil {
				return nil, err
			}
		}
		if host1.Modules != n || bare1.Modules != n {
			return nil, fmt.Errorf("%d and %d modules were loaded, not %d", host1.Modules, bare1.Modules, n)
		}
		if round == 0 { // it filled the caches
			continue
		}
		ready = append(ready, float64(host1.Ready)/1e6)
		all = append(all, float64(host1.All)/1e6)
		plain = append(plain, float64(bare1.All)/1e6)
		ratios = append(ratios, float64(host1.All)/float64(bare1.All))
		memory = append(memory, float64(host1.RSS-host0.RSS)/float64(n)/1024)
		plainMemory = append(plainMemory, float64(bare1.RSS-bare0.RSS)/float64(n)/1024)
	}
	return []Result{
		{"listed, and a spec routed by declaration", atMost(20, Millis), compare.Of(ready...), []string{fmt.Sprintf("%d modules", n)}},
		{"all loaded, against a bare warm wazero", atMost(1.4, Times), compare.Of(ratios...), []string{
			digits(compare.Of(all...).Median) + " ms against " + digits(compare.Of(plain...).Median) + " ms"}},
		{"memory of each, all loaded", atMost(40, KiB), compare.Of(memory...), []string{
			"bare wazero " + digits(compare.Of(plainMemory...).Median) + " KiB"}},
	}, nil
}

// declaringAll installs n small modules of which each declares a kind of its own and one that all have. Only the last
// one takes anything.
func (b *Bench) declaringAll(n int) (string, error) {
	modules, err := b.silent(n)
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

package rows

import (
	"fmt"
	"os"
	"path/filepath"
)

// command runs whole processes: `soltiwasm route` and `list` over three tiny modules, a program with nothing but cobra, and
// an Extism host that asks three plugins of the same kind.
func command(b *Bench) ([]Result, error) {
	rounds := 41
	if b.Quick {
		rounds = 5
	}
	soltiwasm, err := b.Program("../cmd/soltiwasm")
	if err != nil {
		return nil, err
	}
	cobra, err := b.Program("./process/cobra")
	if err != nil {
		return nil, err
	}
	extism, err := b.Program("./process/extism")
	if err != nil {
		return nil, err
	}
	modules, err := b.silent("no", 3)
	if err != nil {
		return nil, err
	}
	dir, err := b.install(modules)
	if err != nil {
		return nil, err
	}
	spec, err := b.specFile()
	if err != nil {
		return nil, err
	}
	plugins, err := b.plugins(3)
	if err != nil {
		return nil, err
	}
	runs, err := b.runProcesses(rounds,
		process{"route", []string{soltiwasm, "route", "--runners", dir, spec}},
		process{"list", []string{soltiwasm, "list", "--runners", dir}},
		process{"cobra", []string{cobra, "route", "--runners", dir, spec}},
		process{"Extism", append([]string{extism, spec, b.cacheDir("extism")}, plugins...)})
	if err != nil {
		return nil, err
	}
	var results []Result
	for i, name := range []string{"route", "list"} {
		results = append(results,
			Result{"`" + name + "`, against a bare cobra program", atMost(2, Times), ratio(runs[i], runs[2]), []string{note(name, runs[i]), note("cobra", runs[2])}},
			Result{"`" + name + "`, against Extism", atMost(0.5, Times), ratio(runs[i], runs[3]), []string{note("Extism", runs[3])}},
			Result{"`" + name + "`, memory", atMost(9, MiB), peak(runs[i]), nil})
	}
	return results, nil
}

// plugins writes n Extism plugins of different bytes.
func (b *Bench) plugins(n int) ([]string, error) {
	guest, err := b.Guest("extism")
	if err != nil {
		return nil, err
	}
	var paths []string
	for i := range n {
		path := filepath.Join(b.Temp, fmt.Sprintf("extism-%d.wasm", i))
		if err := os.WriteFile(path, withManifest(guest, fmt.Sprint(i)), 0o644); err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

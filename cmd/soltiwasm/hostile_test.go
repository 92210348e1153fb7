//go:build unix

package main_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// pendingMeter are cases that are not held yet, and what each waits for.
func pendingMeter() map[string]string {
	return map[string]string{}
}

// hostileCase is one input of testdata/hostile, whose type Case says what the fields mean.
type hostileCase struct {
	Name, Does, Module, Spec string
	Args, RunArgs            []string
	List                     struct{ Status, Code string }
	Route                    struct {
		Runner, Asked, Verdict, Code string
		Exit                         int
	}
	Run struct {
		Outcome, Code string
		Exit          int
	}
	Rows                int
	Hidden              string
	Show, Raw, Unrooted bool

	dir string
}

// TestHostile drives every hostile input of testdata/hostile through list, route and run of the real program, beside a
// healthy runner. Each process has to end in time and within its memory, with the exact status, codes and exit code that
// the case must get, and the neighbour has to do its work.
func TestHostile(t *testing.T) {
	dir := t.TempDir()
	p := &hostileProgram{path: filepath.Join(dir, "soltiwasm"), cache: filepath.Join(dir, "cache")}
	goTool(t, "build", "-o", p.path, ".")
	corpus := filepath.Join(dir, "corpus")
	goTool(t, "run", "../../testdata/hostile", corpus)
	healthy, err := os.ReadFile("../../testdata/fixtures/ok.wasm")
	if err != nil {
		t.Fatal(err)
	}
	// Two at a time, so that the bombs do not make each other late, nor use up the machine together.
	slots := make(chan struct{}, 2)
	for _, c := range hostileCases(t, corpus) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			switch why := pendingMeter()[c.Name]; {
			case why != "":
				t.Skip("not held yet: " + why)
			case c.Unrooted && os.Getuid() == 0:
				t.Skip("nothing is locked for the superuser")
			}
			slots <- struct{}{}
			defer func() { <-slots }()
			addNeighbour(t, c.dir, healthy)
			c.drive(t, p)
		})
	}
}

// goTool runs the go command.
func goTool(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		t.Fatalf("go %v: %v\n%s", args, err, out)
	}
}

// hostileCases reads the corpus; with -short every tenth case.
func hostileCases(t *testing.T, corpus string) []*hostileCase {
	data, err := os.ReadFile(filepath.Join(corpus, "cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all []*hostileCase
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) < 120 {
		t.Fatalf("the corpus has %d cases, and there were 120 at least", len(all))
	}
	for name := range pendingMeter() {
		if !slices.ContainsFunc(all, func(c *hostileCase) bool { return c.Name == name }) {
			t.Errorf("pendingMeter names %s, and there is no such case", name)
		}
	}
	var some []*hostileCase
	for i, c := range all {
		c.dir = filepath.Join(corpus, c.Name)
		if !testing.Short() || i%10 == 0 {
			some = append(some, c)
		}
	}
	return some
}

// addNeighbour puts the healthy runner beside the case's files, and a document that only it takes.
func addNeighbour(t *testing.T, dir string, healthy []byte) {
	for path, data := range map[string]string{
		"runners/ok.wasm": string(healthy),
		"runners/ok.yaml": "labels: {healthy: \"yes\"}\n",
		"healthy.yaml":    "slot: healthy\nkind: {healthy: {}}\ntimeout: 10s\nrunnerSelector: {matchLabels: {healthy: \"yes\"}}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, path), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// drive runs the processes of a case.
func (c *hostileCase) drive(t *testing.T, p *hostileProgram) {
	p.run(t, c, 0, "list", "-o", "json").checkList(t, c)
	specs := []string{c.Spec, "healthy.yaml"}
	p.run(t, c, c.Route.Exit, append([]string{"route", "-o", "json", "--explain"}, specs...)...).checkRoute(t, c)
	p.run(t, c, c.Run.Exit, slices.Concat([]string{"run", "-o", "json", "--metrics-file", "metrics.prom"}, c.RunArgs, specs)...).checkRun(t, c)
	checkMetrics(t, filepath.Join(c.dir, "metrics.prom"))
	if !c.Show {
		return
	}
	for _, format := range []string{"table", "yaml"} {
		p.run(t, c, 0, "list", "-o", format)
		p.run(t, c, c.Route.Exit, append([]string{"route", "-o", format, "--explain"}, specs...)...)
		p.run(t, c, c.Run.Exit, slices.Concat([]string{"run", "-o", format, "--log-format", "json"}, c.RunArgs, specs)...)
		p.run(t, c, anyExit, append([]string{"validate", "-o", format}, specs...)...)
	}
	if c.Module != "" {
		for _, format := range []string{"table", "yaml", "json"} {
			p.run(t, c, anyExit, "inspect", "-o", format, "runners/"+c.Module)
		}
	}
}

package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/internal/author"
)

func (a *app) benchCommand() *cobra.Command {
	routes := 0
	cmd := &cobra.Command{
		Use:   "bench MODULE [SPEC]",
		Short: "Measure what a module weighs and costs",
		Long: `bench compiles a module, starts it, and has it answer, build and run a task, and shows for each the time, the fuel, the
memory and the calls of host functions; and the module's size by section and by its largest functions.

A SPEC is a file, a directory or - for standard input; of several documents each is measured. Without one it uses specs
such as check makes up, one of each kind that the module takes.

Times are medians, and hold for this machine: the column N says of how many. Nothing is read from the cache of compiled
modules. Fuel is what the host counts instructions in; it is the same everywhere, and what to compare versions by.

With --routing N it takes no MODULE, but any number of SPECs, and routes and builds them over your own runners, N times in
all: specs that the host has not seen, which differ in their slot, and then the same ones again. It shows how many decisions
one processor makes a second, how long half of them take at most, and 99 of 100, and what one allocates. Without a SPEC it
makes some up, of the kinds that the runners declare.`,
		Example: `  soltiwasm bench hello.wasm specs/hello.yaml
  soltiwasm bench -o json hello.wasm | jq '.calls[] | {call, fuel}'
  soltiwasm bench --routing 10000 --runners ./runners task.yaml`,
		Args: func(_ *cobra.Command, args []string) error {
			if routes > 0 {
				return nil
			}
			if len(args) < 1 || len(args) > 2 {
				return fmt.Errorf("expected a MODULE and perhaps a SPEC, found %d arguments", len(args))
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 && routes == 0 {
				return []string{"wasm"}, cobra.ShellCompDirectiveFilterFileExt
			}
			return []string{"yaml", "yml", "json"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	defineRouting(cmd, &routes)
	return a.runs(cmd, func(ctx context.Context, args []string) error {
		if routes > 0 {
			return a.benchRouting(ctx, routes, args)
		}
		return a.bench(ctx, args[0], args[1:])
	})
}

func (a *app) bench(ctx context.Context, module string, specs []string) error {
	given, err := a.validSpecs(ctx, specs)
	if err != nil {
		return err
	}
	measuring := a.console.begin("measuring " + module)
	m, err := a.workshop(nil).Measure(ctx, module, given)
	measuring.end()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(m.Calls, func(c author.CallCost) bool { return c.Fault }) {
		a.raise(exitHost)
	}
	r := newBenchRow(m)
	return a.printObject(r, r.table())
}

// benchRow is what was measured. Sizes are bytes.
type benchRow struct {
	Module      string        `json:"module"`
	Size        int           `json:"size"`
	MeteredSize int           `json:"meteredSize"`
	Score       int64         `json:"score"` // milliseconds
	Stack       int64         `json:"stack"`
	Compile     timingRow     `json:"compile"`
	Calls       []costRow     `json:"calls"`
	Sections    []sectionRow  `json:"sections"`
	Functions   []functionRow `json:"functions"`
}

// timingRow is the median of Count times, in nanoseconds.
type timingRow struct {
	MedianNs int64 `json:"medianNs"`
	Count    int   `json:"count"`
}

type costRow struct {
	Call   string         `json:"call"`
	Spec   string         `json:"spec,omitempty"`
	Time   timingRow      `json:"time"`
	Fuel   int64          `json:"fuel"`
	Memory uint64         `json:"memory"`
	Host   map[string]int `json:"host"`
	// Outcome is what came of the call; a fault is one that the guest did not end by itself.
	Outcome string `json:"outcome,omitempty"`
	Fault   bool   `json:"fault,omitempty"`
}

type sectionRow struct {
	Name  string `json:"name"`
	Bytes int    `json:"bytes"`
	Items int    `json:"items"`
}

type functionRow struct {
	Index int    `json:"index"`
	Name  string `json:"name,omitempty"`
	Bytes int    `json:"bytes"`
}

func newTiming(t author.Timing) timingRow { return timingRow{t.Median.Nanoseconds(), t.Count} }

func newBenchRow(m author.Measurement) benchRow {
	r := benchRow{
		Module: m.Module, Size: m.Size, MeteredSize: m.Metered, Score: m.Score, Stack: m.Stack, Compile: newTiming(m.Compile),
		Calls: []costRow{}, Sections: []sectionRow{}, Functions: []functionRow{},
	}
	for _, c := range m.Calls {
		r.Calls = append(r.Calls, costRow{c.Call, c.Spec, newTiming(c.Time), c.Fuel, c.Memory, c.Host, c.Outcome, c.Fault})
	}
	for _, s := range m.Sections {
		r.Sections = append(r.Sections, sectionRow(s))
	}
	for _, f := range m.Functions {
		r.Functions = append(r.Functions, functionRow(f))
	}
	return r
}

func (r benchRow) table() *table {
	t := &table{}
	t.add("module", r.Module)
	t.add("size", fmt.Sprintf("%s, metered %s", formatSize(int64(r.Size)), formatSize(int64(r.MeteredSize))))
	t.add("compile", fmt.Sprintf("%s (median of %d), scored at %s", r.Compile.text(), r.Compile.Count, time.Duration(r.Score)*time.Millisecond))
	t.add("stack", "up to "+formatSize(r.Stack)+" beside the memory")
	r.addCalls(t)
	sections := &table{header: []string{"SECTION", "SIZE", "ITEMS"}}
	for _, s := range r.Sections {
		sections.lines = append(sections.lines, line{cells: plain(s.Name, formatSize(int64(s.Bytes)), strconv.Itoa(s.Items))})
	}
	t.addTable("sections", "largest first", sections)
	functions := &table{header: []string{"FUNCTION", "SIZE", "NAME"}}
	for _, f := range r.Functions {
		functions.lines = append(functions.lines, line{cells: plain(strconv.Itoa(f.Index), formatSize(int64(f.Bytes)), f.Name)})
	}
	t.addTable("functions", "the largest", functions)
	return t
}

// addCalls adds the calls, those with one spec together.
func (r benchRow) addCalls(t *table) {
	for rest := r.Calls; len(rest) > 0; {
		part := &table{header: []string{"CALL", "TIME", "N", "FUEL", "MEMORY", "OUTCOME", "HOST CALLS"}}
		spec := rest[0].Spec
		for len(rest) > 0 && rest[0].Spec == spec {
			part.lines = append(part.lines, rest[0].line())
			rest = rest[1:]
		}
		about := "to load it"
		if spec != "" {
			about = "with " + spec
		}
		t.addTable("calls", about, part)
	}
}

// line is one call.
func (r costRow) line() line {
	var host []string
	for _, name := range slices.Sorted(maps.Keys(r.Host)) {
		short := strings.TrimPrefix(strings.Replace(name, abi.ModuleWASI, "wasi", 1), abi.ModuleSolti+".")
		host = append(host, fmt.Sprintf("%s %d", short, r.Host[name]))
	}
	l := line{cells: plain(r.Call, r.Time.text(), strconv.Itoa(r.Time.Count), strconv.FormatInt(r.Fuel, 10), formatSize(int64(r.Memory)),
		r.Outcome, strings.Join(host, ", "))}
	const longest = 40 // of an outcome that is shown in its column
	if len(r.Outcome) > longest {
		l.cells[5].text = "see below"
		l.notes = []cell{{text: r.Outcome}}
	}
	if r.Fault {
		l.cells[0].colour = red
	}
	return l
}

// text is a time for people, with three digits.
func (t timingRow) text() string {
	d := time.Duration(t.MedianNs)
	unit := time.Nanosecond
	for _, u := range []time.Duration{time.Second, time.Millisecond, time.Microsecond} {
		if d >= u {
			unit = u / 100
			break
		}
	}
	return d.Round(unit).String()
}

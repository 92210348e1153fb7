// Command bench measures what the project promises about speed, each thing beside what it is compared with, and prints
// the table of docs/performance.md.
//
//	go -C bench run . [-rows 1,3,5] [-quick] [-o markdown|json]
//	go -C bench run . -curve
//
// The second form prints instead how costs grow with the number of runners, to 10,000.
//
// It builds what it needs into a temporary directory. Ratios decide; a figure that is not within its bound is shown as
// not met. Figures to be published are taken while the machine does nothing else.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/soltihq/soltiwasm/bench/compare"
	"github.com/soltihq/soltiwasm/bench/peers"
	"github.com/soltihq/soltiwasm/bench/rows"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	rows       string
	quick      bool
	curve      bool
	format     string
	cpuProfile string
	memProfile string
}

func parse() (o options, err error) {
	flag.StringVar(&o.rows, "rows", "", "measure only the rows of these `NUMBERS`, as 1,3,5")
	flag.BoolVar(&o.quick, "quick", false, "few and short rounds, and fewer modules: to try it out")
	flag.BoolVar(&o.curve, "curve", false, "measure how costs grow with the number of runners, instead of the rows")
	flag.StringVar(&o.format, "o", "markdown", "print as `markdown|json`")
	flag.StringVar(&o.cpuProfile, "cpuprofile", "", "write a CPU profile to `FILE`")
	flag.StringVar(&o.memProfile, "memprofile", "", "write a profile of allocations to `FILE`")
	flag.Parse()
	if flag.NArg() > 0 || o.format != "markdown" && o.format != "json" {
		flag.Usage()
		return o, errors.New("bad arguments")
	}
	return o, nil
}

func run() (err error) {
	o, err := parse()
	if err != nil {
		return err
	}
	wanted, err := choose(o.rows)
	if err != nil {
		return err
	}
	b, err := newBench(o.quick)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.Temp)) }()
	stop, err := profile(o)
	if err != nil {
		return err
	}
	measure := func() error { return printRows(b, wanted, o) }
	if o.curve {
		measure = func() error { return printCurve(b, o.quick) }
	}
	return errors.Join(measure(), stop())
}

func printRows(b *rows.Bench, wanted []rows.Row, o options) error {
	r := newReport(o.quick)
	for _, row := range wanted {
		b.Log("row %d: %s", row.Number, row.Title)
		r.add(row, b)
	}
	r.After = load()
	return r.write(os.Stdout, o.format)
}

func printCurve(b *rows.Bench, quick bool) error {
	r := newReport(quick)
	points, err := rows.Curve(b)
	r.After = load()
	fmt.Print(r.conditions(), rows.CurveHeader)
	for _, p := range points {
		fmt.Print(p.Line())
	}
	return err
}

// choose returns the rows with the given numbers, or all.
func choose(numbers string) ([]rows.Row, error) {
	all := append(rows.All(), peers.Row())
	slices.SortFunc(all, func(a, b rows.Row) int { return a.Number - b.Number })
	if numbers == "" {
		return all, nil
	}
	var chosen []rows.Row
	for text := range strings.SplitSeq(numbers, ",") {
		n, err := strconv.Atoi(text)
		at := slices.IndexFunc(all, func(r rows.Row) bool { return r.Number == n })
		if err != nil || at < 0 {
			return nil, fmt.Errorf("there is no row %q", text)
		}
		chosen = append(chosen, all[at])
	}
	return chosen, nil
}

func newBench(quick bool) (*rows.Bench, error) {
	here, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(here, "guests", "bare.wasm")); err != nil {
		return nil, fmt.Errorf("it runs in its own directory, as go -C bench run . does: %w", err)
	}
	temp, err := os.MkdirTemp("", "soltiwasm-bench")
	if err != nil {
		return nil, err
	}
	method := compare.Method{Rounds: 51, Turn: 5 * time.Millisecond}
	if quick {
		method = compare.Method{Rounds: 5, Turn: 2 * time.Millisecond}
	}
	return &rows.Bench{
		Method: method, Quick: quick, Root: filepath.Dir(here), Temp: temp,
		Log: func(format string, args ...any) {
			fmt.Fprintf(os.Stderr, "%s "+format+"\n", append([]any{time.Now().Format(time.TimeOnly)}, args...)...)
		},
	}, nil
}

// profile begins the profiles that are wanted; the function that it returns ends them.
func profile(o options) (stop func() error, err error) {
	var cpu *os.File
	if o.cpuProfile != "" {
		if cpu, err = os.Create(o.cpuProfile); err != nil {
			return nil, err
		}
		if err := pprof.StartCPUProfile(cpu); err != nil {
			return nil, errors.Join(err, cpu.Close())
		}
	}
	return func() error {
		if cpu != nil {
			pprof.StopCPUProfile()
			if err := cpu.Close(); err != nil {
				return err
			}
		}
		if o.memProfile == "" {
			return nil
		}
		runtime.GC() // the profile is that of the last collection
		f, err := os.Create(o.memProfile)
		if err != nil {
			return err
		}
		return errors.Join(pprof.Lookup("allocs").WriteTo(f, 0), f.Close())
	}, nil
}

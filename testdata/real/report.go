//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/soltihq/soltiwasm/sandbox"
)

// report prints a Markdown table of what becomes of the modules of a directory. Times are of the processor.
func report(ctx context.Context, dir string, runs int) error {
	list, err := readList(dir)
	if err != nil {
		return fmt.Errorf("%w (is %s what fetch filled?)", err, dir)
	}
	fmt.Printf("%s, %s/%s, %s, medians of %d\n\n", time.Now().UTC().Format(time.DateOnly), runtime.GOOS, runtime.GOARCH, runtime.Version(), runs)
	fmt.Println("| module | package | KiB | score, s | admitted | size | ms/MB | compile, s | metered, s | ratio | peak, MiB |")
	fmt.Println("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
	for i := range list {
		row, err := reportOne(ctx, &list[i], dir, runs)
		if err != nil {
			return fmt.Errorf("%s: %w", list[i].Name, err)
		}
		fmt.Printf("| %s |\n", strings.Join(row, " | "))
	}
	return nil
}

// unbounded is a score that admits any real module, so that it can be measured.
const unbounded = 1_000_000

// reportOne makes a module's row.
func reportOne(ctx context.Context, m *Module, dir string, runs int) ([]string, error) {
	wasm, err := os.ReadFile(m.path(dir))
	if err != nil {
		return nil, err
	}
	from := "Go " + m.Version
	if m.Package != "" {
		from = m.spec()
	}
	row := []string{m.What, from, fmt.Sprint(len(wasm) >> 10)}
	limits := sandbox.DefaultLimits()
	_, refusal := sandbox.Protect(wasm, limits)
	limits.Score = unbounded
	p, err := sandbox.Protect(wasm, limits)
	var why *sandbox.Error
	if errors.As(err, &why) {
		return append(row, "", "no: `"+string(why.Code)+"`", "", "", "", "", "", ""), nil
	}
	admitted := inProcess
	if refusal != nil {
		admitted = withCompiler
	}
	row = append(row, fmt.Sprintf("%.1f", float64(p.Module.Score)/1000), admitted,
		fmt.Sprintf("%.2f", float64(len(p.Wasm))/float64(len(wasm))),
		fmt.Sprintf("%.0f", protectTime(wasm, limits, runs)/(float64(len(wasm))/1e6)))

	metered := m.path(dir) + ".metered"
	defer os.Remove(metered)
	if err := os.WriteFile(metered, p.Wasm, 0o644); err != nil {
		return nil, err
	}
	var plain, protected []float64
	peak := int64(0)
	for range runs {
		before, err := compileInChild(ctx, m.path(dir))
		if err != nil {
			return nil, err
		}
		after, err := compileInChild(ctx, metered)
		if err != nil {
			return nil, err
		}
		plain, protected = append(plain, before.Seconds), append(protected, after.Seconds)
		peak = max(peak, after.PeakBytes)
	}
	a, b := median(plain), median(protected)
	return append(row, fmt.Sprintf("%.2f", a), fmt.Sprintf("%.2f", b), fmt.Sprintf("%.2f", b/a), fmt.Sprint(peak>>20)), nil
}

// protectTime is how many milliseconds of processor time Protect takes.
func protectTime(wasm []byte, limits sandbox.Limits, runs int) float64 {
	var times []float64
	for range runs {
		runtime.GC() // the garbage of the run before is not this one's
		start := processorTime()
		if _, err := sandbox.Protect(wasm, limits); err != nil {
			panic(err) // it was accepted before
		}
		times = append(times, (processorTime()-start).Seconds()*1000)
	}
	return median(times)
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

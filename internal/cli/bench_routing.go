package cli

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/internal/author"
	"github.com/soltihq/soltiwasm/task"
)

// mostRoutes bounds --routing, each of which takes a little memory.
const mostRoutes = 10_000_000

// defineRouting adds the flag that has bench route specs.
func defineRouting(cmd *cobra.Command, to *int) {
	define(cmd, "routing", "", "measure no module, but route each SPEC, `N` times in all, over the runners of --runners", func(text string) error {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > mostRoutes {
			return fmt.Errorf("expected a number of routes from 1 to %d, found %q", mostRoutes, text)
		}
		*to = n
		return nil
	})
}

// benchRouting routes specs over the operator's runners and has them built, n times in all: first specs that the host
// has not seen, and then the same ones again and again, of which it remembers who takes them.
func (a *app) benchRouting(ctx context.Context, n int, args []string) error {
	given, err := a.validSpecs(ctx, args)
	if err != nil {
		return err
	}
	return a.withHost(ctx, soltiwasm.Config{}, true, func(host *soltiwasm.Host) error {
		specs := author.MadeUpSpecs(declaredKinds(host))
		if len(given) > 0 {
			specs = nil
			for _, item := range given {
				specs = append(specs, item.Spec)
			}
		}
		if len(specs) == 0 {
			return errors.New("there is nothing to route: name a SPEC, or runners of which one could be made up with --runners")
		}
		out := a.answer("SPECS", "N", "PER SECOND", "P50", "P99", "ALLOCATIONS", "BUILT", "NO RUNNER", "FAILED")
		measuring := a.console.begin("routing")
		defer measuring.end()
		// Modules are compiled when they are first asked, and that is not what is measured. A host remembers a spec
		// that comes again.
		warmUp := routing{host: host, specs: specs}
		if err := warmUp.route(ctx, 2*len(specs)); err != nil {
			return err
		}
		for _, again := range []bool{false, true} {
			r := routing{host: host, specs: specs, differ: !again}
			if err := r.route(ctx, n); err != nil {
				return err
			}
			if err := out.print(r.row()); err != nil {
				return err
			}
		}
		return out.flush()
	})
}

// declaredKinds are the kinds that the runners take, and those that every host knows where one of them takes any.
func declaredKinds(host *soltiwasm.Host) (kinds []string) {
	for _, r := range host.Capabilities().Runners {
		if r.Kinds == nil {
			kinds = append(kinds, task.KindSubprocess, task.KindWasm, task.KindContainer)
		}
		kinds = append(kinds, r.Kinds...)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// routing is many routes, and what came of them.
type routing struct {
	host   *soltiwasm.Host
	specs  []task.Spec
	differ bool // each spec gets a slot of its own, so that it is new to the host

	times                   []time.Duration
	allocations             uint64
	built, noRunner, failed int
}

// route routes n specs. The error is the end of ctx.
func (r *routing) route(ctx context.Context, n int) error {
	const portion = 1000 // that are made at a time, so that making them is not what is measured
	r.times = make([]time.Duration, 0, n)
	for len(r.times) < n {
		specs := make([]task.Spec, min(portion, n-len(r.times)))
		for i := range specs {
			at := len(r.times) + i
			specs[i] = r.specs[at%len(r.specs)]
			if r.differ {
				specs[i].Slot = fmt.Sprintf("bench-%d", at)
			}
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for i := range specs {
			if err := r.one(ctx, specs[i]); err != nil {
				return err
			}
		}
		runtime.ReadMemStats(&after)
		r.allocations += after.Mallocs - before.Mallocs
	}
	return nil
}

func (r *routing) one(ctx context.Context, spec task.Spec) error {
	start := time.Now()
	_, err := r.host.Route(ctx, spec)
	r.times = append(r.times, time.Since(start))
	te, _ := errors.AsType[*task.Error](err)
	switch {
	case err == nil:
		r.built++
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case te != nil && te.Code == task.CodeNoRunner:
		r.noRunner++
	default:
		r.failed++
	}
	return nil
}

// row sums up.
func (r *routing) row() routingRow {
	total := time.Duration(0)
	for _, t := range r.times {
		total += t
	}
	slices.Sort(r.times)
	n := len(r.times)
	row := routingRow{
		Specs: "again", Count: n, PerSecond: int64(float64(n) / total.Seconds()),
		P50Ns: r.times[(n-1)/2].Nanoseconds(), P99Ns: r.times[(n-1)*99/100].Nanoseconds(),
		Allocations: int64(r.allocations) / int64(n), Built: r.built, NoRunner: r.noRunner, Failed: r.failed,
	}
	if r.differ {
		row.Specs = "new"
	}
	return row
}

// routingRow is what routing new specs, or the same ones again, came to. A decision includes the build.
type routingRow struct {
	Specs       string `json:"specs"` // "new" or "again"
	Count       int    `json:"count"`
	PerSecond   int64  `json:"perSecond"` // of one goroutine
	P50Ns       int64  `json:"p50Ns"`
	P99Ns       int64  `json:"p99Ns"`
	Allocations int64  `json:"allocations"` // of one decision
	Built       int    `json:"built"`
	NoRunner    int    `json:"noRunner"`
	Failed      int    `json:"failed"`
}

func (r routingRow) line() line {
	count := strconv.Itoa
	return line{cells: plain(r.Specs, count(r.Count), strconv.FormatInt(r.PerSecond, 10), timingRow{MedianNs: r.P50Ns}.text(),
		timingRow{MedianNs: r.P99Ns}.text(), strconv.FormatInt(r.Allocations, 10), count(r.Built), count(r.NoRunner), count(r.Failed))}
}

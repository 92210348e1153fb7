package rows

import (
	"context"
	"errors"
	"time"

	"github.com/soltihq/soltiwasm/bench/compare"
)

// Point is what so many runners cost.
type Point struct {
	Runners int
	Label   time.Duration // route by label to the last of those that declare labels
	Ask     time.Duration // route over those that declare nothing, which asks them all
	Ready   time.Duration // open a host over them, warm, list them and route by declaration
	All     time.Duration // and ask each
	Memory  float64       // KiB of each, once it was asked
}

// Curve measures how costs grow with the number of runners. There is no target; the growth is the point.
func Curve(b *Bench) ([]Point, error) {
	counts := []int{10, 100, 1000, 10_000}
	if b.Quick {
		counts = counts[:2]
	}
	var points []Point
	for _, n := range counts {
		b.Log("%d runners", n)
		p := Point{Runners: n}
		modules, err := b.silent(n)
		if err == nil {
			p.Ask, err = b.routeTime(func() (func() error, *Runners, error) {
				runners, err := b.Load(modules...)
				if err != nil {
					return nil, nil, err
				}
				route, err := routing(runners, Payload())
				return route, runners, err
			})
		}
		if err == nil {
			p.Label, err = b.routeTime(func() (func() error, *Runners, error) { return b.declaring("label", n) })
		}
		if err == nil {
			err = b.opened(&p)
		}
		if err != nil {
			return points, err
		}
		points = append(points, p)
	}
	return points, nil
}

// routeTime is how long a route takes over the runners that are made.
func (b *Bench) routeTime(make func() (func() error, *Runners, error)) (time.Duration, error) {
	route, runners, err := make()
	if err != nil {
		return 0, err
	}
	s, err := b.Method.Run(Subject("route", route))
	if err = errors.Join(err, runners.Close(context.Background())); err != nil {
		return 0, err
	}
	return s.Time("route"), nil
}

// opened measures a process of its own, warm.
func (b *Bench) opened(p *Point) error {
	host, err := b.Program("./process/host")
	if err != nil {
		return err
	}
	dir, err := b.declaringAll(p.Runners)
	if err != nil {
		return err
	}
	empty, err := b.install(nil)
	if err != nil {
		return err
	}
	b.settle()
	var ready, all, memory []float64
	for round := range 6 {
		var with, without Loaded
		if err := b.output(&with, host, dir, b.cacheDir("host"), runnerName(p.Runners-1), "bench-all"); err != nil {
			return err
		}
		if err := b.output(&without, host, empty, b.cacheDir("host"), "", ""); err != nil {
			return err
		}
		if round > 0 { // the first filled the cache
			ready, all = append(ready, float64(with.Ready)), append(all, float64(with.All))
			memory = append(memory, float64(with.RSS-without.RSS)/float64(p.Runners)/1024)
		}
	}
	p.Ready, p.All = time.Duration(compare.Of(ready...).Median), time.Duration(compare.Of(all...).Median)
	p.Memory = compare.Of(memory...).Median
	return nil
}

// CurveHeader is the head of the curve's table, as Markdown.
const CurveHeader = "| runners | by label | all asked | ready, warm | all loaded, warm | memory of each |\n| --- | --- | --- | --- | --- | --- |\n"

// Line is the point's line of the table.
func (p Point) Line() string {
	return "| " + digits(float64(p.Runners)) + " | " + Duration(p.Label) + " | " + Duration(p.Ask) + " | " + Duration(p.Ready) + " | " +
		Duration(p.All) + " | " + digits(p.Memory) + " KiB |\n"
}

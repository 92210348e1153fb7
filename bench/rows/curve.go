package rows

import (
	"context"
	"errors"
	"time"
)

// Point is what so many runners cost.
type Point struct {
	Runners int
	Label   time.Duration // route by label to the last of those that declare labels
	Own     time.Duration // route over those that declare nothing and look up a kind of their own each, which is remembered
	Ask     time.Duration // route over those that declare nothing, and ask them all
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
	var err error
	for _, n := range counts {
		b.Log("%d runners", n)
		p := Point{Runners: n}
		p.Ask, err = b.undeclaredTime("no", n, false)
		if err == nil {
			p.Own, err = b.undeclaredTime("own", n, true)
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

// undeclaredTime is how long a route takes over n runners that declare nothing.
func (b *Bench) undeclaredTime(guest string, n int, remembering bool) (time.Duration, error) {
	return b.routeTime(func() (func() error, *Runners, error) {
		modules, err := b.silent(guest, n)
		if err != nil {
			return nil, nil, err
		}
		runners, err := b.Load(modules...)
		if err != nil {
			return nil, nil, err
		}
		route, err := routing(runners, Payload(), remembering)
		return route, runners, err
	})
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
	dir, err := b.declaringAll(p.Runners)
	if err != nil {
		return err
	}
	empty, err := b.install(nil)
	if err != nil {
		return err
	}
	b.settle()
	var host loads
	for round := range 6 {
		l, err := b.loadInHost(dir, empty, p.Runners)
		if err != nil {
			return err
		}
		if round > 0 { // the first filled the cache
			host = append(host, l)
		}
	}
	millis := func(value float64) time.Duration { return time.Duration(value * float64(time.Millisecond)) }
	p.Ready, p.All = millis(host.spread(load.ready).Median), millis(host.spread(load.all).Median)
	p.Memory = host.spread(load.memory).Median
	return nil
}

// CurveHeader is the head of the curve's table, as Markdown.
const CurveHeader = "| runners | by label | undeclared, remembered | all asked | ready, warm | all loaded, warm | memory of each |\n| --- | --- | --- | --- | --- | --- | --- |\n"

// Line is the point's line of the table.
func (p Point) Line() string {
	return "| " + digits(float64(p.Runners)) + " | " + Duration(p.Label) + " | " + Duration(p.Own) + " | " + Duration(p.Ask) + " | " + Duration(p.Ready) + " | " +
		Duration(p.All) + " | " + digits(p.Memory) + " KiB |\n"
}

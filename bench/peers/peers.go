// Package peers is row 5: other ways to ask a plugin, each with the library that it is made with.
package peers

import (
	"context"
	"errors"
	"fmt"

	"github.com/soltihq/soltiwasm/bench/compare"
	"github.com/soltihq/soltiwasm/bench/rows"
)

// Row is row 5.
func Row() rows.Row {
	return rows.Row{Number: 5, Title: "against peers, with the same guest logic", Measure: measure}
}

// peer is a plugin that is asked in another project's way.
type peer struct {
	name    string
	ask     func() error // a trivial question, with 1 KB of spec
	scan    func() error // one for which the guest looks at all of the spec; may be nil
	atLeast float64      // times as long as the registry's trivial question
	close   func() error
}

// measure asks this project's runner and each peer in turns.
func measure(b *rows.Bench) (_ []rows.Result, err error) {
	ask, runners, err := b.Asking("yes")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, runners.Close(context.Background())) }()
	scan, scanners, err := b.Asking("scan")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, scanners.Close(context.Background())) }()

	subjects := []compare.Subject{rows.Subject("ours", ask), rows.Subject("our scan", scan)}
	var peers []*peer
	for _, open := range []func(*rows.Bench) (*peer, error){openExtism, openExtismProtected, openKnqyf, openHashicorp, openWasmtime} {
		p, err := open(b)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, p.close()) }()
		peers = append(peers, p)
		subjects = append(subjects, rows.Subject(p.name, p.ask))
		if p.scan != nil {
			subjects = append(subjects, rows.Subject(p.name+" scan", p.scan))
		}
	}
	s, err := b.Method.Long().Run(subjects...)
	if err != nil {
		return nil, err
	}
	var results []rows.Result
	for _, p := range peers {
		results = append(results, rows.Result{
			What: p.name + ", trivial `supports`", Bound: rows.AtLeast(p.atLeast, rows.Times),
			Got: s.Ratio(p.name, "ours"), Context: rows.Note(s, p.name, "ours"),
		})
		if name := p.name + " scan"; p.scan != nil {
			results = append(results, rows.Result{
				What: p.name + ", scan of 1 KB", Bound: rows.AtLeast(15, rows.Times),
				Got: s.Ratio(name, "our scan"), Context: rows.Note(s, name, "our scan"),
			})
		}
	}
	return results, nil
}

var errNo = errors.New("the plugin said no")

// answered turns an answer into an error unless it is yes.
func answered(yes bool, err error) error {
	if err == nil && !yes {
		err = errNo
	}
	return err
}

func opening(name string, err error) error { return fmt.Errorf("opening %s: %w", name, err) }

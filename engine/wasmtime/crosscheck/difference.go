package crosscheck

import (
	"fmt"
	"strings"
)

// Difference is something that engines don't agree on. Of memory it shows one byte, or sums that mean something in one
// call alone: what is there may be a value that the operator has lent the guest. As the result of a call it arrives in
// an engine.TrapError.
type Difference struct {
	What  string // what they did, such as "host call 3"
	Sides []Side // what each that is part of it saw; the first is the one that met the world
}

// Side is what one engine saw.
type Side struct {
	Engine string
	Saw    string
	Err    error // if it ended in one
}

// Error shows both sides on one line.
func (d *Difference) Error() string {
	sides := make([]string, len(d.Sides))
	for i, s := range d.Sides {
		sides[i] = s.Engine + ": " + s.Saw
	}
	return fmt.Sprintf("engines differ in %s: %s", d.What, strings.Join(sides, "; "))
}

// Unwrap returns the errors of the sides that ended in one.
func (d *Difference) Unwrap() []error {
	var errs []error
	for _, s := range d.Sides {
		if s.Err != nil {
			errs = append(errs, s.Err)
		}
	}
	return errs
}

// newDifference shows all engines.
func newDifference(what string, names []string, errs []error, saw func(i int) string) *Difference {
	d := &Difference{What: what}
	for i, name := range names {
		d.Sides = append(d.Sides, Side{Engine: name, Saw: saw(i), Err: errs[i]})
	}
	return d
}

func orElse(err error, fine string) string {
	if err != nil {
		return err.Error()
	}
	return fine
}

// Package rows are the rows of the comparison that docs/performance.md shows: a file each, but for row 5, which needs the
// libraries of others and is in package peers.
package rows

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/soltihq/soltiwasm/bench/compare"
)

// Row is one promise about speed.
type Row struct {
	Number  int
	Title   string
	Measure func(*Bench) ([]Result, error)
}

// All returns the rows of this package, in the order of their numbers.
func All() []Row {
	return []Row{
		{1, "route over 1,000 runners that declare kinds and labels, the last one matching", declared},
		{2, "route over 1,000 runners that declare nothing", undeclared},
		{3, "one `supports` through the registry", supports},
		{4, "what protection costs guest code", protection},
		{6, "two fields read lazily by a guest", lazy},
		{7, "1,000 installed tiny modules, warm", installed},
		{8, "50 Go runners that declare their kinds, warm, first route", needed},
		{9, "start of a Go guest's instance", start},
		{10, "first compilation of a Go guest", compilation},
		{11, "the command over three tiny modules, warm", command},
		{12, "two goroutines on a 2 µs guest", goroutines},
		{13, "route of the same spec again", again},
	}
}

// Result is one figure of a row.
type Result struct {
	What    string
	Bound   Bound
	Got     compare.Spread
	Context []string // absolute times and what else helps to read the figure
}

// Met says whether the figure is within its bound. Its median counts.
func (r Result) Met() bool {
	if r.Bound.AtLeast {
		return r.Got.Median >= r.Bound.Value
	}
	return r.Got.Median <= r.Bound.Value
}

// Bound is what a figure has to reach.
type Bound struct {
	AtLeast bool // otherwise at most
	Value   float64
	Unit    Unit
}

// Unit is what a figure counts.
type Unit string

// The units.
const (
	Times  Unit = "x" // a ratio of times
	Allocs Unit = "allocations"
	Millis Unit = "ms"
	KiB    Unit = "KiB"
	MiB    Unit = "MiB"
	Share  Unit = "%" // of time
)

func atMost(value float64, unit Unit) Bound { return Bound{Value: value, Unit: unit} }

func atLeast(value float64, unit Unit) Bound { return Bound{AtLeast: true, Value: value, Unit: unit} }

// AtLeast is the bound of a figure that should be large.
func AtLeast(value float64, unit Unit) Bound { return atLeast(value, unit) }

// String says the bound in words.
func (b Bound) String() string {
	word := "at most "
	if b.AtLeast {
		word = "at least "
	}
	return word + b.Format(b.Value)
}

// Format writes a figure in the bound's unit, with three digits.
func (b Bound) Format(value float64) string {
	text := digits(value)
	switch b.Unit {
	case Times, Share:
		return text + string(b.Unit)
	}
	return text + " " + string(b.Unit)
}

// Note says of each subject how long it takes, and what it allocates.
func Note(s *compare.Samples, names ...string) []string {
	var notes []string
	for _, name := range names {
		note := name + " " + Duration(s.Time(name))
		if n := s.Allocs(name); n > 0 {
			note += fmt.Sprintf(" and %.0f allocs", n)
		}
		notes = append(notes, note)
	}
	return notes
}

// Duration writes a time with three digits.
func Duration(d time.Duration) string {
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{time.Second, "s"}, {time.Millisecond, "ms"}, {time.Microsecond, "µs"}} {
		if d >= u.unit {
			return digits(float64(d)/float64(u.unit)) + " " + u.name
		}
	}
	return fmt.Sprint(d.Nanoseconds(), " ns")
}

// digits writes a number with three digits, more only before the point.
func digits(value float64) string {
	n := 0
	for limit := 100.0; n < 4 && value < limit && value != 0; limit /= 10 {
		n++
	}
	text := strconv.FormatFloat(value, 'f', n, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// Package compare measures how long things take beside each other. What else runs on the machine, and the speed that its
// processor has at the moment, change all of them alike when they take turns; so ratios taken inside one round are
// steadier than times are.
package compare

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"
)

// Subject is something to be measured.
type Subject struct {
	Name string
	// Do does it n times. An error ends the measuring.
	Do func(n int) error
}

// Method says how much is measured. Many short turns are better than few long ones where other programs want the processor:
// most of the short ones are not interrupted.
type Method struct {
	Rounds int           // every subject has one turn a round
	Turn   time.Duration // about how long one turn takes, if one operation doesn't take longer
}

// Long is the same with turns in which garbage gets collected, for subjects that leave much of it.
func (m Method) Long() Method { return Method{Rounds: max(m.Rounds/3, 5), Turn: 10 * m.Turn} }

// Samples are what was measured of some subjects.
type Samples struct {
	Rounds int
	names  []string
	times  [][]float64 // nanoseconds an operation, by subject and round
	allocs []float64   // an operation, by subject
}

// Spread is the middle of some values: their median, and the quartiles below and above it.
type Spread struct {
	Low, Median, High float64
}

// Run measures the subjects. Each is warmed up until it is known how many operations fill a turn. In every round each has
// one turn, in an order that rotates, and each turn begins after a garbage collection, so that nobody pays for what
// another threw away. The collector stays on: what a subject throws away itself is its own cost.
func (m Method) Run(subjects ...Subject) (*Samples, error) {
	s := &Samples{Rounds: m.Rounds, times: make([][]float64, len(subjects))}
	counts := make([]int, len(subjects))
	for i, subject := range subjects {
		n, err := m.calibrate(subject)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", subject.Name, err)
		}
		counts[i] = n
		s.names = append(s.names, subject.Name)
		s.allocs = append(s.allocs, allocations(subject, n))
	}
	for round := range m.Rounds {
		for turn := range subjects {
			i := (round + turn) % len(subjects)
			took, err := timed(subjects[i], counts[i])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", subjects[i].Name, err)
			}
			s.times[i] = append(s.times[i], float64(took)/float64(counts[i]))
		}
	}
	return s, nil
}

// calibrate returns how many operations fill a turn.
func (m Method) calibrate(subject Subject) (int, error) {
	for n := 1; ; {
		took, err := timed(subject, n)
		if err != nil || took >= m.Turn {
			return n, err
		}
		// At most ten times as many next, since the first operations are slow.
		n = min(10*n, max(n+1, int(float64(n)*1.2*float64(m.Turn)/float64(max(took, 1)))))
	}
}

func timed(subject Subject, n int) (time.Duration, error) {
	runtime.GC()
	start := time.Now()
	err := subject.Do(n)
	return time.Since(start), err
}

// allocations counts what one operation allocates. An error shows when the subject is timed.
func allocations(subject Subject, n int) float64 {
	return testing.AllocsPerRun(min(n, 100), func() { _ = subject.Do(1) })
}

// Time is the median time of one operation.
func (s *Samples) Time(name string) time.Duration {
	return time.Duration(spread(s.times[s.index(name)]).Median)
}

// Allocs is how often one operation allocates, rounded down.
func (s *Samples) Allocs(name string) float64 { return s.allocs[s.index(name)] }

// Ratio is how many times as long name takes as base does.
func (s *Samples) Ratio(name, base string) Spread {
	a, b := s.times[s.index(name)], s.times[s.index(base)]
	ratios := make([]float64, len(a))
	for round := range a {
		ratios[round] = a[round] / b[round]
	}
	return spread(ratios)
}

// index finds a subject. A name that there isn't is a mistake in the program.
func (s *Samples) index(name string) int {
	i := slices.Index(s.names, name)
	if i < 0 {
		panic(fmt.Sprintf("compare: no subject %q was measured; there are %q", name, s.names))
	}
	return i
}

// Of is the spread of values that were measured in some other way.
func Of(values ...float64) Spread { return spread(values) }

func spread(values []float64) Spread {
	sorted := slices.Sorted(slices.Values(values))
	at := func(quarter int) float64 { return sorted[(len(sorted)-1)*quarter/4] }
	return Spread{Low: at(1), Median: at(2), High: at(3)}
}

package rows

import (
	"errors"
	"runtime/metrics"
	"sync"
	"time"

	"github.com/soltihq/soltiwasm/bench/compare"
)

// goroutines asks one runner by two goroutines at once. A loop in Go that takes as long shows what the machine gives.
func goroutines(b *Bench) (_ []Result, err error) {
	ask, runners, err := b.Asking("spin")
	if err != nil {
		return nil, err
	}
	defer closing(&err, runners.Close)
	spinning := func() error {
		if spinNatively() == 0 {
			return errors.New("the native loop came to nothing")
		}
		return nil
	}
	two := together("two", ask)
	// Long turns, since a virtual processor that sleeps may take milliseconds to wake.
	s, err := b.Method.Long().Long().Run(Subject("one", ask), two, Subject("one native", spinning), together("two native", spinning))
	if err != nil {
		return nil, err
	}
	waited, err := mutexWait(two, int(time.Second/s.Time("two")))
	if err != nil {
		return nil, err
	}
	return []Result{
		{"calls of two, against those of one", atLeast(1.7, Times), s.Ratio("one", "two"),
			append(Note(s, "one", "two"), "a native loop gains "+atLeast(0, Times).Format(s.Ratio("one native", "two native").Median))},
		{"waiting for mutexes", atMost(1, Share), compare.Of(waited * 100), nil},
	}, nil
}

// together does the operations by two goroutines, half of them each.
func together(name string, do func() error) compare.Subject {
	return compare.Subject{Name: name, Do: func(n int) error {
		var workers sync.WaitGroup
		var errs [2]error
		for w := range errs {
			workers.Go(func() {
				for range (n + w) / 2 {
					if errs[w] = do(); errs[w] != nil {
						return
					}
				}
			})
		}
		workers.Wait()
		return errors.Join(errs[:]...)
	}}
}

// mutexWait is the part of two goroutines' time that is spent waiting for mutexes.
func mutexWait(subject compare.Subject, n int) (float64, error) {
	sample := []metrics.Sample{{Name: "/sync/mutex/wait/total:seconds"}}
	metrics.Read(sample)
	before, start := sample[0].Value.Float64(), time.Now()
	err := subject.Do(n)
	took := time.Since(start).Seconds()
	metrics.Read(sample)
	return (sample[0].Value.Float64() - before) / took / 2, err
}

// spinNatively is the guest's loop.
//
//go:noinline
func spinNatively() uint32 {
	x := uint32(0x9e3779b9)
	for range 1000 {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
	}
	return x
}

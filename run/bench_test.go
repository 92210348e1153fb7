package run_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/run"
	"github.com/soltihq/soltiwasm/task"
)

// plainJob is a job that does nothing, made without the cost of a test's.
func plainJob(slot string) run.Job {
	built := run.Built{
		RunID:   task.RunID{Runner: runner, Slot: slot, Seq: 1},
		Attempt: func(context.Context, int, run.Output) run.Attempt { return run.Attempt{} },
	}
	return run.Job{
		Spec:  task.Spec{Slot: slot, Kind: task.Embedded{}, Timeout: time.Minute, Admission: task.Queue},
		Build: func(context.Context) (run.Built, error) { return built, nil },
	}
}

func carryOut(b *testing.B, s *run.Supervisor, job run.Job) {
	h, err := s.Submit(job)
	if err != nil {
		b.Fatal(err)
	}
	if r, err := h.Wait(b.Context()); err != nil || r.Outcome != task.Success {
		b.Fatal(r, err)
	}
}

// BenchmarkTasks carries out jobs that do nothing, from the submission to the result: one after the other, side by side
// in slots of their own, and with a subscriber that reads everything.
func BenchmarkTasks(b *testing.B) {
	b.Run("one by one", func(b *testing.B) {
		s := run.New(b.Context(), run.Config{})
		b.ReportAllocs()
		for b.Loop() {
			carryOut(b, s, plainJob("a"))
		}
	})
	b.Run("side by side", func(b *testing.B) {
		s := run.New(b.Context(), run.Config{MaxParallel: 8})
		var slots atomic.Uint64
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			job := plainJob(fmt.Sprint(slots.Add(1)))
			for pb.Next() {
				carryOut(b, s, job)
			}
		})
	})
	b.Run("with a subscriber", func(b *testing.B) {
		s := run.New(b.Context(), run.Config{})
		sub := s.Subscribe(1 << 10)
		go func() {
			for {
				if _, err := sub.Next(b.Context()); err != nil {
					return
				}
			}
		}()
		b.ReportAllocs()
		for b.Loop() {
			carryOut(b, s, plainJob("a"))
		}
		sub.Close()
	})
}

// BenchmarkOutput writes lines of 100 bytes, with and without somebody who listens.
func BenchmarkOutput(b *testing.B) {
	line := []byte(fmt.Sprintf("%99s\n", "x"))
	for _, listeners := range []int{0, 1} {
		b.Run(fmt.Sprintf("%d subscribers", listeners), func(b *testing.B) {
			s := run.New(b.Context(), run.Config{})
			for range listeners {
				s.Subscribe(100)
			}
			b.ReportAllocs()
			b.SetBytes(int64(len(line)))
			job := plainJob("a")
			job.Build = func(context.Context) (run.Built, error) {
				return run.Built{Attempt: func(_ context.Context, _ int, out run.Output) run.Attempt {
					for b.Loop() {
						if _, err := out.Stdout.Write(line); err != nil {
							return run.Attempt{Err: err}
						}
					}
					return run.Attempt{}
				}}, nil
			}
			carryOut(b, s, job)
		})
	}
}

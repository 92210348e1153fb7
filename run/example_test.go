package run_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/soltihq/soltiwasm/run"
	"github.com/soltihq/soltiwasm/task"
)

// A function of the program's own as a task: its Build has nothing to do.
func ExampleSupervisor_Submit() {
	s := run.New(context.Background(), run.Config{})
	h, err := s.Submit(run.Job{
		Spec: task.Spec{
			Slot: "greeting", Kind: task.Embedded{}, Timeout: time.Minute,
			Restart: task.Restart{Policy: task.RestartOnFailure}, MaxRetries: 3,
			Backoff: task.Backoff{Jitter: task.JitterFull, First: time.Millisecond, Max: 10 * time.Millisecond, Factor: 2},
		},
		Build: func(context.Context) (run.Built, error) {
			return run.Built{
				RunID: task.RunID{Runner: "embedded", Slot: "greeting", Seq: 1},
				Attempt: func(_ context.Context, n int, out run.Output) run.Attempt {
					if n < 3 {
						return run.Attempt{Err: errors.New("not yet")}
					}
					fmt.Fprintln(out.Stdout, "hello, at attempt", n)
					return run.Attempt{Text: "greeted"}
				},
			}, nil
		},
		Output: run.Output{Stdout: os.Stdout},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := h.Wait(context.Background())
	fmt.Println(result.Outcome, result.Attempts, result.Text, err)
	// Output:
	// hello, at attempt 3
	// success 3 greeted <nil>
}

// A slot has one owner at a time.
func ExampleRejection() {
	s := run.New(context.Background(), run.Config{})
	job := run.Job{
		Spec: task.Spec{Slot: "db", Kind: task.Embedded{}, Timeout: time.Minute},
		Build: func(context.Context) (run.Built, error) {
			return run.Built{Attempt: func(ctx context.Context, _ int, _ run.Output) run.Attempt {
				<-ctx.Done()
				return run.Attempt{}
			}}, nil
		},
	}
	first, _ := s.Submit(job)
	_, err := s.Submit(job)
	fmt.Println(errors.Is(err, run.SlotBusy))
	fmt.Println(err)
	first.Cancel()
	result, _ := first.Wait(context.Background())
	fmt.Println(result.Outcome)
	// Output:
	// true
	// not admitted to slot db: the slot is taken, and the admission policy is dropIfRunning
	// canceled
}

// Events are read until the shutdown has ended.
func ExampleSupervisor_Subscribe() {
	ctx := context.Background()
	s := run.New(ctx, run.Config{})
	events := s.Subscribe(256)
	_, _ = s.Submit(run.Job{
		Spec: task.Spec{Slot: "a", Kind: task.Embedded{}, Timeout: time.Minute},
		Build: func(context.Context) (run.Built, error) {
			return run.Built{
				RunID: task.RunID{Runner: "embedded", Slot: "a", Seq: 1},
				Attempt: func(_ context.Context, _ int, out run.Output) run.Attempt {
					_, err := io.WriteString(out.Stderr, "no newline")
					return run.Attempt{Err: err}
				},
			}, nil
		},
	})
	for {
		e, err := events.Next(ctx)
		if err == io.EOF {
			return
		}
		switch e.Kind {
		case run.EventOutput:
			fmt.Printf("%s to %s: %q\n", e.Kind, e.Stream, e.Data)
		case run.EventEnded:
			fmt.Printf("%s: %s\n", e.Kind, e.Result.Outcome)
			_ = s.Shutdown(ctx, time.Second)
		default:
			fmt.Println(e.Kind)
		}
	}
	// Output:
	// submitted
	// building
	// started
	// output to stderr: "no newline"
	// attemptEnded
	// ended: success
}

// A task that does not stop is named.
func ExampleSupervisor_Shutdown() {
	s := run.New(context.Background(), run.Config{})
	begun, end := make(chan struct{}), make(chan struct{})
	_, _ = s.Submit(run.Job{
		Spec: task.Spec{Slot: "deaf", Kind: task.Embedded{}, Timeout: time.Minute},
		Build: func(context.Context) (run.Built, error) {
			return run.Built{
				RunID: task.RunID{Runner: "embedded", Slot: "deaf", Seq: 1},
				Attempt: func(context.Context, int, run.Output) run.Attempt {
					close(begun)
					<-end
					return run.Attempt{}
				},
			}, nil
		},
	})
	<-begun
	err := s.Shutdown(context.Background(), time.Millisecond)
	fmt.Println(err)
	if stuck, ok := errors.AsType[*run.StuckError](err); ok {
		fmt.Println(stuck.Tasks)
	}
	close(end)
	// Output:
	// 1 task(s) did not stop within the grace of 1ms and were abandoned: embedded-deaf-1
	// [embedded-deaf-1]
}

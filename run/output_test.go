package run_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/soltihq/soltiwasm/run"
	"github.com/soltihq/soltiwasm/task"
)

// chunks makes an attempt that writes data in pieces of that size.
func chunks(data []byte, size int) do {
	return func(_ context.Context, _ int, out run.Output) run.Attempt {
		for rest := data; len(rest) > 0; {
			n := min(size, len(rest))
			if wrote, err := out.Stdout.Write(rest[:n]); wrote != n || err != nil {
				return run.Attempt{Err: fmt.Errorf("wrote %d of %d: %w", wrote, n, err)}
			}
			rest = rest[n:]
		}
		return run.Attempt{}
	}
}

// checkOutput writes data in pieces, and expects it as it is in the sink and in whole lines in the events.
func checkOutput(t *testing.T, data []byte, size int) {
	t.Helper()
	b := newBench(t, run.Config{})
	sub := b.Subscribe(len(data) + 10)
	var sink bytes.Buffer
	job := b.job("a", nil, chunks(data, size))
	job.Output.Stdout = &sink
	expect(t, wait(t, b.submit(t, job)), task.Success, 1, "")
	b.shutdown(t)
	var all []byte
	for _, e := range read(t, sub) {
		if e.Kind != run.EventOutput {
			continue
		}
		before := all
		all = append(all, e.Data...)
		if i := bytes.IndexByte(e.Data, '\n'); i >= 0 && i != len(e.Data)-1 {
			t.Errorf("an event has a newline at %d of %d", i, len(e.Data))
		}
		if full := len(e.Data) == run.MaxLine; len(e.Data) == 0 || len(e.Data) > run.MaxLine ||
			!full && !bytes.HasSuffix(e.Data, []byte("\n")) && len(all) != len(data) {
			t.Errorf("an event has %d bytes after %d of %d", len(e.Data), len(before), len(data))
		}
	}
	if !bytes.Equal(sink.Bytes(), data) || !bytes.Equal(all, data) {
		t.Errorf("of %d bytes the sink got %d and the events %d, or others", len(data), sink.Len(), len(all))
	}
}

func TestOutputLines(t *testing.T) {
	long := bytes.Repeat([]byte("x"), 2*run.MaxLine)
	for name, data := range map[string][]byte{
		"nothing":        nil,
		"lines":          []byte("a\nb\n\nc\n"),
		"no newline":     []byte("a\nb"),
		"CRLF":           []byte("a\r\nb\r"),
		"binary":         {0, 0xff, '\n', 0xc3, '\n', 0xa9},
		"full line":      long[:run.MaxLine],
		"full line, end": append(bytes.Clone(long[:run.MaxLine-1]), '\n'),
		"long line":      append(bytes.Clone(long), "\nshort\n"...),
	} {
		for _, size := range []int{1, 3, 1000, 1 << 20} {
			t.Run(fmt.Sprintf("%s by %d", name, size), func(t *testing.T) { checkOutput(t, data, size) })
		}
	}
}

func FuzzOutput(f *testing.F) {
	f.Add([]byte("a\nb"), 1)
	f.Add([]byte("\n\n"), 2)
	f.Add(append(bytes.Repeat([]byte("x"), run.MaxLine), '\n'), 4096)
	f.Fuzz(func(t *testing.T, data []byte, size int) { checkOutput(t, data, max(size, 1)) })
}

// full is a sink on a full disk.
type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	n := min(f.room, len(p))
	f.room -= n
	if n < len(p) {
		return n, errors.New("no space left")
	}
	return n, nil
}

func TestSinkErrorsReachTheAttempt(t *testing.T) {
	b := newBench(t, run.Config{})
	sub := b.Subscribe(100)
	job := b.job("a", nil, func(_ context.Context, _ int, out run.Output) run.Attempt {
		_, err := io.WriteString(out.Stderr, "one\ntwo\n")
		return run.Attempt{Err: err}
	})
	job.Output.Stderr = &full{room: 5}
	r := wait(t, b.submit(t, job))
	expect(t, r, task.Failure, 1, task.CodeTaskFailed)
	if !strings.Contains(r.Err.Error(), "no space left") {
		t.Errorf("got %v", r.Err)
	}
	b.shutdown(t)
	var got []string
	for _, e := range read(t, sub) {
		if e.Kind == run.EventOutput {
			got = append(got, show(e))
		}
	}
	if got := strings.Join(got, ", "); got != `1 output stderr "one\n", 1 output stderr "t"` {
		t.Errorf("events: %s", got)
	}
}

// liar is a sink that claims to have written more than there was.
type liar struct{}

func (liar) Write(p []byte) (int, error) { return len(p) + 1, nil }

func TestLateWritesAreRefused(t *testing.T) {
	b := newBench(t, run.Config{})
	sub := b.Subscribe(100)
	var late run.Output
	var sink bytes.Buffer
	job := b.job("a", nil, func(_ context.Context, _ int, out run.Output) run.Attempt {
		late = out
		return run.Attempt{}
	})
	job.Output.Stdout = &sink
	wait(t, b.submit(t, job))
	if n, err := io.WriteString(late.Stdout, "late\n"); n != 0 || err == nil {
		t.Errorf("a late write got %d, %v", n, err)
	}
	job = b.job("a", nil, func(_ context.Context, _ int, out run.Output) run.Attempt {
		_, err := io.WriteString(out.Stdout, "x")
		return run.Attempt{Err: err}
	})
	job.Output.Stdout = liar{}
	expect(t, wait(t, b.submit(t, job)), task.Failure, 1, task.CodeTaskFailed)
	b.shutdown(t)
	for _, e := range read(t, sub) {
		if e.Kind == run.EventOutput {
			t.Errorf("unexpected: %s", show(e))
		}
	}
	if sink.Len() > 0 {
		t.Errorf("the sink got %q", &sink)
	}
}

// An attempt that leaves somebody writing forever ends all the same.
func TestStuckWriterDoesNotHoldTheTask(t *testing.T) {
	r, w := io.Pipe()
	b := newBench(t, run.Config{})
	var writing, done sync.WaitGroup
	writing.Add(1)
	job := b.job("a", nil, func(_ context.Context, _ int, out run.Output) run.Attempt {
		done.Go(func() {
			writing.Done()
			_, _ = io.WriteString(out.Stdout, "nobody reads")
		})
		writing.Wait()
		_ = readByte(r) // now the write is under way
		return run.Attempt{}
	})
	job.Output.Stdout = w
	expect(t, wait(t, b.submit(t, job)), task.Success, 1, "")
	b.shutdown(t)
	_ = r.Close()
	done.Wait()
}

func readByte(r io.Reader) error {
	_, err := io.ReadFull(r, make([]byte, 1))
	return err
}

// Where nobody listens, passing output on costs nothing.
func TestOutputDoesNotAllocate(t *testing.T) {
	b := newBench(t, run.Config{})
	line := []byte("a line\n")
	job := b.job("a", nil, func(_ context.Context, _ int, out run.Output) run.Attempt {
		if n := testing.AllocsPerRun(100, func() { _, _ = out.Stdout.Write(line) }); n != 0 {
			t.Errorf("%v allocations, want none", n)
		}
		return run.Attempt{}
	})
	job.Output.Stdout = io.Discard
	expect(t, wait(t, b.submit(t, job)), task.Success, 1, "")
}

package registry

import (
	"io"

	"github.com/soltihq/soltiwasm/metrics"
)

// Output is where a task's standard output and error go. A nil writer drops them.
type Output struct {
	Stdout, Stderr io.Writer
}

// reasonOutput counts writes over the limit output in the metrics.
const reasonOutput = "output"

// bound lets as much through as the limit output allows; the guest is not told of the rest, whose bytes are added to
// dropped.
func (o Output) bound(runner string, limit int64, backend metrics.Backend, dropped *int64) Output {
	wrap := func(w io.Writer) io.Writer {
		if w == nil {
			return nil
		}
		return &boundWriter{w: w, left: limit, runner: runner, backend: backend, dropped: dropped}
	}
	return Output{Stdout: wrap(o.Stdout), Stderr: wrap(o.Stderr)}
}

// boundWriter is for the guest's one goroutine.
type boundWriter struct {
	w       io.Writer
	left    int64
	runner  string
	backend metrics.Backend
	dropped *int64 // shared by both streams
}

func (b *boundWriter) Write(p []byte) (int, error) {
	kept := p[:min(int64(len(p)), b.left)]
	if len(kept) < len(p) {
		*b.dropped += int64(len(p) - len(kept))
		b.backend.GuestDropped(b.runner, reasonOutput)
	}
	if len(kept) == 0 {
		return len(p), nil
	}
	n, err := b.w.Write(kept)
	b.left -= int64(n)
	if err != nil {
		return n, err
	}
	return len(p), nil
}

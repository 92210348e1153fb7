package run

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"sync/atomic"
)

// MaxLine bounds the Data of an event, in bytes. A longer line comes in pieces.
const MaxLine = 64 << 10

// Output is where standard output and error go. In a [Job] a nil writer drops them; one that both share has to be safe
// for concurrent use. What an attempt gets has no nil writers; each is safe for concurrent use, and passes an error of
// the job's on.
type Output struct {
	Stdout, Stderr io.Writer
}

// Stream is one of the constants below.
type Stream string

// The streams.
const (
	Stdout Stream = "stdout"
	Stderr Stream = "stderr"
)

// errLate is what a write after the end of its attempt gets.
var errLate = errors.New("written after the attempt's end")

// output is what one attempt writes to.
type output struct{ stdout, stderr stream }

func newOutput(h *Handle) *output {
	return &output{
		stdout: stream{h: h, name: Stdout, sink: h.job.Output.Stdout},
		stderr: stream{h: h, name: Stderr, sink: h.job.Output.Stderr},
	}
}

func (o *output) writers() Output { return Output{Stdout: &o.stdout, Stderr: &o.stderr} }

// cut drops all that comes later.
func (o *output) cut() {
	o.stdout.cut.Store(true)
	o.stderr.cut.Store(true)
}

// close is cut after telling of what is held back.
func (o *output) close() {
	o.cut()
	o.stdout.flush()
	o.stderr.flush()
}

// stream passes bytes on to the job's writer as they come, and lines to the subscribers.
type stream struct {
	h    *Handle
	name Stream
	sink io.Writer
	cut  atomic.Bool

	mu   sync.Mutex
	line []byte // the beginning of a line
}

// Write implements [io.Writer].
func (w *stream) Write(p []byte) (n int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cut.Load() {
		return 0, errLate
	}
	n = len(p)
	if w.sink != nil {
		if n, err = w.sink.Write(p); n < 0 || n > len(p) {
			return 0, errors.New("the job's writer returned an impossible count")
		}
	}
	if w.h.s.feed.watched() {
		w.split(p[:n])
	} else {
		w.line = nil
	}
	return n, err
}

// split tells of whole lines, and holds back what has no newline yet.
func (w *stream) split(p []byte) {
	for len(p) > 0 {
		n, whole := min(len(p), MaxLine-len(w.line)), false
		if i := bytes.IndexByte(p[:n], '\n'); i >= 0 {
			n, whole = i+1, true
		}
		w.line = append(w.line, p[:n]...)
		p = p[n:]
		if whole || len(w.line) == MaxLine {
			w.tell()
		}
	}
}

// tell hands over what is held.
func (w *stream) tell() {
	w.h.emit(Event{Kind: EventOutput, Stream: w.name, Data: w.line})
	w.line = nil
}

// flush tells of the rest of a last line. It leaves it when somebody is still writing, against the rule, and perhaps
// forever.
func (w *stream) flush() {
	if !w.mu.TryLock() {
		return
	}
	defer w.mu.Unlock()
	if len(w.line) > 0 {
		w.tell()
	}
}

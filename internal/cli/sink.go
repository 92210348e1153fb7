package cli

import (
	"errors"
	"io"
	"strings"
	"time"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/run"
	"github.com/soltihq/soltiwasm/run/process"
)

// sink takes what one task writes and passes it on, masked, in the way that --output says.
type sink struct {
	follower       *follower
	slot           string
	submitted      chan struct{} // closed when task is set
	task           *followedTask
	stdout, stderr *sinkStream
	ended          time.Time // of the attempt that wrote what is being flushed; zero otherwise
}

// sinkStream is one stream of a task. It is safe for concurrent use.
type sinkStream struct {
	sink  *sink
	mask  *maskWriter
	lines *process.Lines // what mask writes to with prefixes; nil otherwise
	batch batch          // what lines writes to
}

// newSink makes the sink of a task that is about to be submitted.
func (f *follower) newSink(slot string) *sink {
	s := &sink{follower: f, slot: slot, submitted: make(chan struct{})}
	stdout, stderr := f.app.console.stdout(), f.app.console.stderr()
	if f.rows.w == io.Writer(stdout) {
		stdout = stderr
	}
	s.stdout = s.newStream(run.Stdout, stdout)
	s.stderr = s.newStream(run.Stderr, stderr)
	return s
}

func (s *sink) newStream(name run.Stream, to *stream) *sinkStream {
	f, st := s.follower, &sinkStream{sink: s}
	var w io.Writer = to
	switch f.mode {
	case outputJSON:
		w = eventWriter{s, name, f.lines}
	case outputPrefix:
		prefix := style(to.colours).paint(dim, "["+s.slot+"]") + " "
		st.batch.w = to
		st.lines = process.NewLines(func(l process.Line) error { return st.batch.add(prefix, escapeText(l.String()), "\n") })
		w = st.lines
	}
	st.mask = newMaskWriter(w, f.app.mask)
	st.mask.hold = f.mode == outputJSON
	return st
}

// escapeText makes a line harmless to a terminal and keeps its tabs.
func escapeText(line string) string {
	if !strings.Contains(line, "\t") {
		return hostfuncs.Escape(line)
	}
	parts := strings.Split(line, "\t")
	for i := range parts {
		parts[i] = hostfuncs.Escape(parts[i])
	}
	return strings.Join(parts, "\t")
}

// output is what a task writes to.
func (s *sink) output() soltiwasm.Output { return soltiwasm.Output{Stdout: s.stdout, Stderr: s.stderr} }

// Write passes p on, after all that has happened before. It takes all of p: when it can't be passed on, that ends the
// tasks, and none of them has to hear of it.
func (st *sinkStream) Write(p []byte) (int, error) {
	<-st.sink.submitted
	f := st.sink.follower
	f.mu.Lock()
	defer f.mu.Unlock()
	f.catchUp()
	_, err := st.mask.Write(p)
	if err = errors.Join(err, st.batch.flush()); err != nil {
		f.fail(err)
	}
	return len(p), nil
}

// flush passes on what was held back until the end of an attempt, whose output may have been cut off. The follower's
// mutex is held.
func (s *sink) flush(ended time.Time, cutOff bool) error {
	s.ended = ended
	defer func() { s.ended = time.Time{} }()
	return errors.Join(s.stdout.flush(cutOff), s.stderr.flush(cutOff))
}

func (st *sinkStream) flush(cutOff bool) error {
	err := st.mask.flush(cutOff)
	if st.lines != nil {
		err = errors.Join(err, st.lines.Flush(), st.batch.flush())
	}
	return err
}

// eventWriter tells of every line that is written to it.
type eventWriter struct {
	sink *sink
	name run.Stream
	to   *eventLines
}

func (w eventWriter) Write(p []byte) (int, error) {
	at := w.sink.ended
	if at.IsZero() {
		at = time.Now()
	}
	return len(p), w.to.output(w.sink.task, at, w.name, p)
}

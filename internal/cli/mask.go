package cli

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/task"
)

// taskJSON is a task as rows show it: canonical JSON in which every string value is masked. Keys are not: they are the
// document's shape.
func taskJSON(mask *task.Mask, t task.Task) (json.RawMessage, error) {
	node, err := registry.EncodeTask(t)
	if err != nil {
		return nil, err
	}
	return maskedNode(mask, node).AppendJSON(nil), nil
}

// maskedNode returns a copy of n with its strings masked.
func maskedNode(mask *task.Mask, n *document.Node) *document.Node {
	switch n.Kind {
	case document.String:
		return document.NewString(mask.Text(n.Text))
	case document.Array:
		items := make([]*document.Node, len(n.Items))
		for i, item := range n.Items {
			items[i] = maskedNode(mask, item)
		}
		return document.NewArray(items...)
	case document.Object:
		fields := make([]document.Field, len(n.Fields))
		for i, f := range n.Fields {
			fields[i] = document.NewField(f.Key, maskedNode(mask, f.Value))
		}
		return document.NewObject(fields...)
	}
	return n
}

// maxLine is how many bytes of an unfinished line are held back before they are masked and written as they are.
const maxLine = 64 << 10

// maskWriter masks what is written to it, line by line: an unfinished line is held back until the rest comes, or until
// flush, since a value may be cut between two writes. It is for one goroutine.
type maskWriter struct {
	w       io.Writer
	mask    *task.Mask
	longest int  // bytes of the longest value
	hold    bool // unfinished lines, even where there is nothing to be masked
	buf     []byte
}

// newMaskWriter makes a writer for the values that mask hides.
func newMaskWriter(w io.Writer, mask *task.Mask) *maskWriter {
	return &maskWriter{w: w, mask: mask, longest: mask.Longest()}
}

// Write takes all of p, unless the writer below fails.
func (m *maskWriter) Write(p []byte) (int, error) {
	if !m.hold && m.longest == 0 {
		return m.w.Write(p)
	}
	for rest := p; len(rest) > 0; {
		piece := rest[:min(len(rest), maxLine)] // so that buf stays small whatever is written at once
		rest = rest[len(piece):]
		m.buf = append(m.buf, piece...)
		if err := m.drain(); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// drain writes the finished lines, and what is too long to be held back.
func (m *maskWriter) drain() error {
	done := bytes.LastIndexByte(m.buf, '\n') + 1
	var out []byte
	for l := range bytes.Lines(m.buf[:done]) {
		out = m.appendLine(out, l)
	}
	if rest := m.buf[done:]; len(rest) > maxLine+m.longest {
		cut := m.cut(rest)
		out = append(out, m.mask.Text(string(rest[:cut]))...)
		done += cut
	}
	m.buf = append(m.buf[:0], m.buf[done:]...)
	if len(out) == 0 {
		return nil
	}
	_, err := m.w.Write(out)
	return err
}

// appendLine masks a line without its end: a short value is hidden where it is a whole line.
func (m *maskWriter) appendLine(out, l []byte) []byte {
	text := bytes.TrimRight(l, "\r\n")
	out = append(out, m.mask.Text(string(text))...)
	return append(out, l[len(text):]...)
}

// cut finds a place in a long line that no value lies across, near its end but so far from it that a value which has
// begun would be whole. Where every place that it tries is inside a value, it takes the last.
func (m *maskWriter) cut(l []byte) int {
	last := len(l) - m.longest
	for back := 0; back < last; back = 2*back + 1 {
		at := last - back
		left, right := l[max(at-m.longest, 0):at], l[at:min(at+m.longest, len(l))]
		if m.mask.Text(string(left)+string(right)) == m.mask.Text(string(left))+m.mask.Text(string(right)) {
			return at
		}
	}
	return last
}

// flush writes what is held back. After output that was cut off it may end with the beginning of a value.
func (m *maskWriter) flush(cutOff bool) error {
	if len(m.buf) == 0 {
		return nil
	}
	out := m.appendLine(nil, m.buf)
	if cutOff {
		out = []byte(m.mask.CutText(string(out)))
	}
	m.buf = nil
	_, err := m.w.Write(out)
	return err
}

package process

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// MaxLine is how many bytes of a line [Lines] keeps.
const MaxLine = 64 << 10

// Line is one line of output.
type Line struct {
	// Text is the line without its end, exactly the program's bytes, which needn't be UTF-8, and at most MaxLine of them.
	Text []byte
	// Cut is how many bytes followed Text in the line.
	Cut int64
}

// String is the line as people see it: with a mark at its end if it was cut. It escapes nothing.
func (l Line) String() string {
	if l.Cut == 0 {
		return string(l.Text)
	}
	return fmt.Sprintf("%s… [%d bytes cut]", l.Text, l.Cut)
}

// Lines is a writer that splits what is written to it into lines, ended by LF or CRLF. It holds MaxLine bytes at most.
// It is for one goroutine.
type Lines struct {
	emit func(Line) error
	buf  []byte // the begun line's
	cut  int64  // its bytes beyond buf
	cr   bool   // the last of these is a CR
}

// NewLines returns a writer that calls emit with every line as soon as it has ended. The line's Text is only valid during the call.
func NewLines(emit func(Line) error) *Lines { return &Lines{emit: emit} }

// Write takes all of p, unless emit fails: then it returns emit's error.
func (l *Lines) Write(p []byte) (int, error) {
	for taken := 0; taken < len(p); {
		end := bytes.IndexByte(p[taken:], '\n')
		if end < 0 {
			l.hold(p[taken:])
			break
		}
		if err := l.line(p[taken : taken+end]); err != nil {
			return taken, err
		}
		taken += end + 1
	}
	return len(p), nil
}

// Flush emits the last line if it has no end.
func (l *Lines) Flush() error {
	if len(l.buf) == 0 {
		return nil
	}
	return l.out(l.buf, l.cut)
}

// line emits the begun line with its last piece. A whole line is not copied.
func (l *Lines) line(piece []byte) error {
	if len(l.buf) == 0 && len(piece) <= MaxLine {
		return l.out(bytes.TrimSuffix(piece, []byte("\r")), 0)
	}
	l.hold(piece)
	switch {
	case l.cut == 0:
		return l.out(bytes.TrimSuffix(l.buf, []byte("\r")), 0)
	case l.cr:
		return l.out(l.buf, l.cut-1)
	}
	return l.out(l.buf, l.cut)
}

// hold keeps what there is room for of a piece of the begun line, and counts the rest.
func (l *Lines) hold(piece []byte) {
	kept := min(len(piece), MaxLine-len(l.buf))
	l.buf = append(l.buf, piece[:kept]...)
	if rest := piece[kept:]; len(rest) > 0 {
		l.cut += int64(len(rest))
		l.cr = rest[len(rest)-1] == '\r'
	}
}

// out emits a line and forgets it.
func (l *Lines) out(text []byte, cut int64) error {
	if cut > 0 {
		whole := wholeRunes(text)
		cut += int64(len(text) - whole)
		text = text[:whole]
	}
	err := l.emit(Line{Text: text, Cut: cut})
	l.buf, l.cut, l.cr = l.buf[:0], 0, false
	return err
}

// wholeRunes is the length of text without a rune that was cut in two at its end.
func wholeRunes(text []byte) int {
	for i := len(text) - 1; i >= 0 && i >= len(text)-utf8.UTFMax; i-- {
		if utf8.RuneStart(text[i]) {
			if !utf8.FullRune(text[i:]) {
				return i
			}
			break
		}
	}
	return len(text)
}

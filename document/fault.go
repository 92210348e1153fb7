package document

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Fault is something wrong with a document whose syntax is right: a duplicate key, an unknown field, a wrong type.
type Fault struct {
	Line    int    // from 1; 0 when unknown
	Column  int    // from 1, in characters; 0 when unknown
	Path    string // as [Key] and [Item] make it; empty for the document itself
	Message string
}

// Error is `line 7, column 3: kind.subprocess: message`, without what is unknown.
func (f Fault) Error() string {
	return place(f.Line, f.Column) + joinPath(f.Path) + f.Message
}

// Faults are all that is wrong with one document, sorted by position.
type Faults []Fault

// Error is one line for each fault.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i := range f {
		lines[i] = f[i].Error()
	}
	return strings.Join(lines, "\n")
}

// SyntaxError says why bytes are no document at all: bad syntax, bad UTF-8, or more than [Bounds] allow.
type SyntaxError struct {
	Line    int // from 1; 0 when unknown
	Column  int // from 1, in characters; 0 when unknown
	Message string
}

// Error is `line 7, column 3: message`, without what is unknown.
func (e *SyntaxError) Error() string { return place(e.Line, e.Column) + e.Message }

func place(line, column int) string {
	switch {
	case line <= 0:
		return ""
	case column <= 0:
		return fmt.Sprintf("line %d: ", line)
	}
	return fmt.Sprintf("line %d, column %d: ", line, column)
}

func joinPath(path string) string {
	if path == "" {
		return ""
	}
	return path + ": "
}

// maxFaults bounds what is kept of a hostile document's faults; a person reads fewer.
const maxFaults = 100

// These bound the text of a document that a fault carries.
const (
	maxPath  = 1024
	maxKey   = 128
	maxQuote = 64
)

// faultList collects faults.
type faultList struct {
	faults Faults
	more   int // faults that were dropped
}

func (l *faultList) full() bool { return len(l.faults) >= maxFaults }

func (l *faultList) add(f Fault) {
	if l.full() {
		l.more++
		return
	}
	f.Path = clip(f.Path, maxPath)
	l.faults = append(l.faults, f)
}

// err is nil, or the Faults in order.
func (l *faultList) err() error {
	if len(l.faults) == 0 {
		return nil
	}
	faults := slices.Clone(l.faults)
	slices.SortStableFunc(faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	if l.more > 0 {
		faults = append(faults, Fault{Message: fmt.Sprintf("and %d more faults", l.more)})
	}
	return faults
}

// quote is s as a message shows it: escaped, and cut when it is long.
func quote(s string) string { return strconv.Quote(clip(s, maxQuote)) }

// clip cuts s, at the end of a rune, to about limit bytes.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}

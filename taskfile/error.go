package taskfile

import (
	"errors"
	"strconv"
	"strings"

	"github.com/soltihq/soltiwasm/document"
)

// InvalidError says all that is wrong with one document, or with a file that has none. The file itself could be read.
type InvalidError struct {
	File   string          // the path as given, "-" for standard input
	Faults document.Faults // with the lines of the file; sorted by position, at least one
}

// Error is one line for each fault: "specs/a.yaml:7:3: kind.wasm.module: wasm module path must not be empty".
func (e *InvalidError) Error() string {
	var b strings.Builder
	for i, f := range e.Faults {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(e.File)
		for _, n := range []int{f.Line, f.Column} {
			if n > 0 {
				b.WriteString(":" + strconv.Itoa(n))
			}
		}
		f.Line, f.Column = 0, 0
		b.WriteString(": " + f.Error())
	}
	return b.String()
}

// invalid makes an InvalidError of an error of package document.
func invalid(file string, err error) error {
	var faults document.Faults
	var syntax *document.SyntaxError
	switch {
	case errors.As(err, &faults):
	case errors.As(err, &syntax):
		faults = document.Faults{{Line: syntax.Line, Column: syntax.Column, Message: syntax.Message}}
	default:
		faults = document.Faults{{Message: err.Error()}}
	}
	return &InvalidError{File: file, Faults: faults}
}

// ReadError says why a file or directory could not be read at all. It wraps the cause: [io/fs.ErrNotExist] is the usual one.
type ReadError struct {
	Path string // as given, or a file of a directory that was given
	Err  error
}

// Error returns "path: cause".
func (e *ReadError) Error() string { return e.Path + ": " + e.Err.Error() }

// Unwrap returns Err.
func (e *ReadError) Unwrap() error { return e.Err }

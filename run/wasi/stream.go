package wasi

import (
	"io"
	"strings"

	"github.com/soltihq/soltiwasm/hostfuncs"
)

// stream is a standard stream: input of a text, or output to a writer, where nil drops everything.
type stream struct {
	input  *strings.Reader // nil for output
	output io.Writer
	buf    []byte // of the piece that is written
}

// read fills p from the input; nothing is its end.
func (s *stream) read(p []byte) (int, error) {
	if s.input == nil {
		return 0, hostfuncs.EBADF
	}
	n, _ := s.input.Read(p)
	return n, nil
}

// write hands a copy of p to the writer, which gets no view of the guest's memory.
func (s *stream) write(p []byte) (int, error) {
	switch {
	case s.input != nil:
		return 0, hostfuncs.EBADF
	case s.output == nil:
		return len(p), nil
	}
	s.buf = append(s.buf[:0], p...)
	n, err := s.output.Write(s.buf)
	if err != nil || n != len(p) {
		return max(min(n, len(p)), 0), hostfuncs.EIO
	}
	return n, nil
}

func (s *stream) ready(write bool) (hostfuncs.Ready, error) {
	switch {
	case write != (s.input == nil):
		return hostfuncs.Ready{}, hostfuncs.EBADF
	case write:
		return hostfuncs.Ready{}, nil
	}
	return hostfuncs.Ready{Bytes: uint64(s.input.Len()), End: s.input.Len() == 0}, nil
}

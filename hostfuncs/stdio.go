package hostfuncs

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"log/slog"

	"github.com/soltihq/soltiwasm/abi"
)

// The descriptors of a guest.
const (
	stdin = iota
	stdout
	stderr
)

// Sizes and values of WASI's fdstat.
const (
	fdstatSize           = 24
	fileCharacterDevice  = 2
	rightFDRead          = 1 << 1
	rightFDWrite         = 1 << 6
	rightPollFDReadWrite = 1 << 27
)

// output is one of the two streams that a guest prints to.
type output struct {
	writer io.Writer // in run
	buf    []byte    // in run, the piece that is written; outside, the first bytes of the present line
	line   int       // outside run, all bytes of the present line
}

// begin makes the stream that of a new call.
func (o *output) begin(w io.Writer) {
	o.writer, o.buf, o.line = w, o.buf[:0], 0
}

// fdWrite is (fd, vectors, count, written).
func fdWrite(f *Frame) error {
	fd := f.U32(0)
	if fd != stdout && fd != stderr {
		return EBADF
	}
	return f.Transfer(f.U32(1), f.U32(2), f.U32(3), func(part []byte) (int, error) { return f.print(fd, part) })
}

// print takes b, in run to the stream's writer and outside to the log, and returns how much it took.
func (f *Frame) print(fd uint32, b []byte) (written int, err error) {
	if f.host.phase == abi.PhaseRun {
		err = f.host.output[fd-stdout].write(b)
	} else {
		err = f.printLines(fd, b)
	}
	if err != nil {
		return 0, err
	}
	return len(b), nil
}

// write hands a copy of b to the writer.
func (o *output) write(b []byte) error {
	if o.writer == nil {
		return nil
	}
	o.buf = append(o.buf[:0], b...)
	if n, err := o.writer.Write(o.buf); err != nil || n != len(b) {
		return EIO
	}
	return nil
}

// printLines logs each line that ends in b.
func (f *Frame) printLines(fd uint32, b []byte) error {
	o := &f.host.output[fd-stdout]
	for {
		line, rest, ended := bytes.Cut(b, []byte{'\n'})
		o.buf = append(o.buf, line[:min(len(line), logWindow-len(o.buf))]...)
		o.line += len(line)
		if !ended {
			return nil
		}
		f.host.logLine(f.ctx, fd)
		if err := f.Spend(callUnits); err != nil {
			return err
		}
		b = rest
	}
}

// logLine logs the present line of a stream and begins a new one.
func (i *Instance) logLine(ctx context.Context, fd uint32) {
	o := &i.output[fd-stdout]
	name := "stdout"
	if fd == stderr {
		name = "stderr"
	}
	if n := len(o.buf); n > 0 && n == o.line && o.buf[n-1] == '\r' {
		o.buf, o.line = o.buf[:n-1], o.line-1
	}
	i.log(ctx, slog.LevelDebug, o.buf, o.line, slog.String("stream", name))
	o.buf, o.line = o.buf[:0], 0
}

// flush logs the lines that have no end.
func (i *Instance) flush(ctx context.Context) {
	for fd := uint32(stdout); fd <= stderr; fd++ {
		if i.output[fd-stdout].line > 0 {
			i.logLine(ctx, fd)
		}
	}
}

// fdRead is (fd, vectors, count, read). Standard input is at its end.
func fdRead(f *Frame) error {
	if f.U32(0) != stdin {
		return EBADF
	}
	return f.Transfer(f.U32(1), f.U32(2), f.U32(3), func([]byte) (int, error) { return 0, nil })
}

// fdFdstatGet is (fd, result). The three streams are character devices that can't seek, as terminals are, which makes
// C libraries write them by line.
func fdFdstatGet(f *Frame) error {
	fd := f.U32(0)
	if fd > stderr {
		return EBADF
	}
	b, err := f.View(f.U32(1), fdstatSize)
	if err != nil {
		return err
	}
	rights := uint64(rightFDWrite | rightPollFDReadWrite)
	if fd == stdin {
		rights = rightFDRead | rightPollFDReadWrite
	}
	clear(b)
	b[0] = fileCharacterDevice
	binary.LittleEndian.PutUint64(b[8:], rights)
	return nil
}

// fdClose is (fd). Closing a stream succeeds and changes nothing: the next call into the instance has it again anyway.
func fdClose(f *Frame) error {
	if f.U32(0) > stderr {
		return EBADF
	}
	return nil
}

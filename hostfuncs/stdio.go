package hostfuncs

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"log/slog"
	"math"

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

// A vector is a (pointer, length) pair; one call takes as many as Linux does.
const (
	vectorSize = 8
	maxVectors = 1024
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

// vectors returns the array of count (pointer, length) pairs at ptr, whose ranges are all in the memory, and the sum
// of the lengths.
func (f *frame) vectors(ptr, count uint32) (array []byte, sum uint64, err error) {
	if count > maxVectors {
		return nil, 0, errInval
	}
	array, err = f.view(ptr, count*vectorSize)
	if err != nil {
		return nil, 0, err
	}
	for at := 0; at < len(array); at += vectorSize {
		b, err := f.vector(array[at:])
		if err != nil {
			return nil, 0, err
		}
		sum += uint64(len(b))
	}
	if sum > math.MaxUint32 {
		return nil, 0, errInval
	}
	return array, sum, f.spend(len(array))
}

// vector returns the bytes that the first pair of an array stands for.
func (f *frame) vector(array []byte) ([]byte, error) {
	return f.view(binary.LittleEndian.Uint32(array), binary.LittleEndian.Uint32(array[4:]))
}

// fdWrite is (fd, vectors, count, written).
func fdWrite(f *frame) error {
	fd := f.u32(0)
	if fd != stdout && fd != stderr {
		return errBadf
	}
	array, _, err := f.vectors(f.u32(1), f.u32(2))
	if err != nil {
		return err
	}
	if _, err := f.view(f.u32(3), 4); err != nil {
		return err
	}
	written := 0
	for at := 0; at < len(array); at += vectorSize {
		b, err := f.vector(array[at:])
		if err != nil {
			return err
		}
		n, err := f.print(fd, b)
		written += n
		if err == errIO && written > 0 {
			break // the next write will say it
		}
		if err != nil {
			return err
		}
	}
	return f.putU32(f.u32(3), uint32(written))
}

// print takes b piece by piece, in run to the stream's writer and outside to the log, and returns how much it took.
func (f *frame) print(fd uint32, b []byte) (written int, err error) {
	o := &f.host.output[fd-stdout]
	for len(b) > 0 {
		part := b[:min(len(b), piece)]
		b = b[len(part):]
		if err := f.spend(len(part)); err != nil {
			return written, err
		}
		if f.host.phase == abi.PhaseRun {
			err = o.write(part)
		} else {
			err = f.printLines(fd, part)
		}
		if err != nil {
			return written, err
		}
		written += len(part)
	}
	return written, nil
}

// write hands a copy of b to the writer.
func (o *output) write(b []byte) error {
	if o.writer == nil {
		return nil
	}
	o.buf = append(o.buf[:0], b...)
	if n, err := o.writer.Write(o.buf); err != nil || n != len(b) {
		return errIO
	}
	return nil
}

// printLines logs each line that ends in b.
func (f *frame) printLines(fd uint32, b []byte) error {
	o := &f.host.output[fd-stdout]
	for {
		line, rest, ended := bytes.Cut(b, []byte{'\n'})
		o.buf = append(o.buf, line[:min(len(line), logWindow-len(o.buf))]...)
		o.line += len(line)
		if !ended {
			return nil
		}
		f.host.logLine(f.ctx, fd)
		if err := f.spend(callUnits); err != nil {
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
func fdRead(f *frame) error {
	if f.u32(0) != stdin {
		return errBadf
	}
	if _, _, err := f.vectors(f.u32(1), f.u32(2)); err != nil {
		return err
	}
	return f.putU32(f.u32(3), 0)
}

// fdFdstatGet is (fd, result). The three streams are character devices that can't seek, as terminals are, which makes
// C libraries write them by line.
func fdFdstatGet(f *frame) error {
	fd := f.u32(0)
	if fd > stderr {
		return errBadf
	}
	b, err := f.view(f.u32(1), fdstatSize)
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
func fdClose(f *frame) error {
	if f.u32(0) > stderr {
		return errBadf
	}
	return nil
}

//go:build unix

package process

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

// bufferSize is half of what a pipe usually holds; larger ones were not faster.
const bufferSize = 32 << 10

// mostLeft bounds what is read from a pipe at the end of the wait for its end: an unprivileged process can't make it larger than
// this, and somebody may still be writing.
const mostLeft = 1 << 20

// The states of a pump.
const (
	idle int32 = iota
	writing
	abandoned // no Write begins any more
)

// pump carries one stream of output from its pipe to its writer.
type pump struct {
	name string
	r    *os.File
	w    io.Writer
	done chan struct{} // closed when run has returned; what follows is then readable

	state atomic.Int32
	held  bool  // the pipe was still open at the end of the wait
	lost  int64 // bytes that no Write took
	err   error // of the writer
}

// run copies until the pipe's end, or until its deadline and what is in the pipe then.
func (p *pump) run() {
	defer close(p.done)
	defer p.r.Close()
	buf := make([]byte, bufferSize)
	for {
		n, err := p.r.Read(buf)
		p.deliver(buf[:n])
		if errors.Is(err, os.ErrDeadlineExceeded) {
			p.rest(buf)
			return
		}
		if err != nil {
			return
		}
	}
}

// rest delivers what is in the pipe without waiting for more: the program has written it, whoever holds the pipe open.
func (p *pump) rest(buf []byte) {
	p.held = true
	_ = p.r.SetReadDeadline(time.Time{})
	raw, err := p.r.SyscallConn()
	if err != nil {
		return
	}
	for left := mostLeft; left > 0; {
		var n int
		var failure error
		err = raw.Read(func(fd uintptr) bool {
			n, failure = syscall.Read(int(fd), buf)
			return true // not to wait
		})
		switch {
		case err != nil:
			return
		case failure == syscall.EINTR:
			continue
		case failure != nil:
			return // EAGAIN: it is empty
		case n == 0:
			p.held = false
			return
		}
		left -= n
		p.deliver(buf[:n])
	}
}

// deliver writes b, unless the writer has failed or nobody waits for it any more.
func (p *pump) deliver(b []byte) {
	if len(b) == 0 {
		return
	}
	if p.err != nil || !p.state.CompareAndSwap(idle, writing) {
		p.lost += int64(len(b))
		return
	}
	n, err := write(p.w, b)
	if p.err = err; err != nil {
		p.lost += int64(len(b) - n)
	}
	p.state.CompareAndSwap(writing, idle)
}

// write contains a writer that panics or breaks the contract of io.Writer: it isn't called by the caller's goroutine.
func write(w io.Writer, b []byte) (n int, err error) {
	defer func() {
		if v := recover(); v != nil {
			n, err = 0, fmt.Errorf("it panicked: %v", v)
		}
	}()
	n, err = w.Write(b)
	if n = max(0, min(n, len(b))); n < len(b) && err == nil {
		err = io.ErrShortWrite
	}
	return n, err
}

// finish waits until the stream is delivered. At the end of give it abandons a writer that doesn't take it.
func (p *pump) finish(give <-chan struct{}) error {
	select {
	case <-p.done:
	case <-give:
		if p.state.Swap(abandoned) == writing {
			return fmt.Errorf("%s: what was left is dropped, since its writer didn't take it", p.name)
		}
		<-p.done // no Write holds it up
	}
	switch {
	case p.err != nil:
		return fmt.Errorf("%s: %d bytes are dropped, since its writer failed: %w", p.name, p.lost, p.err)
	case p.held:
		return fmt.Errorf("%s: a process that left the program's session or group holds it open; what it writes from now on is not read", p.name)
	}
	return nil
}

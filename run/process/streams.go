//go:build unix

package process

import (
	"context"
	"io"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// streams are a program's standard input, output and error, both ends.
type streams struct {
	child [3]*os.File // what the program gets
	pumps []*pump
	feed  *feed // nil: the input is empty
}

// openStreams opens the pipes that a Command needs, and the null device for the rest.
func openStreams(c *Command) (*streams, error) {
	s := &streams{}
	err := s.input(c.Action.Stdin)
	if err == nil {
		err = s.output(1, "standard output", c.Stdout)
	}
	if err == nil {
		err = s.output(2, "standard error", c.Stderr)
	}
	if err != nil {
		s.abort()
		return nil, err
	}
	return s, nil
}

func (s *streams) input(text string) (err error) {
	if text == "" {
		s.child[0], err = os.Open(os.DevNull)
		return err
	}
	s.feed = &feed{text: text, done: make(chan struct{})}
	s.child[0], s.feed.w, err = os.Pipe()
	return err
}

func (s *streams) output(i int, name string, w io.Writer) (err error) {
	if w == nil {
		s.child[i], err = os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		return err
	}
	p := &pump{name: name, w: w, done: make(chan struct{})}
	if p.r, s.child[i], err = os.Pipe(); err == nil {
		s.pumps = append(s.pumps, p)
	}
	return err
}

// descriptors are what the program gets: the three, and none in the place of every other that would pass through exec.
func (s *streams) descriptors() []uintptr {
	fds := []uintptr{s.child[0].Fd(), s.child[1].Fd(), s.child[2].Fd()} // Fd makes them blocking, as programs expect
	for last := lastInherited(); len(fds) <= last; {
		fds = append(fds, ^uintptr(0)) // is closed in the child
	}
	return fds
}

// lastInherited is the highest open descriptor without the close-on-exec flag, 0 where nothing lists them. Go sets the
// flag on all that it opens, so that these are the host's inheritance and what other languages' libraries opened.
func lastInherited() (last int) {
	dir, err := os.Open("/dev/fd")
	if err != nil {
		dir, err = os.Open("/proc/self/fd") // a bare container may lack the link to it
	}
	if err != nil {
		return 0
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	for _, name := range names {
		fd, err := strconv.Atoi(name)
		if err != nil || fd <= last {
			continue
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			last = fd
		}
	}
	return last
}

// begin starts the copying. The program has its ends, and ours of them are closed, so that its exit closes the pipes.
func (s *streams) begin() {
	s.closeChild()
	if s.feed != nil {
		go s.feed.run()
	}
	for _, p := range s.pumps {
		go p.run()
	}
}

func (s *streams) closeChild() {
	for _, f := range s.child {
		f.Close() // a nil *os.File only returns an error
	}
}

// abort closes everything of a program that was not started.
func (s *streams) abort() {
	s.closeChild()
	if s.feed != nil {
		s.feed.w.Close()
	}
	for _, p := range s.pumps {
		p.r.Close()
	}
}

// finish ends the input and delivers the output of a program that has ended, and returns what was missed. It waits for
// the writers as long as ctx lasts, and twice drain longer.
func (s *streams) finish(ctx context.Context) (missed []error) {
	if s.feed != nil {
		s.feed.end()
	}
	for _, p := range s.pumps {
		_ = p.r.SetReadDeadline(time.Now().Add(drain)) // fails only if it is closed, after its end
	}
	delivered, give := make(chan struct{}), make(chan struct{})
	defer close(delivered)
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(2 * drain):
			close(give)
		case <-delivered:
		}
	})
	defer stop()
	for _, p := range s.pumps {
		if err := p.finish(give); err != nil {
			missed = append(missed, err)
		}
	}
	return missed
}

// feed writes the standard input.
type feed struct {
	w    *os.File
	text string
	done chan struct{}
}

// run writes the text and closes the pipe. A program needn't read its input, so that a broken pipe is nobody's fault.
func (f *feed) run() {
	defer close(f.done)
	_, _ = io.WriteString(f.w, f.text)
	f.w.Close()
}

// end ends run, whether or not anybody holds the other end.
func (f *feed) end() {
	_ = f.w.SetWriteDeadline(time.Now())
	<-f.done
}

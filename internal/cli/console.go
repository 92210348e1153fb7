package cli

import (
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"time"

	"github.com/soltihq/soltiwasm/hostfuncs"
)

// console is the process's two output streams. On a terminal it keeps a live line of progress below what is written,
// and colours it; elsewhere progress is a plain line now and then. It is safe for concurrent use.
type console struct {
	mu      sync.Mutex
	streams [2]stream // standard output and error
	line    bool      // whether a live line is on the screen
}

// stream is one of the two, as an io.Writer.
type stream struct {
	console  *console
	w        io.Writer
	terminal bool // whether somebody looks at it
	colours  bool // whether it may have colours
	midline  bool // whether what was written last left a line unfinished
}

func newConsole(p Program) *console {
	c := &console{}
	noColour, _ := p.LookupEnv("NO_COLOR") // no-color.org: any value but an empty one
	term, _ := p.LookupEnv("TERM")
	for i, w := range []io.Writer{p.Stdout, p.Stderr} {
		terminal := isTerminal(w) && term != "dumb"
		c.streams[i] = stream{console: c, w: w, terminal: terminal, colours: terminal && noColour == ""}
	}
	return c
}

// isTerminal says whether w is a character device. The null device passes for a terminal, which does no harm.
func isTerminal(w io.Writer) bool {
	f, ok := w.(interface{ Stat() (fs.FileInfo, error) })
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&fs.ModeCharDevice != 0
}

func (c *console) stdout() *stream { return &c.streams[0] }
func (c *console) stderr() *stream { return &c.streams[1] }

// Write writes p above the live line.
func (s *stream) Write(p []byte) (int, error) {
	c := s.console
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clear()
	n, err := s.w.Write(p)
	if n > 0 {
		s.midline = p[n-1] != '\n'
		if s.terminal && !s.midline {
			c.streams[0].midline, c.streams[1].midline = false, false
		}
	}
	return n, err
}

// say writes one line for people to standard error. Whether that can be written is nobody's concern.
func (c *console) say(format string, args ...any) {
	c.breakLine()
	text := "soltiwasm: " + escapeLines(fmt.Sprintf(format, args...)) + "\n"
	_, _ = io.WriteString(c.stderr(), text)
}

// breakLine ends a line that a task left unfinished on standard error, so that what follows begins its own.
func (c *console) breakLine() {
	c.mu.Lock()
	unfinished := c.unfinished()
	c.mu.Unlock()
	if unfinished {
		_, _ = io.WriteString(c.stderr(), "\n")
	}
}

// unfinished says whether standard error stands in the middle of a line. The mutex is held.
func (c *console) unfinished() bool {
	return c.stderr().midline || c.stderr().terminal && c.stdout().terminal && c.stdout().midline
}

// escapeLines makes text harmless to a terminal and keeps its lines.
func escapeLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = hostfuncs.Escape(lines[i])
	}
	return strings.Join(lines, "\n")
}

const clearLine = "\r\x1b[K"

// clear takes the live line off the screen. The mutex is held.
func (c *console) clear() {
	if c.line {
		c.line = false
		_, _ = io.WriteString(c.stderr().w, clearLine)
	}
}

// show puts the live line on the screen, unless something else has not finished its line there. Where standard error is
// no terminal it writes a plain line, if that is wanted. The mutex is held.
func (c *console) show(text string, plain bool) {
	stderr := c.stderr()
	text = hostfuncs.Escape(text)
	switch {
	case !stderr.terminal:
		if plain {
			_, _ = io.WriteString(stderr.w, "soltiwasm: "+text+"\n")
		}
	case !c.unfinished():
		c.line = true
		_, _ = io.WriteString(stderr.w, clearLine+narrow(text))
	}
}

// narrow cuts text to a line of a narrow terminal: a line that wraps can't be cleared.
func narrow(text string) string {
	const columns = 79
	if runes := []rune(text); len(runes) > columns {
		return string(runes[:columns-1]) + "…"
	}
	return text
}

// progress is something that may take longer than a second, and shows itself when it does.
type progress struct {
	console *console
	stop    chan struct{}
	stopped chan struct{}
	text    string // guarded by console.mu
}

// begin shows that the command is busy with what text says, from a second on until end.
func (c *console) begin(text string) *progress {
	p := &progress{console: c, stop: make(chan struct{}), stopped: make(chan struct{}), text: text}
	go p.watch()
	return p
}

// set changes the text.
func (p *progress) set(format string, args ...any) {
	p.console.mu.Lock()
	defer p.console.mu.Unlock()
	p.text = fmt.Sprintf(format, args...)
}

// end takes it off the screen. It is called once.
func (p *progress) end() {
	close(p.stop)
	<-p.stopped
}

// plainGap is how many seconds lie between the first two plain lines. Each gap is twice the one before it.
const plainGap = 10

func (p *progress) watch() {
	defer close(p.stopped)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	next, gap := 1, plainGap
	for seconds := 1; ; seconds++ {
		select {
		case <-p.stop:
			p.console.mu.Lock()
			p.console.clear()
			p.console.mu.Unlock()
			return
		case <-tick.C:
			p.console.mu.Lock()
			p.console.show(fmt.Sprintf("%s (%ds)", p.text, seconds), seconds == next)
			p.console.mu.Unlock()
			if seconds == next {
				next, gap = next+gap, 2*gap
			}
		}
	}
}

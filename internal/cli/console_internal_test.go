package cli

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// terminal is a writer that passes for a terminal.
type terminal struct{ bytes.Buffer }

func (*terminal) Stat() (fs.FileInfo, error) { return characterDevice{}, nil }

type characterDevice struct{ fs.FileInfo }

func (characterDevice) Mode() fs.FileMode { return fs.ModeCharDevice }

func environment(vars map[string]string) func(string) (string, bool) {
	return func(key string) (string, bool) {
		value, ok := vars[key]
		return value, ok
	}
}

func TestConsoleColours(t *testing.T) {
	tests := []struct {
		name           string
		w              io.Writer
		vars           map[string]string
		live, coloured bool
	}{
		{"a terminal", &terminal{}, nil, true, true},
		{"a file", &bytes.Buffer{}, nil, false, false},
		{"NO_COLOR", &terminal{}, map[string]string{"NO_COLOR": "1"}, true, false},
		{"an empty NO_COLOR says nothing", &terminal{}, map[string]string{"NO_COLOR": ""}, true, true},
		{"a terminal that can't", &terminal{}, map[string]string{"TERM": "dumb"}, false, false},
	}
	for _, test := range tests {
		c := newConsole(Program{Stdout: test.w, Stderr: test.w, LookupEnv: environment(test.vars)})
		if s := c.stdout(); s.terminal != test.live || s.colours != test.coloured {
			t.Errorf("%s: terminal %v, colours %v", test.name, s.terminal, s.colours)
		}
	}
}

func TestProgressOnATerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stdout, stderr := &terminal{}, &terminal{}
		c := newConsole(Program{Stdout: stdout, Stderr: stderr, LookupEnv: environment(nil)})
		p := c.begin("loading\x1b[2J")
		time.Sleep(1500 * time.Millisecond)
		synctest.Wait()
		expect(t, "after a second", stderr, clearLine+`loading\x1b[2J (1s)`)
		fmt.Fprint(c.stdout(), "a row\n")
		expect(t, "a write clears the line", stderr, clearLine)
		p.set("loading %d", 2)
		time.Sleep(time.Second)
		synctest.Wait()
		expect(t, "and it comes back", stderr, clearLine+"loading 2 (2s)")
		p.set("%s", strings.Repeat("ä", 100))
		time.Sleep(time.Second)
		synctest.Wait()
		expect(t, "a long text is cut", stderr, clearLine+strings.Repeat("ä", 78)+"…")
		fmt.Fprint(c.stdout(), "unfinished")
		expect(t, "a write clears it again", stderr, clearLine)
		stderr.Reset()
		time.Sleep(time.Second)
		synctest.Wait()
		expect(t, "no line in the middle of another", stderr, "")
		c.say("done")
		expect(t, "what is said begins its own line", stderr, "\nsoltiwasm: done\n")
		p.end()
		expect(t, "nothing was there to be cleared", stderr, "")
	})
}

func TestProgressIsQuietForASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stderr := &terminal{}
		c := newConsole(Program{Stdout: &bytes.Buffer{}, Stderr: stderr, LookupEnv: environment(nil)})
		p := c.begin("loading")
		time.Sleep(999 * time.Millisecond)
		p.end()
		expect(t, "under a second", stderr, "")
	})
}

func TestProgressElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stderr := &bytes.Buffer{}
		c := newConsole(Program{Stdout: &bytes.Buffer{}, Stderr: stderr, LookupEnv: environment(nil)})
		p := c.begin("loading")
		time.Sleep(71500 * time.Millisecond)
		p.end()
		want := "soltiwasm: loading (1s)\nsoltiwasm: loading (11s)\nsoltiwasm: loading (31s)\nsoltiwasm: loading (71s)\n"
		if stderr.String() != want {
			t.Errorf("got %q, want %q", stderr.String(), want)
		}
	})
}

// expect compares what was written since the last time.
func expect(t *testing.T, when string, w *terminal, want string) {
	t.Helper()
	if got := w.String(); got != want {
		t.Errorf("%s: got %q, want %q", when, got, want)
	}
	w.Reset()
}

func TestSayEscapes(t *testing.T) {
	stderr := &bytes.Buffer{}
	c := newConsole(Program{Stdout: &bytes.Buffer{}, Stderr: stderr, LookupEnv: environment(nil)})
	c.say("a\x1b[0m\n%s", "b\r")
	if got, want := stderr.String(), "soltiwasm: a\\x1b[0m\nb\\r\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Many goroutines write while progress comes and goes; no line is torn. Run it with -race.
func TestConsoleHammer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stdout := &bytes.Buffer{}
		c := newConsole(Program{Stdout: stdout, Stderr: &terminal{}, LookupEnv: environment(nil)})
		var writers sync.WaitGroup
		for g := range 8 {
			writers.Go(func() {
				for i := range 50 {
					fmt.Fprintf(c.stdout(), "%d %d\n", g, i)
					fmt.Fprintf(c.stderr(), "%d %d\n", g, i)
					time.Sleep(100 * time.Millisecond)
				}
			})
			writers.Go(func() {
				for i := range 5 {
					p := c.begin("busy")
					p.set("still busy %d", i)
					time.Sleep(1100 * time.Millisecond)
					p.end()
				}
			})
		}
		writers.Wait()
		lines := strings.Split(strings.TrimSuffix(stdout.String(), "\n"), "\n")
		for _, l := range lines {
			var g, i int
			if n, err := fmt.Sscanf(l, "%d %d", &g, &i); n != 2 || err != nil {
				t.Fatalf("a torn line: %q", l)
			}
		}
		if len(lines) != 400 {
			t.Errorf("got %d lines, want 400", len(lines))
		}
	})
}

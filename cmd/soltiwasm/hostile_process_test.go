//go:build unix

package main_test

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"
)

const (
	watchdog  = time.Minute
	maxMemory = 700 << 20 // bytes of resident memory that a process may reach
	maxOutput = 64 << 20  // bytes that one of its streams may write
	anyExit   = -1
)

// hostileProgram is the command under test.
type hostileProgram struct {
	path  string
	cache string
}

// hostileProcess is one that has ended.
type hostileProcess struct {
	args           []string
	stdout, stderr string
}

// run runs the program in the case's folder and checks what holds for every process: it ends in time, by itself, with
// the exit code, within its memory, and writes nothing that acts on a terminal.
func (p *hostileProgram) run(t *testing.T, c *hostileCase, exit int, args ...string) hostileProcess {
	t.Helper()
	args = append(args, c.Args...)
	args = append(args, "--runners", "runners", "--log-level", "debug")
	ctx, cancel := context.WithTimeout(t.Context(), watchdog)
	defer cancel()
	// The shell bounds the address space, so that a bomb that nothing holds takes itself down and not the machine.
	shell := []string{"-c", `ulimit -v 8000000 2>/dev/null; exec "$@"`, "sh", p.path}
	cmd := exec.CommandContext(ctx, "sh", append(shell, args...)...)
	cmd.Dir = c.dir
	cmd.Env = []string{"XDG_CACHE_HOME=" + p.cache, "PATH=/usr/bin:/bin"}
	var stdout, stderr hostileOutput
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = time.Second
	start := time.Now()
	err := cmd.Run()
	done := hostileProcess{args: args, stdout: stdout.String(), stderr: stderr.String()}
	if ctx.Err() != nil {
		t.Fatalf("%v did not end within %v; standard error: %s", done, watchdog, beginning(done.stderr))
	}
	if cmd.ProcessState == nil {
		t.Fatalf("%v: %v", done, err)
	}
	memory := peakMemory(cmd.ProcessState.SysUsage().(*syscall.Rusage))
	if goCrash.MatchString(done.stderr) {
		t.Fatalf("%v crashed: %s", done, beginning(done.stderr))
	}
	if code := cmd.ProcessState.ExitCode(); exit != anyExit && code != exit {
		t.Errorf("%v: expected exit code %d, found %d; standard output: %s; standard error: %s",
			done, exit, code, beginning(done.stdout), beginning(done.stderr))
	}
	if memory > maxMemory {
		t.Errorf("%v took %d MiB, more than %d MiB", done, memory>>20, maxMemory>>20)
	}
	t.Logf("%v: %v, %d MiB", done, time.Since(start).Round(time.Millisecond), memory>>20)
	done.checkText(t, c)
	return done
}

// String is the command line.
func (p hostileProcess) String() string { return fmt.Sprintf("soltiwasm %q", p.args) }

// goCrash is how Go programs end that panic or run out of memory.
var goCrash = regexp.MustCompile(`(?m)^(fatal error: |panic: |runtime: |goroutine \d+ \[)`)

// peakMemory is the largest resident memory of a process in bytes.
func peakMemory(usage *syscall.Rusage) int64 {
	if runtime.GOOS == "darwin" {
		return int64(usage.Maxrss)
	}
	return int64(usage.Maxrss) << 10
}

// checkText refuses what acts on a terminal, and what the case hides.
func (p hostileProcess) checkText(t *testing.T, c *hostileCase) {
	t.Helper()
	for name, text := range map[string]string{"output": p.stdout, "error": p.stderr} {
		if c.Hidden != "" && strings.Contains(text, c.Hidden) {
			t.Errorf("%v: standard %s shows %q", p, name, c.Hidden)
		}
		if c.Raw && name == "error" {
			continue
		}
		if at := unshowable(text); at >= 0 {
			t.Errorf("%v: standard %s has %q, which acts on what shows it", p, name, text[max(0, at-40):min(len(text), at+8)])
		}
	}
}

// unshowable is the offset of the first character that acts on what shows it, or isn't UTF-8; -1 for none.
func unshowable(text string) int {
	if !utf8.ValidString(text) {
		return strings.IndexRune(text, utf8.RuneError)
	}
	return strings.IndexFunc(text, func(r rune) bool {
		switch {
		case r == '\n':
			return false
		case r < ' ', r >= 0x7f && r <= 0x9f: // C0, DEL and C1
			return true
		case r == 0x061c, r == 0x200e, r == 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return true // controls of direction, and separators of lines
		}
		return false
	})
}

// beginning is the beginning of a text.
func beginning(text string) string { return text[:min(len(text), 2000)] }

// hostileOutput keeps what a stream wrote, up to maxOutput.
type hostileOutput struct{ bytes.Buffer }

func (b *hostileOutput) Write(p []byte) (int, error) {
	if left := maxOutput - b.Len(); left < len(p) {
		b.Buffer.Write(p[:max(0, left)])
		return len(p), nil
	}
	return b.Buffer.Write(p)
}

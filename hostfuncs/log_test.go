package hostfuncs_test

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/task"
)

const notice = "WARN log records of this runner are being dropped: they are over the limit log=100 a second; " +
	"raise it with --limit log=N, or limits.log in the module's sidecar runner=r1"

// log has the guest log text.
func (g *guest) log(level int, text string) {
	g.t.Helper()
	ptr, n := g.put(0, text)
	g.ok("log", level, ptr, n)
}

// logged compares the records since the last time with lines.
func (g *guest) logged(lines ...string) {
	g.t.Helper()
	if got := g.records.take(); !slices.Equal(got, lines) {
		g.t.Errorf("logged\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(lines, "\n\t"))
	}
}

func TestLog(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseStart, hostfuncs.Call{})
	g.log(0, "starting")
	g.begin(abi.PhaseBuild, hostfuncs.Call{})
	g.log(1, "one\ntwo\x1b[31m")
	g.log(2, "bad \xff\xfe")
	g.log(3, "")
	g.logged(
		"DEBUG starting runner=r1 phase=_initialize",
		`INFO one\ntwo\x1b[31m runner=r1 phase=build`,
		"WARN bad \uFFFD\uFFFD runner=r1 phase=build",
		"ERROR  runner=r1 phase=build",
	)
	for _, level := range []int{4, 0xffffffff} {
		g.fails(fmt.Sprintf("log: level %d is none of 0 (debug), 1 (info), 2 (warn) and 3 (error)", level), "log", level, 0, 0)
	}
	g.logged()
}

func TestLogRecordsHaveTheClocksTime(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseBuild, hostfuncs.Call{})
	g.log(1, "x")
	if !g.records.times[0].Equal(g.clock.now) {
		t.Errorf("the record's time is %v", g.records.times[0])
	}
}

func TestLogCut(t *testing.T) {
	const limit = abi.MaxLogRecord
	mark := func(n int) string { return fmt.Sprintf("… (cut; %d bytes in all)", n) }
	tests := []struct{ name, in, want string }{
		{"just fits", strings.Repeat("a", limit), strings.Repeat("a", limit)},
		{"one over", strings.Repeat("a", limit+1), strings.Repeat("a", limit) + mark(limit+1)},
		{"far over", strings.Repeat("a", 6*limit), strings.Repeat("a", limit) + mark(6*limit)},
		{"within a character", strings.Repeat("a", limit-1) + "日x", strings.Repeat("a", limit-1) + mark(limit+3)},
		{"within an escape", strings.Repeat("a", limit-2) + "\x1bx", strings.Repeat("a", limit-2) + mark(limit)},
		{"all escapes", strings.Repeat("\x1b", limit), strings.Repeat(`\x1b`, limit/4) + mark(limit)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := newGuest(t).begin(abi.PhaseBuild, hostfuncs.Call{})
			g.log(1, test.in)
			g.logged("INFO " + test.want + " runner=r1 phase=build")
		})
	}
}

// TestLogMask: values are masked before anything is escaped or cut, so that no part of one shows.
func TestLogMask(t *testing.T) {
	secret := "multi\nline\x1bsecret"
	tests := []struct{ name, in, want string }{
		{"inside", "token=" + secret + ".", "token=***."},
		{"whole", secret, "***"},
		{"over the cut", strings.Repeat("a", abi.MaxLogRecord-4) + secret, strings.Repeat("a", abi.MaxLogRecord-4) + "***"},
		{"over the window", strings.Repeat(secret+"!", 2*abi.MaxLogRecord/len(secret)), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := newGuest(t)
			g.runner.Mask = task.NewMask([]string{secret})
			g.begin(abi.PhaseBuild, hostfuncs.Call{})
			g.log(1, test.in)
			lines := g.records.take()
			if len(lines) != 1 || test.want != "" && lines[0] != "INFO "+test.want+" runner=r1 phase=build" {
				t.Errorf("logged %q", lines)
			}
			if strings.Contains(lines[0], "mult") {
				t.Errorf("a part of the value shows: …%q", lines[0][max(0, len(lines[0])-80):])
			}
		})
	}
}

func TestLogLimit(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseBuild, hostfuncs.Call{})
	flood := func(n int) {
		for range n {
			g.log(1, "x")
		}
	}
	count := func(records, notices, dropped int) {
		t.Helper()
		lines := g.records.take()
		said := 0
		for _, l := range lines {
			if l == notice {
				said++
			}
		}
		if len(lines)-said != records || said != notices || g.backend.Dropped("r1", "log") != dropped {
			t.Errorf("%d records, %d notices, %d dropped in all; want %d, %d, %d",
				len(lines)-said, said, g.backend.Dropped("r1", "log"), records, notices, dropped)
		}
	}
	flood(150)
	count(100, 1, 50)
	flood(10)
	count(0, 0, 60)
	g.clock.advance(10 * time.Millisecond)
	flood(2)
	count(1, 0, 61)
	g.clock.advance(500 * time.Millisecond)
	flood(60)
	count(50, 0, 71)
	g.clock.advance(time.Hour)
	flood(100)
	count(100, 0, 71)
	flood(1)
	count(0, 1, 72)
	g.clock.advance(-2 * time.Hour) // set back: a full bucket, rather than silence for two hours
	flood(101)
	count(100, 0, 73)
}

// TestLogLevelOff: records of a level that isn't logged use up nothing, and the rules hold all the same.
func TestLogLevelOff(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseBuild, hostfuncs.Call{})
	g.records.level = slog.LevelError - slog.LevelDebug
	for range 300 {
		g.log(1, "x")
	}
	g.log(3, "y")
	g.logged("ERROR y runner=r1 phase=build")
	if n := g.backend.Dropped("r1", "log"); n != 0 {
		t.Errorf("%d dropped", n)
	}
	g.fails("log: range [65536, 65537) is outside the memory of 65536 bytes", "log", 0, pageSize, 1)
}

func TestNoLog(t *testing.T) {
	g := newGuest(t)
	g.runner.Log = nil
	g.begin(abi.PhaseBuild, hostfuncs.Call{})
	g.log(3, "x")
	_, err := g.call("log", 9, 0, 0)
	var fault *hostfuncs.Fault
	if !errors.As(err, &fault) {
		t.Errorf("level 9: %v", err)
	}
}

// TestLogHammer has the instances of one runner log at the same time: exactly the bucket's records come through.
func TestLogHammer(t *testing.T) {
	const instances, each = 8, 200
	g := newGuest(t)
	var wg sync.WaitGroup
	for range instances {
		wg.Go(func() {
			i := hostfuncs.NewInstance(g.runner)
			i.Begin(abi.PhaseBuild, &hostfuncs.Call{})
			for range each {
				if err := g.funcs["log"].Fn(g.ctx, i, g.memory, []uint64{1, 0, 1}); err != nil {
					t.Error(err)
				}
			}
			i.End(g.ctx)
		})
	}
	wg.Wait()
	lines := g.records.take()
	if len(lines) != 101 || g.backend.Dropped("r1", "log") != instances*each-100 {
		t.Errorf("%d records, %d dropped", len(lines), g.backend.Dropped("r1", "log"))
	}
}

func TestLogRateOfZeroIsOne(t *testing.T) {
	g := newGuest(t)
	g.runner.Log = hostfuncs.NewLog(slog.New(g.records), "r2", 0, metrics.NoOp{}, g.clock.Now)
	g.begin(abi.PhaseBuild, hostfuncs.Call{})
	g.log(1, "first")
	g.log(1, "second")
	if lines := g.records.take(); len(lines) != 2 || lines[0] != "INFO first runner=r2 phase=build" {
		t.Errorf("logged %q", lines)
	}
}

func FuzzLog(f *testing.F) {
	f.Add([]byte("a\x1b\xff secret"), []byte("secret"))
	f.Fuzz(func(t *testing.T, text, secret []byte) {
		g := newGuest(t)
		g.runner.Mask = task.NewMask([]string{string(secret)})
		g.begin(abi.PhaseBuild, hostfuncs.Call{})
		g.log(1, string(text[:min(len(text), pageSize)]))
		line := g.records.take()[0]
		if !utf8.ValidString(line) || len(line) > abi.MaxLogRecord+100 {
			t.Errorf("%d bytes: %q", len(line), line)
		}
	})
}

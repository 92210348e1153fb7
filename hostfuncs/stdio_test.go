package hostfuncs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/task"
)

// print has the guest write texts, one vector each, and returns how much was written.
func (g *guest) print(fd int, texts ...string) int {
	g.t.Helper()
	at := 4096
	for n, text := range texts {
		ptr, size := g.put(at, text)
		g.putU32(8*n, uint32(ptr), uint32(size))
		at += size
	}
	g.want(0, "fd_write", fd, 0, len(texts), 4000)
	return int(g.u32(4000))
}

func TestOutputOutsideRun(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseBuild, hostfuncs.Call{Stdout: failing{}, Stderr: failing{}})
	if n := g.print(1, "one\ntw", "", "o\r\nthree"); n != 13+1 {
		t.Errorf("wrote %d bytes", n)
	}
	g.print(2, "error\n\n\x1b[1mbold")
	g.logged(
		"DEBUG one runner=r1 phase=build stream=stdout",
		"DEBUG two runner=r1 phase=build stream=stdout",
		"DEBUG error runner=r1 phase=build stream=stderr",
		"DEBUG  runner=r1 phase=build stream=stderr",
	)
	g.print(1, " and more")
	g.logged()
	g.instance.End(g.ctx)
	g.logged(
		"DEBUG three and more runner=r1 phase=build stream=stdout",
		`DEBUG \x1b[1mbold runner=r1 phase=build stream=stderr`,
	)
	g.begin(abi.PhaseName, hostfuncs.Call{})
	g.instance.End(g.ctx)
	g.logged()
}

// TestLongLines: a line is cut like any record, without being kept, and masked before.
func TestLongLines(t *testing.T) {
	g := newGuest(t)
	g.runner.Mask = task.NewMask([]string{"secret"})
	g.begin(abi.PhaseBuild, hostfuncs.Call{})
	part := strings.Repeat("a", 50_000)
	for range 3 {
		g.print(1, part)
	}
	g.print(1, "\nshort\n")
	g.print(1, strings.Repeat("a", abi.MaxLogRecord-3)+"sec", "ret\n")
	a := strings.Repeat("a", abi.MaxLogRecord)
	g.logged(
		"DEBUG "+a+"… (cut; 150000 bytes in all) runner=r1 phase=build stream=stdout",
		"DEBUG short runner=r1 phase=build stream=stdout",
		"DEBUG "+a[3:]+"*** runner=r1 phase=build stream=stdout",
	)
}

// TestEndlessLine: what is kept of a line doesn't grow with it.
func TestEndlessLine(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseBuild, hostfuncs.Call{})
	ptr, n := g.put(4096, strings.Repeat("a", 50_000))
	g.putU32(0, uint32(ptr), uint32(n))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 1000 {
		g.want(0, "fd_write", 1, 0, 1, 4000)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("a line of 50 MB allocated %d bytes", n)
	}
}

func TestOutputIsLimited(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseBuild, hostfuncs.Call{})
	g.print(1, strings.Repeat("line\n", 1000))
	if lines := g.records.take(); len(lines) != 101 || g.backend.Dropped("r1", "log") != 900 {
		t.Errorf("%d records, %d dropped", len(lines), g.backend.Dropped("r1", "log"))
	}
	g.records.level = slog.LevelInfo - slog.LevelDebug
	g.print(1, strings.Repeat("line\n", 1000))
	if n := g.backend.Dropped("r1", "log"); n != 900 {
		t.Errorf("lines that nobody reads were counted as dropped: %d", n)
	}
}

func TestOutputInRun(t *testing.T) {
	var stdout, stderr bytes.Buffer
	g := newGuest(t).begin(abi.PhaseRun, hostfuncs.Call{Stdout: &stdout, Stderr: &stderr})
	big := strings.Repeat("0123456789", 5000)
	if n := g.print(1, "a\xff\n", big); n != 3+len(big) {
		t.Errorf("wrote %d bytes", n)
	}
	g.print(2, "oops")
	g.instance.End(g.ctx)
	if stdout.String() != "a\xff\n"+big || stderr.String() != "oops" {
		t.Errorf("stdout has %d bytes, stderr %q", stdout.Len(), &stderr)
	}
	g.logged()
	g.begin(abi.PhaseRun, hostfuncs.Call{})
	if n := g.print(1, "dropped"); n != 7 {
		t.Errorf("wrote %d bytes to no writer", n)
	}
}

// vandal breaks the contract of io.Writer.
type vandal struct{}

func (vandal) Write(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestWritersDontReachTheGuest(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseRun, hostfuncs.Call{Stdout: vandal{}})
	g.print(1, "text")
	if got := g.text(4096, 4); got != "text" {
		t.Errorf("a writer changed the guest's memory to %q", got)
	}
}

// failing takes the first bytes it gets and no more.
type failing struct{ takes *int }

func (w failing) Write(p []byte) (int, error) {
	if w.takes == nil || *w.takes < len(p) {
		return 0, errors.New("no space left")
	}
	*w.takes -= len(p)
	return len(p), nil
}

// lazy writes less than it is given without saying why.
type lazy struct{}

func (lazy) Write(p []byte) (int, error) { return len(p) - 1, nil }

func TestOutputFails(t *testing.T) {
	takes := 5
	g := newGuest(t).begin(abi.PhaseRun, hostfuncs.Call{Stdout: failing{&takes}, Stderr: lazy{}})
	if n := g.print(1, "four", "five", "x"); n != 4 {
		t.Errorf("wrote %d bytes", n)
	}
	g.want(ioErr, "fd_write", 1, 8, 1, 4000)
	g.want(ioErr, "fd_write", 2, 0, 3, 4000)
}

func TestVectorBounds(t *testing.T) {
	var out bytes.Buffer
	g := newGuest(t).begin(abi.PhaseRun, hostfuncs.Call{Stdout: &out})
	for _, count := range []int{1025, 1 << 29, 0xffffffff} {
		g.want(inval, "fd_write", 1, 0, count, 0)
		g.want(inval, "fd_read", 0, 0, count, 0)
	}
	for n := range 1024 {
		g.putU32(8*n, uint32(pageSize-1), 1)
	}
	g.memory[pageSize-1] = 'x'
	g.want(0, "fd_write", 1, 0, 1024, 9000)
	if g.u32(9000) != 1024 || out.String() != strings.Repeat("x", 1024) {
		t.Errorf("wrote %d, %q", g.u32(9000), &out)
	}
	out.Reset()
	g.putU32(0, 100, 1, 0xffffffff, 2)
	g.fails("fd_write: range [4294967295, 4294967297) is outside the memory of 65536 bytes", "fd_write", 1, 0, 2, 9000)
	g.fails("fd_write: range [65533, 65537) is outside the memory of 65536 bytes", "fd_write", 1, 0, 1, pageSize-3)
	if out.Len() != 0 {
		t.Errorf("%q was written by a call that trapped", &out)
	}
}

// TestVectorsOf4GiB: the sum of the lengths has to fit its result.
func TestVectorsOf4GiB(t *testing.T) {
	if testing.Short() {
		t.Skip("needs 64 MiB")
	}
	g := newGuest(t)
	g.memory = make(memory, 64<<20)
	g.begin(abi.PhaseRun, hostfuncs.Call{})
	for n := range 64 {
		g.putU32(8*n, 0, 64<<20)
	}
	g.want(inval, "fd_write", 1, 0, 64, 9000)
	g.want(inval, "fd_read", 0, 0, 64, 9000)
	g.want(0, "fd_read", 0, 0, 63, 9000)
}

func TestStreams(t *testing.T) {
	for _, phase := range []abi.Phase{abi.PhaseBuild, abi.PhaseRun} {
		g := newGuest(t).begin(phase, hostfuncs.Call{})
		g.putU32(0, 100, 10)
		g.putU32(4000, 77)
		g.want(0, "fd_read", 0, 0, 1, 4000)
		if n := g.u32(4000); n != 0 {
			t.Errorf("read %d bytes of standard input", n)
		}
		for _, fd := range []int{1, 2, 3, 0xffffffff} {
			g.want(badf, "fd_read", fd, 0, 1, 4000)
		}
		for _, fd := range []int{0, 3, 4, 0xffffffff} {
			g.want(badf, "fd_write", fd, 0, 1, 4000)
		}
		for fd, rights := range []uint64{1<<1 | 1<<27, 1<<6 | 1<<27, 1<<6 | 1<<27} {
			copy(g.memory[200:], strings.Repeat("\xff", 24))
			g.want(0, "fd_fdstat_get", fd, 200)
			if g.u64(200) != 2 || g.u64(208) != rights || g.u64(216) != 0 {
				t.Errorf("fdstat of %d: % x", fd, g.memory[200:224])
			}
			g.want(0, "fd_close", fd)
		}
		g.want(badf, "fd_fdstat_get", 3, 200)
		g.want(badf, "fd_close", 3)
		g.print(1, "still there") // closing changes nothing
	}
}

func ExampleInstance() {
	runner := &hostfuncs.Runner{Config: nil, Limits: abi.DefaultLimits()}
	instance := hostfuncs.NewInstance(runner)
	linear := make(memory, 64)
	call := func(name string, args ...uint64) uint64 { // what an engine does when the guest calls
		for _, f := range hostfuncs.Functions() {
			if f.Name == name {
				if err := f.Fn(context.Background(), instance, linear, args); err != nil {
					fmt.Println(err)
				}
			}
		}
		return args[0]
	}
	instance.Begin(abi.PhaseBuild, &hostfuncs.Call{})
	n := call("config_get", 0, 0, 16, 48)
	call("reply", 16, n)
	reply, ok := instance.Reply()
	fmt.Printf("%s %v\n", reply, ok)
	call("reply", 60, 8)
	// Output:
	// {} true
	// reply: range [60, 68) is outside the memory of 64 bytes
}

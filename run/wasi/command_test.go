package wasi_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/run/wasi"
	"github.com/soltihq/soltiwasm/task"
)

func TestArgumentsEnvironmentAndStreams(t *testing.T) {
	c := wasi.Command{Action: task.WasmAction{
		Module: "probe.wasm",
		Args:   []string{"args", "env", "stdin", "cat", "stdin", "err", "oops\n", "out", "no newline", "exit", "0", "", "ü b"},
		Env:    map[string]string{"ZONE": "eu", "EMPTY": "", "A": "b=c\n"},
		Stdin:  "some input\x00\xff",
	}}
	r := run(t, shared(), c)
	r.exits(t, "0=probe.wasm", "1=args", "2=env", "3=stdin", "4=cat", "5=stdin", "6=err", "7=oops", "", "8=out", "9=no newline",
		"10=exit", "11=0", "12=", "13=ü b",
		"A=b=c", "", "EMPTY=", "ZONE=eu",
		"ready 1, events 1", "some input\x00\xffready 1, events 8193", "no newline")
	if r.stderr != "oops\n" {
		t.Errorf("stderr is %q", r.stderr)
	}
}

func TestNothing(t *testing.T) {
	run(t, shared(), wasi.Command{Action: task.WasmAction{Module: "nothing.wasm"}}).exits(t, "")
	run(t, shared(), probe("env cat")).exits(t, "")
}

func TestExitCodes(t *testing.T) {
	for code, words := range map[string]string{"1": "code 1", "3": "code 3", "255": "code 255", "-1": "code 4294967295"} {
		r := run(t, shared(), probe("out before exit "+code))
		r.fails(t, task.CodeTaskFailed, `the module "probe.wasm" exited with `+words)
		if r.code == nil || r.stdout != "before" {
			t.Errorf("exit %s: code %v, output %q", code, deref(r.code), r.stdout)
		}
	}
	r := run(t, shared(), wasi.Command{Action: task.WasmAction{Module: "exit-in-start.wasm"}})
	r.fails(t, task.CodeTaskFailed, "exited with code 7")
}

func TestTraps(t *testing.T) {
	for _, test := range []struct {
		command wasi.Command
		words   string
	}{
		{probe("out before trap"), "unreachable"},
		{probe("out before recurse"), "out of bounds memory access"}, // of C's own stack, which is in its memory
		{wasi.Command{Action: task.WasmAction{Module: "recursion.wasm"}}, "stack overflow: the calls are nested too deeply"},
		{wasi.Command{Action: task.WasmAction{Module: "trap-in-start.wasm"}}, "unreachable"},
		{wasi.Command{Action: task.WasmAction{Module: "bad-range.wasm"}}, "args_sizes_get: range [65534, 65538) is outside the memory"},
	} {
		r := run(t, shared(), test.command)
		r.fails(t, task.CodeGuestFault, test.command.Action.Module, test.words)
		if r.code != nil {
			t.Errorf("a module that trapped has the exit code %d", *r.code)
		}
	}
}

// TestClosedStreams: standard streams can be closed like files, and others take their numbers.
func TestClosedStreams(t *testing.T) {
	dir, mount := data(t)
	run(t, shared(), probe("close 0 close 0 cat make /data/a x cat close 2 close 9 err lost", mount)).exits(t,
		"close: ok", "close: Bad file descriptor", "make: ok", "close: ok", "close: Bad file descriptor")
	if text := read(t, dir+"/a"); text != "x" {
		t.Errorf("the file has %q", text)
	}
}

func TestClocksAndRandomness(t *testing.T) {
	c := config("testdata")
	c.Rand = rand.NewChaCha8([32]byte{})
	start := time.Now()
	c.Now = func() time.Time { return time.Unix(1_234_567_890, 0).Add(time.Since(start)) }
	want := make([]byte, 8)
	if _, err := rand.NewChaCha8([32]byte{}).Read(want); err != nil {
		t.Fatal(err)
	}
	r := run(t, open(t, c), probe("now random"))
	if !regexp.MustCompile(`^12345678\d\d slept\n[0-9a-f]{16}\n$`).MatchString(r.stdout) {
		t.Errorf("it printed %q, error %v", r.stdout, r.err)
	}
	if got := strings.Fields(r.stdout)[2]; got != hex(want) {
		t.Errorf("random bytes %s, want those of the configuration, %s", got, hex(want))
	}
}

func hex(b []byte) string {
	const digits = "0123456789abcdef"
	var s strings.Builder
	for _, c := range b {
		s.WriteByte(digits[c>>4])
		s.WriteByte(digits[c&15])
	}
	return s.String()
}

// TestMemoryIsBounded: a command gets as much memory as the limit says, and can deal with there being no more.
func TestMemoryIsBounded(t *testing.T) {
	for _, limit := range []int64{8, 64} {
		c := probe("bomb")
		c.Limits = abi.DefaultLimits()
		c.Limits.Memory = limit << 20
		r := run(t, shared(), c)
		var most int64
		for _, d := range strings.TrimSuffix(r.stdout, " MiB\n") {
			most = most*10 + int64(d-'0')
		}
		if r.err != nil || most < limit/2 || most >= limit {
			t.Errorf("with %d MiB: printed %q, error %v", limit, r.stdout, r.err)
		}
	}
}

// TestTimeIsBounded: whatever a command does, it ends with its context.
func TestTimeIsBounded(t *testing.T) {
	_, mount := data(t)
	run(t, shared(), probe("")).exits(t, "") // which compiles it
	for _, c := range []wasi.Command{
		probe("loop"), probe("flood"), probe("print"), probe("sleep 3600000"), probe("floodstat /data", mount),
		{Action: task.WasmAction{Module: "loop-in-start.wasm"}},
	} {
		name := strings.Join(append([]string{c.Action.Module}, c.Action.Args...), " ")
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		c.Stdout = discard{}
		r := runIn(ctx, shared(), c)
		cancel()
		r.fails(t, task.CodeTaskTimeout, "was ended", context.DeadlineExceeded.Error())
		if !errors.Is(r.err, context.DeadlineExceeded) || r.code != nil {
			t.Errorf("%s: error %v, code %v", name, r.err, deref(r.code))
		}
	}
}

// discard has nothing of what is printed.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

func TestCancellation(t *testing.T) {
	run(t, shared(), probe("")).exits(t, "")
	why := errors.New("the operator wants it so")
	for _, verb := range []string{"loop", "sleep 3600000"} {
		ctx, cancel := context.WithCancelCause(t.Context())
		c := probe("err begun " + verb)
		c.Stdout, c.Stderr = discard{}, writer(func([]byte) (int, error) { cancel(why); return 5, nil })
		r := runIn(ctx, shared(), c)
		r.fails(t, task.CodeCanceled, why.Error())
		if !errors.Is(r.err, why) {
			t.Errorf("the error doesn't wrap the cause: %v", r.err)
		}
		runIn(ctx, shared(), probe("")).fails(t, task.CodeCanceled, why.Error())
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

// TestWritersThatFail: an error is the command's to deal with, a panic is the host's fault, and neither sees the
// command's memory.
func TestWritersThatFail(t *testing.T) {
	c := probe("out lost write /dev/stdout x exit 4")
	c.Stdout, c.Stderr = writer(func([]byte) (int, error) { return -7, errors.New("full") }), discard{}
	r := run(t, shared(), c)
	r.fails(t, task.CodeTaskFailed, "code 4")

	c.Stdout = writer(func([]byte) (int, error) { panic("a bug") })
	run(t, shared(), c).fails(t, task.CodeInternal, "host function", "a bug")

	var kept [][]byte
	c = probe("out one args out two args")
	c.Stdout = writer(func(p []byte) (int, error) {
		kept = append(kept, bytes.Clone(p))
		clear(p)
		return len(p), nil
	})
	if r := run(t, shared(), c); r.err != nil || !bytes.Contains(bytes.Join(kept, nil), []byte("two0=probe.wasm")) {
		t.Errorf("printed %q, error %v", bytes.Join(kept, nil), r.err)
	}
}

func TestActionsThatCantBe(t *testing.T) {
	for _, test := range []struct {
		action task.WasmAction
		words  string
	}{
		{task.WasmAction{Args: []string{"a\x00b"}}, "a NUL byte"},
		{task.WasmAction{Env: map[string]string{"KEY": "secret\x00"}}, "a NUL byte"},
		{task.WasmAction{Env: map[string]string{"A=B": "secret"}}, `the variable "A=B"`},
		{task.WasmAction{Env: map[string]string{"": "secret"}}, `the variable ""`},
		{task.WasmAction{Args: []string{strings.Repeat("secret", 1<<20)}}, "more than the 4194304 allowed"},
	} {
		test.action.Module = "probe.wasm"
		r := run(t, shared(), wasi.Command{Action: test.action})
		r.fails(t, task.CodeSpawnFailed, test.words)
		if strings.Contains(r.err.Error(), "secret") {
			t.Errorf("the error shows a value: %.200s", r.err)
		}
	}
}

func TestClosed(t *testing.T) {
	x := wasi.New(t.Context(), config("testdata"))
	run(t, x, probe("out yes")).exits(t, "yes")
	for range 2 {
		if err := x.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	run(t, x, probe("out no")).fails(t, task.CodeInternal, "closed")
}

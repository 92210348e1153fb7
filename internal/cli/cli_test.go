package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/internal/cli"
)

// program is one execution in this process, with a cache of its own and no other environment.
type program struct {
	cli.Program
	stdout, stderr bytes.Buffer
}

func newProgram(t *testing.T, args ...string) *program {
	t.Helper()
	cache := t.TempDir()
	p := &program{}
	p.Program = cli.Program{
		Args: args, Stdin: strings.NewReader(""), Stdout: &p.stdout, Stderr: &p.stderr,
		LookupEnv:    func(string) (string, bool) { return "", false },
		UserCacheDir: func() (string, error) { return cache, nil },
		Engines: []cli.Engine{{Name: "wazero", Module: "github.com/tetratelabs/wazero", New: func(cache *engine.Cache, _ int) engine.Engine {
			return wazero.Engine{Cache: cache}
		}}},
		Executable: func() (string, error) { return "", errors.New("this is no program of its own") },
	}
	return p
}

// runners makes a directory with some of the fixtures.
func runners(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join("../../testdata/fixtures", name+".wasm"))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name+".wasm"), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const spec = "slot: s\nkind: {any: {}}\ntimeout: 20s\n"

// Every fixture that goes wrong has the error code and the exit code that are promised.
func TestCodes(t *testing.T) {
	tests := []struct {
		command, fixture, spec string
		code                   string
		exit                   int
	}{
		{"route", "ok", spec, "", 0},
		{"route", "ok", "slot: s", "invalid_spec", 2},
		{"route", "no", spec, "no_runner", 3},
		{"route", "only-other", spec, "no_runner", 3},
		{"route", "ok", "slot: s\nkind: embedded\ntimeout: 1s\n", "embedded", 3},
		{"route", "status1", spec, "unsupported_kind", 4},
		{"route", "status2", spec, "invalid_task_spec", 4},
		{"route", "status3", spec, "missing_field", 4},
		{"route", "status4", spec, "internal", 4},
		{"route", "status9", spec, "guest_fault", 4},
		{"route", "trap-build", spec, "guest_fault", 4},
		{"route", "exit-build", spec, "guest_fault", 4},
		{"route", "loop-build", spec, "timeout", 4},
		{"route", "reply-not-json", spec, "invalid_reply", 4},
		{"route", "no-run", spec, "invalid_reply", 4},
		{"route", "denied-process", spec, "denied", 4},
		{"route", "trap-supports", spec, "no_runner", 3},
		{"run", "ok", spec, "", 0},
		{"run", "ok", "slot: s", "invalid_spec", 2},
		{"run", "no", spec, "no_runner", 3},
		{"run", "denied-wasm", spec, "denied", 4},
		{"run", "run-fail", spec, "task_failed", 5},
		{"run", "run-fatal", spec, "task_fatal", 5},
		{"run", "trap-run", spec, "guest_fault", 5},
		{"run", "loop-run", strings.Replace(spec, "20s", "100ms", 1), "task_timeout", 6},
	}
	for _, test := range tests {
		t.Run(test.command+" "+test.fixture, func(t *testing.T) {
			p := newProgram(t, test.command, "-r", runners(t, test.fixture), "-o", "json", "-")
			p.Stdin = strings.NewReader(test.spec)
			if exit := cli.Main(t.Context(), p.Program); exit != test.exit {
				t.Errorf("exit code %d, want %d", exit, test.exit)
			}
			var row struct {
				Error struct{ Code, Message string }
			}
			if err := json.Unmarshal(p.stdout.Bytes(), &row); err != nil {
				t.Fatalf("%v in %q\n%s", err, p.stdout.String(), p.stderr.String())
			}
			if row.Error.Code != test.code || (row.Error.Message == "") != (test.code == "") {
				t.Errorf("error %+v, want code %q and a message", row.Error, test.code)
			}
		})
	}
}

// stuck is an engine that takes no notice of its context, as a compiler does that is at work.
type stuck struct{ release chan struct{} }

func (stuck) Name() string { return "stuck" }

func (s stuck) Open(context.Context, []engine.HostFunc) (engine.Runtime, error) {
	<-s.release
	return nil, errors.New("released")
}

func TestEndsThoughStuck(t *testing.T) {
	dir := t.TempDir()
	tests := []struct {
		name, timeout string
		interrupt     time.Duration
		exit          int
		says          string
	}{
		{"by its timeout", "10s", time.Hour, 1, "did not end within its timeout"},
		{"by an interrupt", "1h", 10 * time.Second, 130, "interrupted"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := newProgram(t, "list", "-r", dir, "--no-cache", "--timeout", test.timeout)
			synctest.Test(t, func(t *testing.T) {
				engineOf := stuck{make(chan struct{})}
				p.Engines[0].New = func(*engine.Cache, int) engine.Engine { return engineOf }
				ctx, cancel := context.WithTimeout(t.Context(), test.interrupt)
				defer cancel()
				begin := time.Now()
				if exit := cli.Main(ctx, p.Program); exit != test.exit {
					t.Errorf("exit code %d, want %d", exit, test.exit)
				}
				if took := time.Since(begin); took > 20*time.Second {
					t.Errorf("took %v", took)
				}
				if text := p.stderr.String(); !strings.Contains(text, test.says) {
					t.Errorf("said %q", text)
				}
				close(engineOf.release)
				synctest.Wait()
			})
		})
	}
}

// A second interrupt does not wait for what is stuck.
func TestKill(t *testing.T) {
	p := newProgram(t, "list", "-r", t.TempDir(), "--no-cache")
	synctest.Test(t, func(t *testing.T) {
		engineOf := stuck{make(chan struct{})}
		p.Engines[0].New = func(*engine.Cache, int) engine.Engine { return engineOf }
		ctx, cancel := context.WithCancel(t.Context())
		kill := make(chan struct{})
		p.Kill = kill
		time.AfterFunc(time.Minute, cancel)
		time.AfterFunc(time.Minute+time.Second, func() { close(kill) })
		begin := time.Now()
		if exit := cli.Main(ctx, p.Program); exit != 130 {
			t.Errorf("exit code %d, want 130", exit)
		}
		if took := time.Since(begin); took != time.Minute+time.Second {
			t.Errorf("took %v", took)
		}
		close(engineOf.release)
		synctest.Wait()
	})
}

// Nor does the command wait for somebody to read its last word.
func TestKillThoughNobodyReads(t *testing.T) {
	engineOf := stuck{make(chan struct{})}
	defer close(engineOf.release)
	p := newProgram(t, "list", "-r", t.TempDir(), "--no-cache")
	p.Engines[0].New = func(*engine.Cache, int) engine.Engine { return engineOf }
	p.Stderr = stuckWriter(engineOf)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	kill := make(chan struct{})
	close(kill)
	p.Kill = kill
	if exit := cli.Main(ctx, p.Program); exit != 130 {
		t.Errorf("exit code %d, want 130", exit)
	}
}

// stuckWriter is standard error that nobody reads.
type stuckWriter stuck

func (w stuckWriter) Write(p []byte) (int, error) {
	<-w.release
	return len(p), nil
}

// forever is standard input at which nobody types.
type forever struct{ closed chan struct{} }

func (f forever) Read([]byte) (int, error) {
	<-f.closed
	return 0, io.EOF
}

func TestInterruptWhileReading(t *testing.T) {
	p := newProgram(t, "validate", "-")
	in := forever{make(chan struct{})}
	p.Stdin = in
	defer close(in.closed)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if exit := cli.Main(ctx, p.Program); exit != 130 {
		t.Errorf("exit code %d, want 130", exit)
	}
	if got := p.stderr.String(); got != "soltiwasm: interrupted\n" {
		t.Errorf("said %q", got)
	}
}

// failing is standard output that can't be written to.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestBrokenOutput(t *testing.T) {
	dir := runners(t, "run-output")
	file := filepath.Join(t.TempDir(), "s.yaml")
	if err := os.WriteFile(file, []byte(spec), 0o600); err != nil {
		t.Fatal(err)
	}
	full := errors.New("the disk is full")
	for _, args := range [][]string{
		{"route", "-o", "json", file}, {"route", file}, {"run", "-o", "json", file}, {"run", file}, {"list"}, {"list", "-o", "yaml"},
		{"validate", file}, {"version"}, {"schema", "spec"}, {"inspect", filepath.Join(dir, "run-output.wasm")}, {"cache", "info"},
	} {
		t.Run(strings.Join(args[:min(len(args), 3)], " "), func(t *testing.T) {
			p := newProgram(t, append(args, "-r", dir)...)
			p.Stdout = failing{full}
			if exit := cli.Main(t.Context(), p.Program); exit != 1 || !strings.Contains(p.stderr.String(), full.Error()) {
				t.Errorf("a full disk: exit code %d, said %q", exit, p.stderr.String())
			}
			p = newProgram(t, append(args, "-r", dir)...)
			p.Stdout = failing{&os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.EPIPE}}
			if exit := cli.Main(t.Context(), p.Program); exit != 1 || strings.Contains(p.stderr.String(), "pipe") {
				t.Errorf("a broken pipe: exit code %d, said %q", exit, p.stderr.String())
			}
			if said := strings.Contains(p.stderr.String(), "nobody reads the output any more"); said != (args[0] == "run") {
				t.Errorf("a broken pipe: said %q", p.stderr.String())
			}
		})
	}
}

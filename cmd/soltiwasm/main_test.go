package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/engine"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"soltiwasm": main})
}

// TestScripts runs the real program. Beside testscript's own commands the scripts have
//
//	exits CODE PROGRAM [ARG…]            run a program that ends with exactly this code
//	interrupt TEXT CODE PROGRAM [ARG…]   run a program, interrupt it when its output holds TEXT, expect the code; of
//	                                     several texts, divided by |, each is an interrupt
//	brokenpipe CODE PROGRAM [ARG…]       run a program whose standard output nobody reads
//	rows N                               expect that standard output was N lines, each a JSON object, and nothing else
//	modules DIR [NAME…]                  copy modules to a directory: real ones with their sidecars, or fixtures
//	heavy FILE                           write a module that the program compiles in a process of its own
//
// and the variables MODULES, SPECS and DIGEST_name, the digest of each of the real modules.
func TestScripts(t *testing.T) {
	cache := t.TempDir()
	warm(t, filepath.Join(cache, "soltiwasm"), filepath.Join("..", "..", "testdata", "modules"))
	runScripts(t, "testdata/script", cache, nil)
}

// script is a command of the scripts.
type script = func(ts *testscript.TestScript, neg bool, args []string)

// runScripts runs the scripts of a directory, which share a cache and have some more commands.
func runScripts(t *testing.T, dir, cache string, more map[string]script) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	commands := map[string]script{
		"exits": exits, "interrupt": interrupt, "brokenpipe": brokenPipe, "rows": rows, "modules": modules, "heavy": heavy,
	}
	maps.Copy(commands, more)
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		Cmds:                commands,
		Setup: func(env *testscript.Env) error {
			env.Setenv("XDG_CACHE_HOME", cache)
			env.Setenv("MODULES", filepath.Join(root, "testdata", "modules"))
			env.Setenv("SPECS", filepath.Join(root, "testdata", "specs"))
			env.Setenv("FIXTURES", filepath.Join(root, "testdata", "fixtures"))
			env.Setenv("OWN", filepath.Join(root, "cmd", "soltiwasm", "testdata", "modules"))
			return setDigests(env, filepath.Join(root, "testdata", "modules"))
		},
	})
}

// warm compiles the real modules into the cache that the scripts share, so that it happens once.
func warm(t *testing.T, dir, modules string) {
	cache, err := engine.OpenCache(dir, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	defer cache.Close()
	host, err := soltiwasm.New(t.Context(), soltiwasm.Config{Engine: newEngine(cache, 1), Dirs: []string{modules}})
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Close(); err != nil {
		t.Fatal(err)
	}
}

func setDigests(env *testscript.Env, dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.wasm"))
	for _, file := range files {
		data, rerr := os.ReadFile(file)
		if rerr != nil {
			return rerr
		}
		sum := sha256.Sum256(data)
		name := strings.ReplaceAll(strings.TrimSuffix(filepath.Base(file), ".wasm"), "-", "_")
		env.Setenv("DIGEST_"+name, "sha256:"+hex.EncodeToString(sum[:]))
	}
	return err
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARG…]")
	}
	checkExit(ts, args[0], ts.Exec(args[1], args[2:]...))
}

func checkExit(ts *testscript.TestScript, want string, err error) {
	code := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != want {
		ts.Fatalf("expected exit code %s, found %d", want, code)
	}
}

func rows(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: rows N")
	}
	text := ts.ReadFile("stdout")
	n := 0
	for line := range strings.Lines(text) {
		n++
		var object map[string]any
		if err := json.Unmarshal([]byte(line), &object); err != nil || !strings.HasSuffix(line, "\n") {
			ts.Fatalf("line %d is no JSON object: %v: %s", n, err, line)
		}
	}
	if strconv.Itoa(n) != args[0] {
		ts.Fatalf("expected %s rows, found %d", args[0], n)
	}
}

func modules(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: modules DIR [NAME…]")
	}
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	for _, name := range args[1:] {
		var files []string
		for _, from := range []string{ts.Getenv("MODULES"), ts.Getenv("FIXTURES"), ts.Getenv("OWN")} {
			for _, ext := range []string{".wasm", ".yaml"} {
				if _, err := os.Stat(filepath.Join(from, name+ext)); err == nil {
					files = append(files, filepath.Join(from, name+ext))
				}
			}
		}
		if len(files) == 0 {
			ts.Fatalf("there is no module %s", name)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			ts.Check(err)
			ts.Check(os.WriteFile(filepath.Join(dir, filepath.Base(file)), data, 0o644))
		}
	}
}

// watched is a process's output, to be looked at while it is written.
type watched struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.Write(p)
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.String()
}

// command is a program of the script, in its directory and environment.
func command(ts *testscript.TestScript, args []string) *exec.Cmd {
	bin, _, _ := strings.Cut(ts.Getenv("PATH"), string(filepath.ListSeparator)) // where testscript puts the programs
	cmd := exec.Command(filepath.Join(bin, args[0]), args[1:]...)
	cmd.Dir = ts.MkAbs(".")
	for _, key := range []string{"PATH", "XDG_CACHE_HOME", "SOLTIWASM_RUNNERS"} {
		cmd.Env = append(cmd.Env, key+"="+ts.Getenv(key))
	}
	return cmd
}

func brokenPipe(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: brokenpipe CODE PROGRAM [ARG…]")
	}
	r, w, err := os.Pipe()
	ts.Check(err)
	ts.Check(r.Close())
	defer w.Close()
	cmd := command(ts, args[1:])
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = w, &stderr
	err = cmd.Run()
	_, _ = ts.Stderr().Write(stderr.Bytes())
	checkExit(ts, args[0], err)
}

func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: interrupt TEXT CODE PROGRAM [ARG…]")
	}
	cmd := command(ts, args[2:])
	out := &watched{}
	cmd.Stdout, cmd.Stderr = out, out
	ts.Check(cmd.Start())
	watchdog := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer watchdog.Stop()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for text := range strings.SplitSeq(args[0], "|") {
		for !strings.Contains(out.String(), text) {
			select {
			case <-look.C:
			case err := <-ended:
				ts.Fatalf("ended before it was interrupted: %v\n%s", err, out)
			}
		}
		ts.Check(cmd.Process.Signal(os.Interrupt))
	}
	err := <-ended
	ts.Logf("[output]\n%s", out)
	_, _ = io.WriteString(ts.Stdout(), out.String())
	checkExit(ts, args[1], err)
}

//go:build unix

package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/registry"
)

// compilerOf makes a compiler whose program is a shell script.
func compilerOf(t *testing.T, script string) *compiler {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return &compiler{executable: func() (string, error) { return path, nil }, cache: t.TempDir()}
}

func TestCompilerIsKilledWhenItsTimeIsUp(t *testing.T) {
	c := compilerOf(t, "echo $$ >pid; exec sleep 600")
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	ended := make(chan error)
	go func() { ended <- c.Compile(ctx, []byte("module")) }()
	var pid int
	for pid == 0 {
		text, _ := os.ReadFile(filepath.Join(c.cache, "pid"))
		pid, _ = strconv.Atoi(strings.TrimSpace(string(text)))
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Compile: %v, want the context's error", err)
	}
	if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the process %d is alive: %v", pid, err)
	}
}

func TestCompilerErrors(t *testing.T) {
	tests := []struct {
		name, script, want string
	}{
		{"what it says", "echo soltiwasm: no module >&2; exit 1", "failed: exit status 1: no module"},
		{"the first paragraph of what a crash says", "printf 'fatal error: out of memory\\nreally\\n\\ngoroutine 1' >&2; exit 2",
			"in a process of its own: exit status 2: fatal error: out of memory; really"},
		{"that it got no thread", "echo runtime/cgo: pthread_create failed: Resource temporarily unavailable >&2; kill -ABRT $$",
			"in a process of its own: signal: aborted: runtime/cgo: pthread_create failed: Resource temporarily unavailable"},
		{"that it was killed", "kill -KILL $$", "in a process of its own: signal: killed"},
		{"a bounded part", "head -c 1000000 /dev/zero | tr '\\000' x >&2; exit 1", "failed: exit status 1: " + strings.Repeat("x", maxHead)},
		{"nothing", "exit 3", "failed: exit status 3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := compilerOf(t, test.script).Compile(t.Context(), []byte("module"))
			if err == nil || !strings.HasSuffix(err.Error(), test.want) {
				t.Errorf("Compile: %v, want …%s", err, test.want)
			}
			if memory := strings.HasPrefix(test.want, "in a process of its own"); errors.Is(err, registry.ErrCompilerMemory) != memory {
				t.Errorf("Compile: %v: is it for want of memory: %t", err, memory)
			}
		})
	}
}

// What two workers crash over, for want of memory or by a fault, one may yet compile.
func TestCompilerTriesAgainWithOneWorker(t *testing.T) {
	c := compilerOf(t, `echo "$*" >>runs; cat >/dev/null; case "$*" in *"--workers 1 "*) exit 0;; esac; exit 2`)
	if err := c.Compile(t.Context(), []byte("module")); err != nil {
		t.Errorf("Compile: %v", err)
	}
	large := make([]byte, sharedLargest+1)
	if err := c.Compile(t.Context(), large); err != nil {
		t.Errorf("Compile: %v", err)
	}
	text, err := os.ReadFile(filepath.Join(c.cache, "runs"))
	runs := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(runs) != attempts()+1 || err != nil {
		t.Fatalf("the processes were %q, %v; want %d for the small module and one for the large", runs, err, attempts())
	}
	if !strings.Contains(runs[0], "--memory 671088640 --workers 2 ") && attempts() > 1 {
		t.Errorf("the first process was started with %s", runs[0])
	}
	if last := runs[len(runs)-1]; !strings.Contains(last, "--memory 4294967296 --workers 1 ") {
		t.Errorf("the last process was started with %s", last)
	}
}

func TestCompilerLendsNothing(t *testing.T) {
	t.Setenv("SECRET", "hunter2")
	c := compilerOf(t, `cat >module; echo "$0 $*" >args; env >env`)
	if err := c.Compile(t.Context(), []byte("the module")); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{"module": "the module", "args": c.cache + "\n", "env": ""} {
		text, err := os.ReadFile(filepath.Join(c.cache, file))
		if err != nil || !strings.HasSuffix(string(text), want) || strings.Contains(string(text), "hunter2") {
			t.Errorf("%s: %q, %v", file, text, err)
		}
	}
}

func TestCompilerWithoutAProgram(t *testing.T) {
	c := &compiler{executable: func() (string, error) { return "", errors.New("lost") }}
	if err := c.Compile(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "lost") {
		t.Errorf("Compile: %v", err)
	}
}

func TestCompilerNamesTheEngine(t *testing.T) {
	c := compilerOf(t, `echo "$@" >args`)
	c.engine = "second"
	if err := c.Compile(t.Context(), []byte("module")); err != nil {
		t.Fatal(err)
	}
	args, err := os.ReadFile(filepath.Join(c.cache, "args"))
	if err != nil || !strings.Contains(string(args), " --engine second ") {
		t.Errorf("the program was called with %s, %v", args, err)
	}
}

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadmeRunner does what the README tells an author to do, and expects what it shows. Sizes are the compiler's.
func TestReadmeRunner(t *testing.T) {
	env := toolchain(t, []string{"clang", "wasm-ld"})
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, _ := strings.Cut(string(text), "\n## A runner of your own\n\n```\n")
	block, _, found := strings.Cut(part, "```\n")
	if !found {
		t.Fatal("the README has no such section")
	}
	var script, want []string
	for _, l := range strings.Split(strings.TrimSpace(block), "\n") {
		if command, ok := strings.CutPrefix(l, "$ "); ok {
			script = append(script, command)
		} else if !strings.HasPrefix(l, "size ") {
			want = append(want, l)
		}
	}
	program, err := exec.LookPath("soltiwasm")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(program, filepath.Join(dir, "soltiwasm")); err != nil {
		t.Skip(err)
	}
	var got []string
	for _, l := range strings.Split(strings.TrimSpace(tryCommand(t, dir, env, "sh", "-e", "-c", strings.Join(script, "\n"))), "\n") {
		if !strings.HasPrefix(l, "size ") {
			got = append(got, l)
		}
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}

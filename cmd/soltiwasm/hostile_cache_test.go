//go:build unix

package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// cacheDamage is something that is wrong with the cache of compiled modules.
type cacheDamage struct {
	name   string
	change func(t *testing.T, dir string, entries []string)
	unused bool // the cache must not be used at all
}

func cacheDamages(outside string) []cacheDamage {
	each := func(change func(path string) error) func(*testing.T, string, []string) {
		return func(t *testing.T, _ string, entries []string) {
			for _, path := range entries {
				must(t, change(path))
			}
		}
	}
	replace := func(with func(path string) error) func(*testing.T, string, []string) {
		return each(func(path string) error {
			if err := os.Remove(path); err != nil {
				return err
			}
			return with(path)
		})
	}
	return []cacheDamage{
		{name: "truncated", change: each(func(path string) error { return os.Truncate(path, 1000) })},
		{name: "empty", change: each(func(path string) error { return os.Truncate(path, 0) })},
		{name: "large", change: each(func(path string) error { return os.Truncate(path, 750<<20) })},
		{name: "huge", change: each(func(path string) error { return os.Truncate(path, 1<<40) })},
		{name: "flipped", change: each(func(path string) error {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			data[len(data)/2] ^= 1
			return os.WriteFile(path, data, 0o600)
		})},
		{name: "entries of each other", change: func(t *testing.T, dir string, entries []string) {
			if len(entries) < 2 {
				t.Fatalf("%d entries", len(entries))
			}
			for i, path := range entries {
				must(t, os.Rename(path, filepath.Join(dir, "moved"+filepath.Base(entries[(i+1)%len(entries)]))))
			}
			for _, path := range entries {
				must(t, os.Rename(filepath.Join(dir, "moved"+filepath.Base(path)), path))
			}
		}},
		{name: "links to a device", change: replace(func(path string) error { return os.Symlink("/dev/zero", path) })},
		{name: "links to another's file", change: replace(func(path string) error { return os.Symlink(outside, path) })},
		{name: "links that lead nowhere", change: replace(func(path string) error { return os.Symlink("/nowhere", path) })},
		{name: "folders", change: replace(func(path string) error { return os.MkdirAll(filepath.Join(path, "in"), 0o700) })},
		{name: "pipes", change: replace(mkfifo)},
		{name: "writable by all", unused: true, change: func(t *testing.T, dir string, _ []string) { must(t, os.Chmod(dir, 0o777)) }},
		{name: "a link itself", unused: true, change: func(t *testing.T, dir string, _ []string) {
			must(t, os.Rename(dir, dir+".real"))
			must(t, os.Symlink(dir+".real", dir))
		}},
		{name: "a file itself", unused: true, change: func(t *testing.T, dir string, _ []string) {
			must(t, os.RemoveAll(dir))
			must(t, os.WriteFile(dir, nil, 0o600))
		}},
	}
}

// TestHostileCache damages the cache of compiled modules in many ways. Modules load all the same, each as itself,
// nothing outside of the cache is touched, and the program says what it can't use.
func TestHostileCache(t *testing.T) {
	base := t.TempDir()
	program := filepath.Join(base, "soltiwasm")
	goTool(t, "build", "-o", program, ".")
	outside := filepath.Join(base, "outside")
	must(t, os.WriteFile(outside, []byte("not the cache's"), 0o600))
	for _, damage := range cacheDamages(outside) {
		t.Run(damage.name, func(t *testing.T) {
			p := &hostileProgram{path: program, cache: t.TempDir()}
			c := &hostileCase{dir: t.TempDir()}
			must(t, os.Mkdir(filepath.Join(c.dir, "runners"), 0o700))
			for _, fixture := range []string{"ok", "echo-slot", "no"} {
				data, err := os.ReadFile("../../testdata/fixtures/" + fixture + ".wasm")
				must(t, err)
				must(t, os.WriteFile(filepath.Join(c.dir, "runners", fixture+".wasm"), data, 0o600))
			}
			p.checkCached(t, c, false)
			dir := filepath.Join(p.cache, "soltiwasm")
			damage.change(t, dir, cacheEntries(t, dir))
			p.checkCached(t, c, damage.unused)
			p.checkCached(t, c, damage.unused)
			if data, err := os.ReadFile(outside); err != nil || string(data) != "not the cache's" {
				t.Errorf("a file outside has %q now, %v", data, err)
			}
		})
	}
}

// checkCached lists the modules, of which each has to be ready and itself.
func (p *hostileProgram) checkCached(t *testing.T, c *hostileCase, unused bool) {
	t.Helper()
	done := p.run(t, c, 0, "list", "-o", "json")
	ready := 0
	for _, r := range done.rows(t) {
		if r.Status == "ready" && r.Name+".wasm" == r.Module {
			ready++
		}
	}
	if ready != 3 {
		t.Errorf("%d modules are ready, expected 3: %s", ready, beginning(done.stdout))
	}
	if told := strings.Contains(done.stderr, "not cached"); told != unused {
		t.Errorf("standard error says that nothing is cached: %t, expected %t: %s", told, unused, beginning(done.stderr))
	}
}

// cacheEntries are the files of the entries in a cache's directory.
func cacheEntries(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, strings.Repeat("[0-9a-f]", 64)))
	must(t, err)
	if len(paths) == 0 {
		t.Fatal("the cache has no entries")
	}
	return paths
}

func mkfifo(path string) error { return syscall.Mkfifo(path, 0o600) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

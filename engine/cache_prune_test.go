package engine_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/engine"
)

// age makes an entry as old as hours ago.
func age(t testing.TB, c *engine.Cache, k engine.CacheKey, data string, hours int) {
	t.Helper()
	before := entries(t, c)
	c.Store(k, []byte(data))
	for _, path := range entries(t, c) {
		if !slices.Contains(before, path) {
			at := time.Now().Add(-time.Duration(hours) * time.Hour)
			if err := os.Chtimes(path, at, at); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestCachePrunesTheLongestUnused(t *testing.T) {
	const size = 100 + sha256.Size
	data := strings.Repeat("x", 100)
	c := openCache(t, 2*size)
	for i, hours := range []int{3, 1, 4, 2} {
		age(t, c, key("maker", fmt.Sprint(i)), data, hours)
	}
	wantEntry(t, c, key("maker", "2"), data) // the oldest, but used now
	if removed, freed, err := c.Trim(); removed != 2 || freed != 2*size || err != nil {
		t.Errorf("Trim = %d, %d, %v", removed, freed, err)
	}
	wantNoEntry(t, c, key("maker", "0"))
	wantNoEntry(t, c, key("maker", "3"))
	wantEntry(t, c, key("maker", "1"), data)
	wantEntry(t, c, key("maker", "2"), data)
	if removed, _, err := c.Trim(); removed != 0 || err != nil {
		t.Errorf("a second Trim removed %d, %v", removed, err)
	}
	if removed, freed, err := c.Prune(0); removed != 2 || freed != 2*size || err != nil {
		t.Errorf("Prune(0) = %d, %d, %v", removed, freed, err)
	}
	wantInfo(t, c, 0, 0)
	if removed, freed, err := c.Prune(-5); removed != 0 || freed != 0 || err != nil {
		t.Errorf("Prune of nothing = %d, %d, %v", removed, freed, err)
	}
}

func TestCachePruneTouchesItsOwnFilesOnly(t *testing.T) {
	c := openCache(t, 1<<20)
	c.Store(key("maker", "module"), []byte("code"))
	name := filepath.Base(entries(t, c)[0])
	outside := filepath.Join(t.TempDir(), "outside")
	old := time.Now().Add(-2 * time.Hour)
	must := func(errs ...error) {
		t.Helper()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
	}
	must(os.Mkdir(outside, 0o700), os.WriteFile(filepath.Join(outside, "precious"), nil, 0o600))
	in := func(name string) string { return filepath.Join(c.Dir(), name) }
	must(
		os.WriteFile(in("notes.txt"), []byte("mine"), 0o600),
		os.WriteFile(in(strings.ToUpper(name)), nil, 0o600),
		os.WriteFile(in(name+"0"), nil, 0o600),
		os.Mkdir(in(strings.Repeat("d", len(name))), 0o700),
		os.Mkdir(in("tmp-new"), 0o700),
		os.Mkdir(in("tmp-old"), 0o700),
		os.WriteFile(in("tmp-old/part"), nil, 0o600),
		os.WriteFile(in("tmp-file"), nil, 0o600),
	)
	if runtime.GOOS != "windows" {
		must(os.Symlink(outside, in(strings.Repeat("a", len(name)))), os.Symlink(outside, in("tmp-old/link")))
	}
	must(os.Chtimes(in("tmp-old"), old, old), os.Chtimes(in("tmp-file"), old, old), os.Chtimes(outside, old, old))

	if removed, freed, err := c.Prune(0); removed != 1 || freed != 4+sha256.Size || err != nil {
		t.Errorf("Prune = %d, %d, %v; want the one entry", removed, freed, err)
	}
	for _, name := range []string{"notes.txt", strings.ToUpper(name), name + "0", strings.Repeat("d", len(name)), "tmp-new"} {
		if _, err := os.Lstat(in(name)); err != nil {
			t.Errorf("%s is gone: %v", name, err)
		}
	}
	for _, name := range []string{name, "tmp-old", "tmp-file"} {
		if _, err := os.Lstat(in(name)); err == nil {
			t.Errorf("%s is still there", name)
		}
	}
	if _, err := os.Lstat(filepath.Join(outside, "precious")); err != nil {
		t.Errorf("Prune followed a link: %v", err)
	}
}

func TestCacheTempDirs(t *testing.T) {
	c := openCache(t, 1<<20)
	first, err := c.TempDir()
	if err != nil {
		t.Fatal(err)
	}
	second, err := c.TempDir()
	if err != nil || first == second || filepath.Dir(first) != c.Dir() {
		t.Fatalf("TempDir = %s and %s, %v", first, second, err)
	}
	if err := os.WriteFile(filepath.Join(first, "mark"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(first, old, old); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.ReturnTempDir(first), c.ReturnTempDir(second)); err != nil {
		t.Fatal(err)
	}
	if left := entries(t, c); len(left) != 1 {
		t.Errorf("%q are left, want one for the next use", left)
	}
	again, err := c.TempDir()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(filepath.Join(again, "mark")); err != nil {
		t.Errorf("the directory isn't used again: %v", err)
	}
	if _, _, err := c.Prune(0); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(again); err != nil {
		t.Errorf("Prune took a directory that has just been handed out: %v", err)
	}
}

// TestCacheHammer has several caches in one directory, as processes would, store, load and prune at once.
func TestCacheHammer(t *testing.T) {
	c := openCache(t, 1<<20)
	var wg sync.WaitGroup
	for id := range 4 {
		wg.Go(func() {
			mine, err := engine.OpenCache(c.Dir(), 2000)
			if err != nil {
				t.Error(err)
				return
			}
			defer mine.Close()
			for i := range 200 {
				module := fmt.Sprint(i % 7)
				want := strings.Repeat(module, 300)
				mine.Store(key("maker", module), []byte(want))
				if got, ok := mine.Load(key("maker", module)); ok && string(got) != want {
					t.Errorf("module %s has the code %q", module, got)
				}
				if i%10 == id {
					if _, _, err := mine.Trim(); err != nil {
						t.Error(err)
					}
				}
				if i%50 == id {
					if _, _, err := mine.Prune(0); err != nil {
						t.Error(err)
					}
				}
			}
			if err := mine.Fault(); err != nil {
				t.Errorf("Fault = %v", err)
			}
		})
	}
	wg.Wait()
}

package engine_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/engine"
)

func openCache(t testing.TB, maxBytes int64) *engine.Cache {
	t.Helper()
	c, err := engine.OpenCache(filepath.Join(t.TempDir(), "cache"), maxBytes)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func key(maker, module string) engine.CacheKey {
	return engine.CacheKey{Maker: maker, Module: sha256.Sum256([]byte(module))}
}

// entries lists what lies in the cache's directory.
func entries(t testing.TB, c *engine.Cache) []string {
	t.Helper()
	files, err := os.ReadDir(c.Dir())
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, f := range files {
		paths = append(paths, filepath.Join(c.Dir(), f.Name()))
	}
	return paths
}

func wantEntry(t testing.TB, c *engine.Cache, k engine.CacheKey, want string) {
	t.Helper()
	if got, ok := c.Load(k); !ok || string(got) != want {
		t.Errorf("Load = %q, %t; want %q", got, ok, want)
	}
}

func wantNoEntry(t testing.TB, c *engine.Cache, k engine.CacheKey) {
	t.Helper()
	if got, ok := c.Load(k); ok {
		t.Errorf("Load = %q, want nothing", got)
	}
}

func wantInfo(t testing.TB, c *engine.Cache, count int, size int64) {
	t.Helper()
	if info, err := c.Info(); err != nil || info.Entries != count || info.Bytes != size {
		t.Errorf("Info = %+v, %v; want %d entries of %d bytes", info, err, count, size)
	}
}

func TestCacheKeepsEntries(t *testing.T) {
	c := openCache(t, 1<<20)
	k := key("wazero v1", "module")
	wantNoEntry(t, c, k)
	c.Store(k, []byte("code"))
	wantEntry(t, c, k, "code")
	c.Store(k, []byte("newer code"))
	wantEntry(t, c, k, "newer code")
	c.Store(key("wazero v1", "empty"), nil)
	wantEntry(t, c, key("wazero v1", "empty"), "")
	for _, other := range []engine.CacheKey{key("wazero v2", "module"), key("wazero v1", "other"), key("", "module")} {
		wantNoEntry(t, c, other)
	}
	wantInfo(t, c, 2, int64(len("newer code"))+2*sha256.Size)
	if err := c.Fault(); err != nil {
		t.Errorf("Fault = %v", err)
	}
	again, err := engine.OpenCache(c.Dir(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	wantEntry(t, again, k, "newer code")
}

func TestCacheRefusesDamage(t *testing.T) {
	data := bytes.Repeat([]byte("machine code "), 20)
	damage := map[string]func([]byte) []byte{
		"empty":           func([]byte) []byte { return nil },
		"garbage":         func(b []byte) []byte { return bytes.Repeat([]byte{0xa5}, len(b)) },
		"longer":          func(b []byte) []byte { return append(b, 0) },
		"one less":        func(b []byte) []byte { return b[:len(b)-1] },
		"sum only":        func(b []byte) []byte { return b[:sha256.Size] },
		"part of the sum": func(b []byte) []byte { return b[:sha256.Size/2] },
	}
	for _, at := range []int{0, sha256.Size - 1, sha256.Size, sha256.Size + 100, sha256.Size + len(data) - 1} {
		damage[fmt.Sprintf("flip at %d", at)] = func(b []byte) []byte { b[at] ^= 1; return b }
	}
	for name, change := range damage {
		t.Run(name, func(t *testing.T) {
			c := openCache(t, 1<<20)
			k := key("wazero v1", "module")
			c.Store(k, data)
			path := entries(t, c)[0]
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, change(content), 0o600); err != nil {
				t.Fatal(err)
			}
			wantNoEntry(t, c, k)
			if left := entries(t, c); len(left) != 0 {
				t.Errorf("the damaged entry is still there: %q", left)
			}
			c.Store(k, data)
			wantEntry(t, c, k, string(data))
		})
	}
}

func TestCacheRefusesAnEntryUnderAnotherName(t *testing.T) {
	c := openCache(t, 1<<20)
	c.Store(key("wazero v1", "evil"), []byte("evil code"))
	evil := entries(t, c)[0]
	c.Store(key("wazero v1", "good"), []byte("good code"))
	for _, path := range entries(t, c) {
		if path != evil {
			if err := os.Rename(evil, path); err != nil {
				t.Fatal(err)
			}
		}
	}
	wantNoEntry(t, c, key("wazero v1", "good"))
}

func TestCacheJudgesItsDirectory(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("permissions are not in a file's mode")
	}
	for _, test := range []struct {
		name    string
		prepare func(dir string) error
		problem string // of the CacheDirError; empty if the directory is fit
	}{
		{"absent", func(string) error { return nil }, ""},
		{"private", func(dir string) error { return os.Mkdir(dir, 0o700) }, ""},
		{"read-only", func(dir string) error { return os.Mkdir(dir, 0o500) }, ""},
		{"group may read", func(dir string) error { return makeDir(dir, 0o740) }, "mode 0740"},
		{"others may enter", func(dir string) error { return makeDir(dir, 0o701) }, "mode 0701"},
		{"all may write", func(dir string) error { return makeDir(dir, 0o777) }, "mode 0777"},
		{"all may write, sticky", func(dir string) error { return makeDir(dir, 0o777|fs.ModeSticky) }, "mode 0777"},
		{"file", func(dir string) error { return os.WriteFile(dir, nil, 0o600) }, "not a directory"},
		{"link to a private one", func(dir string) error {
			return errors.Join(os.Mkdir(dir+"2", 0o700), os.Symlink(dir+"2", dir))
		}, "symbolic link"},
		{"link to nothing", func(dir string) error { return os.Symlink(dir+"2", dir) }, "symbolic link"},
		{"another's", func(dir string) error {
			return errors.Join(os.Mkdir(dir, 0o700), os.Chown(dir, 12345, -1))
		}, "belongs to another user"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "cache")
			if err := test.prepare(dir); errors.Is(err, fs.ErrPermission) {
				t.Skipf("not allowed to make this case: %v", err)
			} else if err != nil {
				t.Fatal(err)
			}
			c, err := engine.OpenCache(dir, 1)
			if c != nil {
				defer c.Close()
			}
			var refused *engine.CacheDirError
			switch {
			case test.problem == "":
				if err != nil {
					t.Errorf("OpenCache: %v", err)
				}
				return
			case !errors.As(err, &refused):
				t.Fatalf("OpenCache: %v, want a CacheDirError", err)
			}
			if refused.Dir != dir || !strings.Contains(refused.Problem, test.problem) || refused.Remedy == "" {
				t.Errorf("refused with %+v, want a problem with %q", refused, test.problem)
			}
		})
	}
}

// makeDir makes a directory with a mode that the umask doesn't change.
func makeDir(dir string, mode fs.FileMode) error {
	return errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, mode))
}

func TestCacheIsPrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("permissions are not in a file's mode")
	}
	c, err := engine.OpenCache(filepath.Join(t.TempDir(), "some", "where", "cache"), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.Store(key("wazero v1", "module"), []byte("code"))
	temp, err := c.TempDir()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]fs.FileMode{
		c.Dir(): fs.ModeDir | 0o700, filepath.Dir(c.Dir()): fs.ModeDir | 0o700, temp: fs.ModeDir | 0o700, entries(t, c)[0]: 0o600,
	} {
		if info, err := os.Lstat(path); err != nil || info.Mode() != want {
			t.Errorf("%s has the mode %v (%v), want %v", path, info.Mode(), err, want)
		}
	}
}

func TestCacheNeedsASize(t *testing.T) {
	for _, size := range []int64{0, -1} {
		if _, err := engine.OpenCache(t.TempDir(), size); err == nil {
			t.Errorf("OpenCache takes %d bytes", size)
		}
	}
	if _, err := engine.OpenCache("", 1); err == nil {
		t.Error("OpenCache takes no directory")
	}
}

// age makes an entry as old as hours ago.
func age(t testing.TB, c *engine.Cache, k engine.CacheKey, data string, hours int) {
	t.Helper()
	before := entries(t, c)
	c.Store(k, []byte(data))
	for _, path := range entries(t, c) {
		if !contains(before, path) {
			at := time.Now().Add(-time.Duration(hours) * time.Hour)
			if err := os.Chtimes(path, at, at); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func contains(paths []string, path string) bool {
	for _, p := range paths {
		if p == path {
			return true
		}
	}
	return false
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

func TestCacheAdoptsFiles(t *testing.T) {
	c := openCache(t, 1<<20)
	dir, err := c.TempDir()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "made")
	if err := os.WriteFile(path, []byte("code"), 0o600); err != nil {
		t.Fatal(err)
	}
	k := key("maker", "module")
	c.Adopt(k, path)
	wantEntry(t, c, k, "code")
	if _, err := os.Lstat(path); err == nil {
		t.Error("the file is still there")
	}
	if content, err := os.ReadFile(c.Path(k)); err != nil || !strings.HasPrefix(string(content), "code") {
		t.Errorf("the file at Path holds %q, %v", content, err)
	}
	c.Adopt(key("maker", "other"), path)
	if wantNoEntry(t, c, key("maker", "other")); c.Fault() == nil {
		t.Error("a file that isn't there is no fault")
	}
}

func TestCacheShowsItsFaults(t *testing.T) {
	c := openCache(t, 100)
	c.Store(key("maker", "large"), make([]byte, 100))
	if err := c.Fault(); err == nil || !strings.Contains(err.Error(), "bound") {
		t.Errorf("after an entry that is too large Fault = %v", err)
	}
	wantInfo(t, c, 0, 0)

	gone := openCache(t, 1<<20)
	if err := os.RemoveAll(gone.Dir()); err != nil {
		t.Skip("an open directory can't be removed here")
	}
	gone.Store(key("maker", "module"), []byte("code"))
	if gone.Fault() == nil {
		t.Error("a directory that is gone is no fault")
	}
	wantNoEntry(t, gone, key("maker", "module"))

	odd := openCache(t, 1<<20)
	odd.Store(key("maker", "module"), []byte("code"))
	path := entries(t, odd)[0]
	if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
		t.Fatal(err)
	}
	wantNoEntry(t, odd, key("maker", "module"))
	if err := odd.Fault(); err == nil || !strings.Contains(err.Error(), "regular") {
		t.Errorf("with a directory for an entry Fault = %v", err)
	}
}

func TestCacheLargerThanItsNewBound(t *testing.T) {
	c := openCache(t, 1<<20)
	c.Store(key("maker", "module"), make([]byte, 1000))
	small, err := engine.OpenCache(c.Dir(), 500)
	if err != nil {
		t.Fatal(err)
	}
	defer small.Close()
	wantNoEntry(t, small, key("maker", "module"))
	if removed, _, err := small.Trim(); removed != 1 || err != nil || small.Fault() != nil {
		t.Errorf("Trim = %d, %v; Fault = %v", removed, err, small.Fault())
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

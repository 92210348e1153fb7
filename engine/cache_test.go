package engine_test

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

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
	if !c.Has(k) {
		t.Errorf("the cache doesn't have the entry %q", want)
	}
	for _, n := range []int{0, 1, len(want), len(want) + 1} {
		found, ok := c.Find(k, n)
		if !ok || string(found.Last) != want[max(len(want)-n, 0):] {
			t.Errorf("Find of the last %d bytes = %q, %t; of %q", n, found.Last, ok, want)
		}
		if info, err := os.Lstat(found.Path); err != nil || !os.SameFile(info, found.Info) {
			t.Errorf("Find tells of another file than %s: %v", found.Path, err)
		}
		if content, err := os.ReadFile(found.Path); err != nil || !strings.HasPrefix(string(content), want) {
			t.Errorf("the file that Find found holds %q, %v; want %q first", content, err, want)
		}
	}
}

func wantNoEntry(t testing.TB, c *engine.Cache, k engine.CacheKey) {
	t.Helper()
	if got, ok := c.Load(k); ok {
		t.Errorf("Load = %q, want nothing", got)
	}
	if found, ok := c.Find(k, 1); ok {
		t.Errorf("Find = %+v, want nothing", found)
	}
}

func wantInfo(t testing.TB, c *engine.Cache, count int, size int64) {
	t.Helper()
	if info, err := c.Info(); err != nil || info.Entries != count || info.Bytes != size {
		t.Errorf("Info = %+v, %v; want %d entries of %d bytes", info, err, count, size)
	}
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

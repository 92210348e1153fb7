package engine_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
)

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
		if c.Has(other) {
			t.Errorf("the cache has an entry for %+v", other)
		}
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
	c.Adopt(key("maker", "other"), path)
	if wantNoEntry(t, c, key("maker", "other")); c.Fault() == nil {
		t.Error("a file that isn't there is no fault")
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
	if removed, _, err := small.Trim(); removed != 0 || err != nil {
		t.Errorf("Trim of a cache in which nothing was stored = %d, %v", removed, err)
	}
	small.Store(key("maker", "other"), []byte("code"))
	if removed, _, err := small.Trim(); removed != 1 || err != nil || small.Fault() != nil {
		t.Errorf("Trim = %d, %v; Fault = %v", removed, err, small.Fault())
	}
}

package wazero

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
)

// What wazero would fail on or trust is caught by the cache's own sum, and the entry is made anew.
func TestCacheSurvivesDamage(t *testing.T) {
	cache := openTestCache(t)
	first := openTest(t, Engine{Cache: cache})
	run(t, first, number(7))
	sound := entry(t, cache, entryKey(first, number(7)))
	path := entryPath(t, cache)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damage := map[string][]byte{
		"empty": nil, "half": content[:len(content)/2], "one less": content[:len(content)-1], "one more": append(bytes.Clone(content), 0),
		"garbage": bytes.Repeat([]byte{0x5a}, len(content)), "text": []byte("WAZEVO"),
	}
	for at := 0; at < len(content); at += max(1, len(content)/40) {
		flipped := bytes.Clone(content)
		flipped[at] ^= 0x10
		damage[fmt.Sprintf("flip at %d", at)] = flipped
	}
	for name, damaged := range damage {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(path, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			if got := run(t, openTest(t, Engine{Cache: cache}), number(7)); got != 7 {
				t.Errorf("f = %d", got)
			}
			if again := entry(t, cache, entryKey(first, number(7))); !bytes.Equal(again, sound) {
				t.Error("the entry wasn't made anew")
			}
		})
	}
	if err := cache.Fault(); err != nil {
		t.Errorf("damage is no fault of the cache, but Fault = %v", err)
	}
}

// entryPath is the one file that lies in the cache besides temporary ones.
func entryPath(t testing.TB, c *engine.Cache) string {
	t.Helper()
	files, err := os.ReadDir(c.Dir())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !f.IsDir() {
			return filepath.Join(c.Dir(), f.Name())
		}
	}
	t.Fatal("the cache is empty")
	return ""
}

// Entries with a right sum whose contents wazero refuses, as a later wazero might.
func TestCacheSurvivesWhatWazeroRefuses(t *testing.T) {
	first := openTest(t, Engine{Cache: openTestCache(t)})
	run(t, first, number(7))
	sound := entry(t, first.stage.cache, entryKey(first, number(7)))
	file, name := sound[:len(sound)-nameSize], sound[len(sound)-nameSize:]
	flip := func(b []byte, at int) []byte {
		b = bytes.Clone(b)
		b[at] ^= 1
		return b
	}
	for what, test := range map[string]struct {
		entry []byte
		fault bool // wazero fails on it, and is helped
	}{
		"magic":        {slices.Concat(flip(file, 0), name), true},
		"other wazero": {slices.Concat(flip(file, len("WAZEVO")+1), name), false},
		"machine code": {slices.Concat(flip(file, len(file)-12), name), true}, // before the checksum, the source map and the clauses
		"cut":          {slices.Concat(file[:10], name), true},
		"no file":      {name, true},
		"no name":      {name[:10], false},
		"odd name":     {slices.Concat(file, []byte("../"), name[3:]), false},
		"other name":   {slices.Concat(file, []byte("fedcba"), name[6:]), false},
	} {
		t.Run(what, func(t *testing.T) {
			cache := openTestCache(t)
			cache.Store(entryKey(first, number(7)), test.entry)
			if got := run(t, openTest(t, Engine{Cache: cache}), number(7)); got != 7 {
				t.Errorf("f = %d", got)
			}
			if again := entry(t, cache, entryKey(first, number(7))); !bytes.Equal(again, sound) {
				t.Error("the entry wasn't made anew")
			}
			if err := cache.Fault(); (err != nil) != test.fault {
				t.Errorf("Fault = %v", err)
			}
		})
	}
}

func TestCompilingDoesNotNeedTheCache(t *testing.T) {
	for name, ruin := range map[string]func(s *stage) error{
		"removed":  func(s *stage) error { return os.RemoveAll(s.top) },
		"replaced": func(s *stage) error { return errors.Join(os.RemoveAll(s.top), os.WriteFile(s.top, nil, 0o600)) },
		"filled":   func(s *stage) error { return os.MkdirAll(filepath.Join(s.dir, "a", "b"), 0o700) },
		"no cache": func(s *stage) error { return os.RemoveAll(s.cache.Dir()) },
	} {
		t.Run(name, func(t *testing.T) {
			cache := openTestCache(t)
			run(t, openTest(t, Engine{Cache: cache}), number(3))
			r := openTest(t, Engine{Cache: cache})
			if err := ruin(r.stage); err != nil {
				t.Fatal(err)
			}
			for n := range byte(5) {
				if got := run(t, r, number(n)); got != int32(n) {
					t.Errorf("f = %d, want %d", got, n)
				}
			}
		})
	}
}

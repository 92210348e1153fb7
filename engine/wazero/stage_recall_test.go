package wazero

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	wz "github.com/tetratelabs/wazero"
)

// TestStageLoadsSideBySide: what is in the cache is loaded while something else is loaded or compiled, and never compiled. For
// the same module callers take turns.
func TestStageLoadsSideBySide(t *testing.T) {
	cache := openTestCache(t)
	first := openTest(t, Engine{Cache: cache})
	run(t, first, number(1))
	run(t, first, number(2))
	r := openTest(t, Engine{Cache: cache})
	left := func() int {
		files, err := os.ReadDir(r.stage.dir)
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	compile := func(ctx context.Context, wasm []byte) (wz.CompiledModule, error) {
		if _, err := r.stage.recall(ctx, number(2), r.wazero.CompileModule); err != nil {
			t.Errorf("another module isn't loaded beside: %v", err)
		}
		soon, cancel := context.WithTimeout(ctx, time.Millisecond)
		defer cancel()
		if _, err := r.stage.recall(soon, wasm, r.wazero.CompileModule); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the same module is loaded beside: %v", err)
		}
		return r.wazero.CompileModule(ctx, wasm)
	}
	if _, err := r.stage.recall(t.Context(), number(1), compile); err != nil || left() != 2 {
		t.Errorf("loading ended with %v and %d files", err, left())
	}
	if _, err := r.stage.compile(t.Context(), number(3), compile); err != nil || left() != 1 {
		t.Errorf("compiling ended with %v and %d files", err, left())
	}
	if got := run(t, openTest(t, Engine{Cache: cache}), number(3)); got != 3 {
		t.Errorf("f = %d: another entry was taken for the new one", got)
	}
	for _, n := range []byte{3, 4} {
		if _, ok := openTest(t, Engine{Cache: cache}).Recall(t.Context(), number(n)); ok != (n == 3) {
			t.Errorf("module %d is recalled: %t", n, ok)
		}
	}
	if err := cache.Fault(); err != nil {
		t.Errorf("Fault = %v", err)
	}
}

// TestLargeModulesWaitForTheirEntries, which are checked while wazero checks them.
func TestLargeModulesWaitForTheirEntries(t *testing.T) {
	cache := openTestCache(t)
	section := append([]byte{0, 0x81, 0x80, 0x40, 0}, make([]byte, largeModule)...) // a custom one without a name
	large := func(n byte) []byte { return append(number(n), section...) }
	first := openTest(t, Engine{Cache: cache})
	run(t, first, large(1))
	run(t, first, large(2))
	key := entryKey(first, large(1))
	good, other := entry(t, cache, key), entry(t, cache, entryKey(first, large(2)))
	for _, test := range []struct {
		name  string
		entry []byte
		found bool
	}{{"good", good, true}, {"of another module", other, false}, {"cut", good[:10], false}, {"good again", good, true}} {
		cache.Store(key, test.entry)
		r := openTest(t, Engine{Cache: cache})
		_, err := r.stage.recall(t.Context(), large(1), func(ctx context.Context, wasm []byte) (wz.CompiledModule, error) {
			ctx.Value("something")
			if files, err := os.ReadDir(r.stage.dir); err != nil || len(files) == 0 && test.found {
				t.Errorf("%s: when it has an answer there are the files %v, %v", test.name, files, err)
			}
			return r.wazero.CompileModule(ctx, wasm)
		})
		if (err == nil) != test.found {
			t.Errorf("%s: found %t, %v", test.name, err == nil, err)
		}
	}
	if err := cache.Fault(); err != nil {
		t.Errorf("Fault = %v", err)
	}
}

// TestStageWritesNothingTwice: a program that loads what the last one loaded leaves the directory as it is, and pruning the
// cache leaves no link that holds what was pruned.
func TestStageWritesNothingTwice(t *testing.T) {
	cache := openTestCache(t)
	program := func(before time.Time) (dir string, modified time.Time) {
		r, err := Engine{Cache: cache}.Open(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.(*runtime).begin(t.Context())
		dir = r.(*runtime).stage.dir
		if err := os.Chtimes(dir, before, before); err != nil {
			t.Fatal(err)
		}
		for n := range byte(3) {
			run(t, r.(*runtime), number(n))
		}
		info, err := os.Stat(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		return dir, info.ModTime()
	}
	before := time.Now().Add(-time.Hour).Truncate(time.Second)
	for i, same := range []bool{false, false, true, true} { // the first one compiles, and the second one makes the links
		if _, modified := program(before); modified.Equal(before) != same {
			t.Errorf("program %d left the directory as it was: %t", i, !same)
		}
	}
	links := func() int {
		found, err := filepath.Glob(filepath.Join(cache.Dir(), "spare", "*", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
	if links() != 3 {
		t.Errorf("%d links were left", links())
	}
	if _, _, err := cache.Prune(0); err != nil || links() != 0 {
		t.Errorf("after pruning, %v, there are %d links", err, links())
	}
}

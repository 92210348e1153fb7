package wazero

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	wz "github.com/tetratelabs/wazero"

	"github.com/soltihq/soltiwasm/engine"
)

// openTestCache makes a cache, where there is compiled code to keep.
func openTestCache(t testing.TB) *engine.Cache {
	t.Helper()
	if goruntime.GOARCH != "amd64" && goruntime.GOARCH != "arm64" {
		t.Skip("wazero interprets here")
	}
	c, err := engine.OpenCache(filepath.Join(t.TempDir(), "cache"), 64<<20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// openTest opens a runtime of its own, as a new program would.
func openTest(t testing.TB, e Engine) *runtime {
	t.Helper()
	program := runningVersions()
	program.wazero = "v1.12.0" // as a program knows it, and a test doesn't
	r, err := e.open(t.Context(), nil, program)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	r.(*runtime).begin(t.Context())
	return r.(*runtime)
}

// run compiles and instantiates a module that returns a number, and returns the number.
func run(t testing.TB, r *runtime, wasm []byte) int32 {
	t.Helper()
	m, err := r.Compile(t.Context(), wasm)
	if err != nil {
		t.Fatalf("Compile: %v", err)
	}
	in, err := m.Instantiate(t.Context(), engine.InstanceConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close(t.Context())
	got, err := in.Func("f").Call(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// number is a module whose function f returns n, between 0 and 63.
func number(n byte) []byte {
	return append([]byte("\x00asm\x01\x00\x00\x00\x01\x05\x01\x60\x00\x01\x7f\x03\x02\x01\x00\x07\x05\x01\x01f\x00\x00\x0a\x06\x01\x04\x00\x41"), n, 0x0b)
}

func entryKey(r *runtime, wasm []byte) engine.CacheKey {
	return engine.CacheKey{Maker: r.stage.maker, Module: sha256.Sum256(wasm)}
}

// entry is what the cache holds for a module.
func entry(t testing.TB, c *engine.Cache, key engine.CacheKey) []byte {
	t.Helper()
	data, ok := c.Load(key)
	if !ok {
		t.Fatal("the cache has no entry")
	}
	return data
}

func TestCacheIsUsed(t *testing.T) {
	cache := openTestCache(t)
	first := openTest(t, Engine{Cache: cache})
	if got := run(t, first, number(1)); got != 1 {
		t.Fatalf("f = %d", got)
	}
	run(t, first, number(2))
	one, two := entry(t, cache, entryKey(first, number(1))), entry(t, cache, entryKey(first, number(2)))
	if len(one) != len(two) || bytes.Equal(one[:len(one)-nameSize], two[:len(two)-nameSize]) {
		t.Fatal("the two modules should differ in their code, and nothing else")
	}
	// That an entry was used shows when it is another module's.
	cache.Store(entryKey(first, number(1)), slices.Concat(two[:len(two)-nameSize], one[len(one)-nameSize:]))
	if got := run(t, openTest(t, Engine{Cache: cache}), number(1)); got != 2 {
		t.Errorf("f = %d: the entry wasn't used", got)
	}
	// A module with other bytes doesn't see it.
	if got := run(t, openTest(t, Engine{Cache: cache}), append(number(1), 0, 2, 1, 'x')); got != 1 {
		t.Errorf("f = %d with a custom section", got)
	}
	if err := cache.Fault(); err != nil {
		t.Errorf("Fault = %v", err)
	}
}

func TestCacheLeavesNothingBehind(t *testing.T) {
	cache := openTestCache(t)
	r, err := Engine{Cache: cache}.Open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	run(t, r.(*runtime), number(1))
	if _, err := r.Compile(t.Context(), []byte("\x00asm\x01\x00\x00\x00\x09")); err == nil {
		t.Error("an invalid module compiled")
	}
	if left, err := os.ReadDir(r.(*runtime).stage.dir); len(left) != 0 || err != nil {
		t.Errorf("between compilations the stage holds %v, %v", left, err)
	}
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(cache.Dir(), "tmp-*")); len(left) != 0 || err != nil {
		t.Errorf("after Close the cache's directory holds %v, %v", left, err)
	}
	if info, err := cache.Info(); info.Entries != 1 || err != nil {
		t.Errorf("Info = %+v, %v", info, err)
	}
}

// What lies in the directory that the last program left is neither trusted nor in the way, be there an entry or not.
func TestStageTrustsNoLeftovers(t *testing.T) {
	cache := openTestCache(t)
	first := openTest(t, Engine{Cache: cache})
	run(t, first, number(1))
	run(t, first, number(2))
	one, two := entry(t, cache, entryKey(first, number(1))), entry(t, cache, entryKey(first, number(2)))
	name := string(one[len(one)-nameSize:])
	for _, pruned := range []bool{false, true} {
		for _, other := range []bool{false, true} {
			last := openTest(t, Engine{Cache: cache})
			if err := os.WriteFile(filepath.Join(last.stage.dir, name), two[:len(two)-nameSize], 0o600); err != nil {
				t.Fatal(err)
			}
			if other {
				if err := os.Mkdir(filepath.Join(last.stage.top, "wazero-of-another-version"), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			if pruned {
				if _, _, err := cache.Prune(0); err != nil {
					t.Fatal(err)
				}
			}
			if err := last.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := run(t, openTest(t, Engine{Cache: cache}), number(1)); got != 1 {
				t.Errorf("f = %d: the leftover was used", got)
			}
			if err := cache.Fault(); err != nil {
				t.Errorf("Fault = %v", err)
			}
		}
	}
}

func TestInterpreterUsesNoCache(t *testing.T) {
	cache := openTestCache(t)
	run(t, openTest(t, Engine{Cache: cache, Interpreter: true}), number(1))
	if left, _ := os.ReadDir(cache.Dir()); len(left) != 0 {
		t.Errorf("the cache's directory holds %v", left)
	}
}

func TestStageWaits(t *testing.T) {
	r := openTest(t, Engine{Cache: openTestCache(t)})
	func() { // a compiler that panics doesn't keep the stage
		defer func() { _ = recover() }()
		_, _ = r.stage.compile(t.Context(), nil, func(context.Context, []byte) (wz.CompiledModule, error) { panic("boom") })
	}()
	ctx, cancel := context.WithCancel(t.Context())
	_, err := r.stage.compile(t.Context(), nil, func(context.Context, []byte) (wz.CompiledModule, error) {
		cancel()
		_, err := r.stage.compile(ctx, nil, func(context.Context, []byte) (wz.CompiledModule, error) {
			t.Error("two compile at once")
			return nil, nil
		})
		return nil, err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("waiting ended with %v", err)
	}
}

// TestCacheHammer has runtimes that share a cache, as programs would, compile the same modules at once.
func TestCacheHammer(t *testing.T) {
	cache := openTestCache(t)
	var wg sync.WaitGroup
	for range 4 {
		r := openTest(t, Engine{Cache: cache})
		for range 2 {
			wg.Go(func() {
				for n := range byte(10) {
					m, err := r.Compile(t.Context(), number(n))
					if err != nil {
						t.Errorf("Compile: %v", err)
						return
					}
					in, err := m.Instantiate(t.Context(), engine.InstanceConfig{})
					if err != nil {
						t.Errorf("Instantiate: %v", err)
						return
					}
					if got, err := in.Func("f").Call(t.Context()); got != int32(n) || err != nil {
						t.Errorf("f = %d, %v", got, err)
					}
					if err := in.Close(t.Context()); err != nil {
						t.Error(err)
					}
					if n%3 == 0 {
						if _, _, err := cache.Prune(0); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
	}
	wg.Wait()
	if err := cache.Fault(); err != nil {
		t.Errorf("Fault = %v", err)
	}
}

func TestMakerNamesEveryVersion(t *testing.T) {
	s, err := newStage(openTestCache(t), versions{wazero: "v1.12.0", fork: "example.org/fork", golang: "go1.26.8", goarch: "amd64"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close(t.Context())
	for _, part := range []string{"v1.12.0", "example.org/fork", "go1.26.8", "/amd64"} {
		if !strings.Contains(s.maker, part) {
			t.Errorf("%q is missing in the maker %q", part, s.maker)
		}
	}
	unknown, err := newStage(openTestCache(t), versions{golang: "go1.26.8", goarch: "amd64"})
	if err != nil {
		t.Fatal(err)
	}
	defer unknown.close(t.Context())
	if len(unknown.maker) < 2*sha256.Size {
		t.Errorf("without wazero's version the maker is %q, want the program's digest", unknown.maker)
	}
}

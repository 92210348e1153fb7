package wazero_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/wazero"
)

// TestUnwritableCache: a cache in which nothing can be written any more stops no engine from working without.
func TestUnwritableCache(t *testing.T) {
	cache, err := engine.OpenCache(filepath.Join(t.TempDir(), "cache"), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer cache.Close()
	if err := os.Remove(cache.Dir()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cache.Dir(), nil, 0o600); err != nil { // in the directory's place, which holds for root too
		t.Fatal(err)
	}
	runtime, err := wazero.Engine{Cache: cache}.Open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer runtime.Close(t.Context())
	if _, err := runtime.Compile(t.Context(), []byte("\x00asm\x01\x00\x00\x00")); err != nil {
		t.Error(err)
	}
	if cache.Fault() == nil {
		t.Error("the cache tells of no fault")
	}
}

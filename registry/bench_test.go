package registry_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/registry"
)

// BenchmarkSupports asks a module that says yes without asking back.
func BenchmarkSupports(b *testing.B) {
	bench := newBench(b, "ok")
	r, doc, ctx := bench.one(b), spec(b), context.Background()
	b.ReportAllocs()
	for b.Loop() {
		if yes, err := r.Supports(ctx, doc, nil); !yes || err != nil {
			b.Fatal(yes, err)
		}
	}
}

// BenchmarkLoadKnown loads a directory of a thousand modules that are known. All have one name, which changes little.
func BenchmarkLoadKnown(b *testing.B) {
	cache, err := engine.OpenCache(filepath.Join(b.TempDir(), "cache"), 1<<30)
	check(b, err)
	p := newBench(b)
	for i := range 1000 {
		p.add(b, "ok", fmt.Sprintf("ok%04d.wasm", i))
	}
	bench := newBenchWith(b, registry.Config{Cache: cache, Program: "x", Dirs: []string{p.dir}})
	bench.now = func() time.Time { return time.Now().Add(time.Minute) }
	bench.load(b, nil)
	b.ReportAllocs()
	for b.Loop() {
		s, err := bench.Load(b.Context(), nil)
		check(b, err)
		check(b, s.Close(b.Context()))
	}
}

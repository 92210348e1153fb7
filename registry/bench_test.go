package registry_test

import "testing"

// BenchmarkSupports asks a module that says yes without asking back.
func BenchmarkSupports(b *testing.B) {
	bench := newBench(b, "ok")
	r, doc := bench.one(b), spec(b)
	b.ReportAllocs()
	for b.Loop() {
		if yes, err := r.Supports(b.Context(), doc); !yes || err != nil {
			b.Fatal(yes, err)
		}
	}
}

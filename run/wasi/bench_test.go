package wasi_test

import (
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/run/wasi"
)

// BenchmarkRun is a whole attempt at an action whose module has been compiled.
func BenchmarkRun(b *testing.B) {
	dir, mount := data(b)
	write(b, dir+"/file", []byte(strings.Repeat("x", 1<<20)))
	for _, bench := range []struct {
		name    string
		command wasi.Command
	}{
		{"nothing", module("nothing.wasm")},
		{"probe", probe("out x")},
		{"file", probe("read /data/file", mount)},
		{"stat", probe(strings.Repeat("stat /data/file ", 1000), mount)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			c := bench.command
			c.Limits, c.Stdout = abi.DefaultLimits(), discard{}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := shared().Run(b.Context(), c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

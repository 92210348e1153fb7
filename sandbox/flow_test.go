package sandbox

import (
	"os"
	"path/filepath"
	"testing"
)

// TestHeights follows the stack through valid modules: where a block ends, its results are on it and nothing else.
func TestHeights(t *testing.T) {
	var paths []string
	for _, pattern := range []string{"testdata/*/*.wasm", "../testdata/modules/*.wasm", filepath.Join(os.Getenv("SANDBOX_MODULES"), "*.wasm")} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	limits := DefaultLimits()
	seen := 0
	for _, path := range paths {
		wasm, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Inspect(wasm, limits)
		if err != nil {
			continue
		}
		in := &inspector{reader: reader{buf: wasm, end: len(wasm)}, Module: m, allowed: limits.values(), dataCount: len(m.layout.data), elements: 1 << 20}
		for i := range m.layout.bodies {
			seen += heights(t, path, in, i)
		}
	}
	if seen < 10_000 {
		t.Errorf("only %d blocks in the corpus", seen)
	}
}

// heights looks at the ends of one function's blocks and returns how many there are.
func heights(t *testing.T, path string, in *inspector, function int) (seen int) {
	l := &in.layout
	in.pos, in.end = l.bodies[function].start, l.bodies[function].end
	typ := &l.types[l.funcs[l.importedFuncs+function]]
	in.body.figures = bodyFigures{}
	in.locals(len(typ.params))
	b := &in.body
	b.begin(typ)
	var op instruction
	for len(b.frames) > 0 {
		in.reader.instruction(&op)
		if op.op == opEnd || op.op == opElse {
			seen++
			if top := b.top(); !b.flow.dead && b.flow.height != top.height+top.results {
				t.Fatalf("%s, function %d, offset %#x: %d values are on the stack, and a block leaves %d on %d",
					path, function, op.start, b.flow.height, top.results, top.height)
			}
		}
		in.follow(&op)
		if !in.ok() {
			t.Fatalf("%s: %v", path, in.err)
		}
	}
	return seen
}

package sandbox_test

import (
	"context"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/sandbox"
	"github.com/tetratelabs/wazero"
)

// wazeroStack is the size of the stack at which wazero gives up: the last of the sizes that it doubles from 10 KiB on
// before it passes 50 MB.
const wazeroStack = 10240 << 13

// TestStackEstimate lets metered functions of many shapes call themselves without end. With a stack budget that is out
// of reach, wazero's own bound shows how large a frame really is; with the default one the meter ends the call. Its
// estimate must not be lower.
func TestStackEstimate(t *testing.T) {
	if testing.Short() {
		t.Skip("fills stacks of 80 MiB")
	}
	for name, body := range recursions() {
		t.Run(name, func(t *testing.T) {
			wasm := recursive(body)
			limits := sandbox.DefaultLimits()
			p, err := sandbox.Protect(wasm, limits)
			if err != nil {
				t.Fatal(err)
			}
			limits.Memory = 1 << 40
			unbounded, err := sandbox.Protect(wasm, limits)
			if err != nil {
				t.Fatal(err)
			}
			real := wazeroStack / recurse(t, unbounded.Wasm, "stack overflow")
			estimate := p.Stack / recurse(t, p.Wasm, sandbox.ErrStackExhausted.Error())
			t.Logf("%d bytes really, %d estimated", real, estimate)
			if estimate < real {
				t.Errorf("a frame of %d bytes is estimated at %d", real, estimate)
			}
			if estimate <= 1024 && estimate < 2*real { // there may be two frames for one then
				t.Errorf("a small frame of %d bytes is estimated at %d", real, estimate)
			}
		})
	}
}

// shape is the body of a function that calls itself, in pieces.
type shape struct {
	params, results string // types
	locals          string // declarations, without their count
	groups          int
	code            string
}

// recursions are functions whose frames are large for different reasons. They call themselves, and functions that
// return a value that no compiler knows, or take one.
func recursions() map[string]shape {
	many := func(n int, f func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(f(i))
		}
		return b.String()
	}
	get := func(local int) string { return "\x20" + leb(local) }
	set := func(local int) string { return "\x21" + leb(local) }
	const unknown, use, useFloat, call = "\x10\x00", "\x10\x01", "\x10\x02", "\x10\x03"
	useAll := func(n int) string { return many(n, func(i int) string { return get(i) + use }) }
	setAll := func(n int) string { return many(n, func(i int) string { return unknown + set(i) }) }

	return map[string]shape{
		"small":                  {code: call},
		"small, with parameters": {params: strings.Repeat("\x7e", 20), code: many(20, get) + call + many(20, func(i int) string { return get(i) + "\x1a" })},
		"small, with locals":     {groups: 1, locals: leb(12) + "\x7f", code: setAll(12) + call + useAll(12)},
		"small, with vectors": {groups: 1, locals: leb(4) + "\x7b",
			code: many(4, func(i int) string { return unknown + "\xfd\x11" + set(i) }) + call +
				many(4, func(i int) string { return get(i) + "\xfd\x1b\x00" + use })},
		"parameters": {params: strings.Repeat("\x7e", 200), code: many(200, get) + call + many(200, func(i int) string { return get(i) + "\x1a" })},
		"locals":     {groups: 1, locals: leb(300) + "\x7f", code: setAll(300) + call + useAll(300)},
		"values":     {code: strings.Repeat(unknown, 1000) + call + strings.Repeat(use, 1000)},
		"products": {params: "\x7f", code: many(1000, func(i int) string { return get(0) + "\x41" + leb(i%64) + "\x6c" }) +
			get(0) + call + strings.Repeat(use, 1000)},
		"vectors": {groups: 1, locals: leb(300) + "\x7b",
			code: many(300, func(i int) string { return unknown + "\xfd\x11" + set(i) }) + call +
				many(300, func(i int) string { return get(i) + "\xfd\x1b\x00" + use })},
		"constants": {code: many(500, func(i int) string { return "\x41" + leb(i%64) }) + call + strings.Repeat(use, 500)},
		"loads":     {code: many(500, func(i int) string { return unknown + "\x28\x02" + leb(i*8) }) + call + strings.Repeat(use, 500)},
		"blocks in a row": {groups: 1, locals: leb(100) + "\x7f", code: setAll(100) +
			many(50, func(int) string { return "\x02\x40" + unknown + "\x0d\x00" + setAll(100) + "\x0b" }) + call + useAll(100)},
		"blocks that share their ends": {groups: 1, locals: leb(60) + "\x7f",
			code: strings.Repeat("\x02\x40", 60) + setAll(60) + many(60, func(i int) string { return unknown + "\x0d" + leb(i) }) + setAll(60) +
				strings.Repeat(unknown+"\x1a\x0b", 60) + call + useAll(60)},
		"loops": {groups: 1, locals: leb(50) + "\x7f",
			code: setAll(50) + strings.Repeat("\x03\x40", 12) + setAll(50) + useAll(50) + strings.Repeat(unknown+"\x0d\x00\x0b", 12) + call + useAll(50)},
		"block results": {code: many(100, func(int) string { return "\x02\x7f" + unknown + unknown + "\x0d\x00\x0b" }) + call + strings.Repeat(use, 100)},
		"ifs": {groups: 1, locals: leb(100) + "\x7f", code: setAll(100) +
			many(60, func(int) string {
				return unknown + "\x04\x40" + many(100, func(i int) string { return get((i+1)%100) + set(i) }) + "\x05\x0b"
			}) + call + useAll(100)},
		"loops with parameters": {groups: 1, locals: leb(8) + "\x7f", code: setAll(8) + call +
			many(40, func(int) string {
				rotated := func(by int) string { return many(manyParams, func(i int) string { return get((i + by) % 8) }) }
				return rotated(0) + "\x03\x05" + strings.Repeat(use, manyParams) + rotated(1) + unknown + "\x0d\x00" + strings.Repeat("\x1a", manyParams) + "\x0b"
			})},
		"vectors in loops with parameters": {groups: 1, locals: leb(8) + "\x7b", code: many(8, func(i int) string { return unknown + "\xfd\x11" + set(i) }) + call +
			many(20, func(int) string {
				rotated := func(by int) string { return many(manyParams, func(i int) string { return get((i + by) % 8) }) }
				return rotated(0) + "\x03\x06" + strings.Repeat("\xfd\x1b\x00"+use, manyParams) + rotated(1) + unknown + "\x0d\x00" + strings.Repeat("\x1a", manyParams) + "\x0b"
			})},
		"br_table to a loop with parameters": {groups: 1, locals: leb(8) + "\x7f", code: setAll(8) + call +
			many(10, func(int) string {
				rotated := func(by int) string { return many(manyParams, func(i int) string { return get((i + by) % 8) }) }
				return "\x02\x40" + rotated(0) + "\x03\x05" + strings.Repeat(use, manyParams) + rotated(1) + unknown + "\x0d\x00" +
					rotated(3) + unknown + "\x0e\x02\x00\x00\x00" + "\x0b\x0b"
			})},
		"blocks with results": {groups: 1, locals: leb(20) + "\x7f", code: setAll(20) + call +
			many(200, func(int) string {
				return "\x02\x07" + many(16, get) + unknown + "\x0d\x00" + strings.Repeat("\x1a", 16) + many(16, func(i int) string { return get(i + 4) }) + "\x0b" + strings.Repeat(use, 16)
			})},
		"ifs with parameters": {groups: 1, locals: leb(20) + "\x7f", code: setAll(20) + call +
			many(40, func(int) string {
				return many(manyParams, func(i int) string { return get(i % 20) }) + unknown + "\x04\x08" + strings.Repeat(use, manyParams-16) + "\x05" +
					strings.Repeat("\x1a", manyParams-16) + "\x0b" + strings.Repeat(use, 16)
			})},
		"globals":         {code: many(200, func(int) string { return "\x23\x00" + unknown + "\x24\x00" }) + call + strings.Repeat(use, 200)},
		"bulk":            {code: many(100, func(int) string { return unknown + unknown + unknown + "\xfc\x0b\x00" }) + call},
		"many results":    {results: strings.Repeat("\x7f", 16), code: call + strings.Repeat("\x1a", 16) + strings.Repeat(unknown, 16)},
		"calls in a row":  {groups: 1, locals: leb(40) + "\x7f", code: setAll(40) + call + strings.Repeat(useAll(40), 10)},
		"float constants": {code: strings.Repeat("\x44\x00\x00\x00\x00\x00\x00\xf0\x3f"+useFloat, 300) + call},
	}
}

// manyParams is how many parameters the loops and ifs above take.
const manyParams = 254

// recursive makes a module that exports the recursive function as a wrapper "run" and counts its calls in a global.
func recursive(s shape) []byte {
	count := "\x23\x01\x42\x01\x7c\x24\x01"
	zero := ""
	for _, p := range s.params {
		zero += map[rune]string{0x7e: "\x42\x00", 0x7f: "\x41\x00"}[p]
	}
	return module(
		section(1, vector("\x60"+sized(s.params)+sized(s.results), "\x60\x00\x01\x7f", "\x60\x01\x7f\x00", "\x60\x01\x7c\x00", typeVoid,
			"\x60"+sized(strings.Repeat("\x7f", manyParams))+"\x00", "\x60"+sized(strings.Repeat("\x7b", manyParams))+"\x00",
			"\x60\x00"+sized(strings.Repeat("\x7f", 16)),
			"\x60"+sized(strings.Repeat("\x7f", manyParams))+sized(strings.Repeat("\x7f", 16)))),
		section(3, "\x05\x01\x02\x03\x00\x04"),
		section(5, "\x01\x00\x01"),
		section(6, "\x02\x7f\x01\x41\x00\x0b\x7e\x01\x42\x00\x0b"),
		section(7, vector("\x03run\x00\x04", "\x05count\x03\x01")),
		section(10, vector(
			sized("\x00\x23\x00\x0b"),
			sized("\x00\x20\x00\x24\x00\x0b"),
			sized("\x00\x20\x00\xaa\x24\x00\x0b"),
			sized(leb(s.groups)+s.locals+count+s.code+"\x0b"),
			sized("\x00"+zero+"\x10\x03"+strings.Repeat("\x1a", len(s.results))+"\x0b"))),
	)
}

// recurse runs until the stack is used up and returns how often the function was called.
func recurse(t *testing.T, wasm []byte, end string) int64 {
	ctx := context.Background()
	runtime := wazero.NewRuntime(ctx)
	defer runtime.Close(ctx)
	export(t, runtime, sandbox.ImportModule, sandbox.YieldImport, yield)
	instance, err := runtime.Instantiate(ctx, wasm)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = instance.ExportedFunction("run").Call(ctx); err == nil || !strings.Contains(err.Error(), end) {
		t.Fatalf("ended with %v, want %s", err, end)
	}
	return int64(instance.ExportedGlobal("count").Get())
}

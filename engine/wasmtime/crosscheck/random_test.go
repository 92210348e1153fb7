package crosscheck_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/sandbox"
)

// TestRandomModules has the engines agree on modules of random instructions, metered and as they are.
func TestRandomModules(t *testing.T) {
	r := openRandom(t)
	for seed := range uint64(150) {
		agreeOn(t, r, seed)
	}
}

// FuzzRandomModules looks for more of them.
func FuzzRandomModules(f *testing.F) {
	r := openRandom(f)
	for seed := range uint64(10) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) { agreeOn(t, r, seed) })
}

func openRandom(t testing.TB) engine.Runtime {
	t.Helper()
	// A stand-in for hostfuncs.Meter, which gives each call the same fuel: half of the loops end with it.
	meter := hostfuncs.Meter()
	meter.Fn = func(_ context.Context, host any, _ engine.Memory, stack []uint64) error {
		if left := host.(*int); *left > 0 && int64(stack[0]) != sandbox.StackExhausted {
			*left--
			stack[0] = 1000
			return nil
		}
		return sandbox.ErrStackExhausted
	}
	world := engine.HostFunc{Module: "h", Name: "world", Type: "(i32, i64, f32, f64) -> i32",
		Fn: func(_ context.Context, _ any, memory engine.Memory, stack []uint64) error {
			view, ok := memory.View(uint32(stack[0]), uint32(stack[1]%64))
			for i := range view {
				view[i] ^= byte(i)
			}
			if stack[0] = 0; ok {
				stack[0] = uint64(len(view))
			}
			return nil
		}}
	r, err := all().Open(t.Context(), []engine.HostFunc{meter, world})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return r
}

func agreeOn(t *testing.T, r engine.Runtime, seed uint64) {
	t.Helper()
	text := newWriter(seed).module()
	wasm := assemble(t, text)
	p, err := sandbox.Protect(wasm, sandbox.DefaultLimits())
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	m, err := r.Compile(t.Context(), p.Wasm)
	if err != nil {
		t.Fatalf("seed %d: %v in\n%s", seed, err, text)
	}
	defer m.Close(t.Context())
	fuel := 20
	in, err := m.Instantiate(t.Context(), engine.InstanceConfig{Host: &fuel, Memory: 1 << 20})
	if err != nil {
		t.Fatalf("seed %d: %v in\n%s", seed, err, text)
	}
	defer in.Close(context.Background())
	in.Global(sandbox.FuelExport)
	for range 3 {
		_, err := in.Func("f").Call(t.Context())
		if !agreed(t, fmt.Sprintf("seed %d", seed), err) {
			t.Log(text)
		}
		if err != nil {
			return
		}
	}
}

// writer writes random expressions. What a module computes with floating point gets back to integers by comparing and
// truncating alone, because the bits of a NaN are each engine's own.
type writer struct{ *rand.Rand }

func newWriter(seed uint64) writer { return writer{rand.New(rand.NewPCG(seed, 1))} }

func (w writer) module() string {
	return `(import "h" "world" (func $world (param i32 i64 f32 f64) (result i32)))
	(memory (export "memory") 1 3) (table 4 funcref) (elem (i32.const 0) $a $a $f)
	(global $gi (mut i32) (i32.const 1)) (global $gl (mut i64) (i64.const -1))
	(func $a (param $i i32) (result i32) (local $l i64) (local $f f32) (local $d f64) ` + w.i32(4) + `)
	(func $f (export "f") (result i32) (local $i i32) (local $l i64) (local $f f32) (local $d f64) ` + w.statements(5) + w.i32(5) + `)`
}

func (w writer) statements(n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(w.statement(3))
	}
	return b.String()
}

// pick writes one of some expressions, of which only the one that is picked is made.
func (w writer) pick(all ...func() string) string { return all[w.IntN(len(all))]() }

func (w writer) statement(depth int) string {
	return w.pick(
		func() string { return "(local.set $i " + w.i32(depth) + ")" },
		func() string { return "(local.set $l " + w.i64(depth) + ")" },
		func() string { return "(local.set $f " + w.f32(depth) + ")" },
		func() string { return "(local.set $d " + w.f64(depth) + ")" },
		func() string { return "(global.set $gl " + w.i64(depth) + ")" },
		func() string { return "(i64.store offset=3 " + w.address(depth) + w.i64(depth) + ")" },
		func() string { return "(i32.store16 " + w.address(depth) + w.i32(depth) + ")" },
		func() string { return "(if " + w.i32(depth) + "(then (local.set $i " + w.i32(depth) + ")))" },
		func() string {
			return "(loop (local.set $l " + w.i64(depth) + ") (global.set $gi (i32.add (global.get $gi) (i32.const 1))) (br_if 0 (i32.and (global.get $gi) (i32.const 63))))"
		},
		func() string { return "(memory.fill " + w.address(depth) + w.i32(1) + "(i32.const 300))" },
		func() string { return "(memory.copy " + w.address(depth) + w.address(depth) + "(i32.const 77))" },
	)
}

// address is mostly inside the memory.
func (w writer) address(depth int) string {
	if w.IntN(40) == 0 {
		return w.i32(depth)
	}
	return "(i32.and " + w.i32(depth) + "(i32.const 0xfff0))"
}

func (w writer) i32(depth int) string {
	if depth == 0 {
		return w.pick(
			func() string { return fmt.Sprintf("(i32.const %d)", int32(w.Uint32())>>w.IntN(32)) },
			func() string { return "(local.get $i)" },
			func() string { return "(global.get $gi)" },
		)
	}
	depth--
	return w.pick(
		func() string { return "(" + w.binary("i32") + w.i32(depth) + w.i32(depth) + ")" },
		func() string { return "(" + w.binary("i32") + w.i32(depth) + w.i32(depth) + ")" },
		func() string {
			return "(i32." + w.one("clz", "ctz", "popcnt", "eqz", "extend8_s", "extend16_s") + w.i32(depth) + ")"
		},
		func() string { return "(i64." + w.one("eq", "lt_s", "ge_u") + w.i64(depth) + w.i64(depth) + ")" },
		func() string { return "(f32." + w.one("eq", "lt", "ge", "ne") + w.f32(depth) + w.f32(depth) + ")" },
		func() string { return "(f64." + w.one("gt", "le") + w.f64(depth) + w.f64(depth) + ")" },
		func() string { return "(i32.trunc_sat_f64_" + w.one("s", "u") + w.f64(depth) + ")" },
		func() string { return "(i32.trunc_sat_f32_s " + w.f32(depth) + ")" },
		func() string { return "(i32.wrap_i64 " + w.i64(depth) + ")" },
		func() string { return "(i32." + w.one("load", "load8_s", "load16_u") + w.address(depth) + ")" },
		func() string { return "(select " + w.i32(depth) + w.i32(depth) + w.i32(depth) + ")" },
		func() string {
			return "(if (result i32) " + w.i32(depth) + "(then " + w.i32(depth) + ") (else " + w.i32(depth) + "))"
		},
		func() string { return "(memory.grow (i32.and " + w.i32(depth) + "(i32.const 1)))" },
		func() string { return "(i32x4.extract_lane 1 " + w.v128(depth) + ")" },
		func() string {
			return "(call $world " + w.address(depth) + w.i64(depth) + "(f32.convert_i32_s " + w.i32(depth) + ") (f64.convert_i64_s " + w.i64(depth) + "))"
		},
		func() string {
			return "(call_indirect (param i32) (result i32) " + w.i32(depth) + "(i32.const " + w.one("0", "1", "1", "2", "3", "9") + "))"
		},
	)
}

// binary is an integer operation. Divisions trap on 0, so that they are rare.
func (w writer) binary(of string) string {
	op := w.one("add", "sub", "mul", "and", "or", "xor", "shl", "shr_s", "shr_u", "rotl", "rotr")
	if w.IntN(16) == 0 {
		op = w.one("div_s", "div_u", "rem_s", "rem_u")
	}
	return of + "." + op
}

func (w writer) one(words ...string) string { return words[w.IntN(len(words))] + " " }

func (w writer) i64(depth int) string {
	if depth == 0 {
		return w.pick(
			func() string { return fmt.Sprintf("(i64.const %d)", int64(w.Uint64())>>w.IntN(64)) },
			func() string { return "(local.get $l)" },
			func() string { return "(global.get $gl)" },
		)
	}
	depth--
	return w.pick(
		func() string { return "(" + w.binary("i64") + w.i64(depth) + w.i64(depth) + ")" },
		func() string { return "(i64." + w.one("clz", "ctz", "popcnt", "extend32_s") + w.i64(depth) + ")" },
		func() string { return "(i64.extend_i32_" + w.one("s", "u") + w.i32(depth) + ")" },
		func() string { return "(i64.trunc_sat_f64_" + w.one("s", "u") + w.f64(depth) + ")" },
		func() string { return "(i64.load" + w.one("", "8_u", "32_s") + w.address(depth) + ")" },
	)
}

func (w writer) f32(depth int) string {
	if depth == 0 {
		return w.pick(
			func() string { return fmt.Sprintf("(f32.const %g)", float32(w.NormFloat64()*1e3)) },
			func() string { return "(local.get $f)" },
		)
	}
	depth--
	return w.pick(
		func() string {
			return "(f32." + w.one("add", "sub", "mul", "div", "min", "max", "copysign") + w.f32(depth) + w.f32(depth) + ")"
		},
		func() string {
			return "(f32." + w.one("abs", "neg", "sqrt", "ceil", "floor", "trunc", "nearest") + w.f32(depth) + ")"
		},
		func() string { return "(f32.demote_f64 " + w.f64(depth) + ")" },
		func() string { return "(f32.convert_i64_u " + w.i64(depth) + ")" },
	)
}

func (w writer) f64(depth int) string {
	if depth == 0 {
		return w.pick(
			func() string { return fmt.Sprintf("(f64.const %g)", w.NormFloat64()*1e9) },
			func() string { return "(local.get $d)" },
		)
	}
	depth--
	return w.pick(
		func() string {
			return "(f64." + w.one("add", "sub", "mul", "div", "min", "max") + w.f64(depth) + w.f64(depth) + ")"
		},
		func() string { return "(f64." + w.one("abs", "neg", "sqrt", "nearest") + w.f64(depth) + ")" },
		func() string { return "(f64.promote_f32 " + w.f32(depth) + ")" },
		func() string { return "(f64.convert_i32_u " + w.i32(depth) + ")" },
	)
}

func (w writer) v128(depth int) string {
	if depth == 0 {
		return fmt.Sprintf("(i64x2.splat (i64.const %d))", w.Int64())
	}
	depth--
	return w.pick(
		func() string {
			return "(" + w.one("i8x16.add", "i16x8.mul", "i32x4.sub", "i64x2.add", "v128.xor", "i8x16.swizzle", "i16x8.min_s", "i32x4.gt_u", "i8x16.avgr_u") +
				w.v128(depth) + w.v128(depth) + ")"
		},
		func() string { return "(i32x4.splat " + w.i32(depth) + ")" },
		func() string { return "(v128.load " + w.address(depth) + ")" },
		func() string { return "(i8x16.popcnt " + w.v128(depth) + ")" },
	)
}

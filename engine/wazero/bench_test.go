package wazero

import (
	"bytes"
	"context"
	"encoding/binary"
	"testing"

	wz "github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/soltihq/soltiwasm/engine"
)

// BenchmarkBare is wazero without this package, for the ratio: the same modules as in BenchmarkEngine.
func BenchmarkBare(b *testing.B) {
	ctx := context.Background()
	r := wz.NewRuntimeWithConfig(ctx, wz.NewRuntimeConfig().WithCoreFeatures(api.CoreFeaturesV2))
	defer r.Close(ctx)
	nothing := api.GoModuleFunc(func(context.Context, api.Module, []uint64) {})
	if _, err := r.NewHostModuleBuilder("host").NewFunctionBuilder().WithGoModuleFunction(nothing, nil, nil).Export("call").Instantiate(ctx); err != nil {
		b.Fatal(err)
	}
	compiled := func(name string) wz.CompiledModule {
		m, err := r.CompileModule(ctx, testModule(b, name))
		if err != nil {
			b.Fatal(err)
		}
		return m
	}
	config := wz.NewModuleConfig().WithName("").WithStartFunctions()
	each := func(name, module, function string) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			in, err := r.InstantiateModule(ctx, compiled(module), config)
			if err != nil {
				b.Fatal(err)
			}
			f, stack := in.ExportedFunction(function), make([]uint64, 1)
			for b.Loop() {
				if err := f.CallWithStack(ctx, stack); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	each("call", "traps", "answer")
	each("call+host", "memory_none", "call")
	b.Run("instantiate", func(b *testing.B) {
		b.ReportAllocs()
		m := compiled("exports")
		for b.Loop() {
			in, err := r.InstantiateModule(ctx, m, config)
			if err != nil {
				b.Fatal(err)
			}
			if err := in.Close(ctx); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkOpen is the cost of a runtime, and of the first module that imports from 55 host functions.
func BenchmarkOpen(b *testing.B) {
	var funcs []engine.HostFunc
	for i := range 55 {
		funcs = append(funcs, engine.HostFunc{Module: "host", Name: "call" + string(rune('A'+i)), Type: "(i32, i32) -> i32",
			Fn: func(context.Context, any, engine.Memory, []uint64) error { return nil }})
	}
	funcs[0].Name, funcs[0].Type = "call", "() -> ()"
	for _, module := range []string{"exports", "memory_none"} {
		b.Run(module, func(b *testing.B) {
			b.ReportAllocs()
			wasm := testModule(b, module)
			for b.Loop() {
				r, err := Engine{}.Open(b.Context(), funcs)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := r.Compile(b.Context(), wasm); err != nil {
					b.Fatal(err)
				}
				if err := r.Close(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCompile opens a runtime and compiles a tiny module and one of about a megabyte, without a cache, with one that is
// empty and one that has the entry, and with two workers.
func BenchmarkCompile(b *testing.B) {
	program := runningVersions()
	program.wazero = "v1.12.0" // as a program knows it, and a test doesn't
	for _, module := range []struct {
		name string
		wasm []byte
	}{{"tiny", number(1)}, {"large", large(5000)}} {
		run := func(name string, e Engine, before func()) {
			b.Run(module.name+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(len(module.wasm)))
				for b.Loop() {
					b.StopTimer()
					before()
					b.StartTimer()
					r, err := e.open(b.Context(), nil, program)
					if err != nil {
						b.Fatal(err)
					}
					if _, err := r.Compile(b.Context(), module.wasm); err != nil {
						b.Fatal(err)
					}
					if err := r.Close(b.Context()); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		cache := openTestCache(b)
		empty := func() {
			if _, _, err := cache.Prune(0); err != nil {
				b.Fatal(err)
			}
		}
		run("no cache", Engine{}, func() {})
		run("no cache, 2 workers", Engine{Workers: 2}, func() {})
		run("cold", Engine{Cache: cache}, empty)
		run("warm", Engine{Cache: cache}, func() {})
		run("interpreter", Engine{Interpreter: true}, func() {})
	}
}

// large is a module of n functions of some 200 bytes, with loops, memory and calls.
func large(n int) []byte {
	body := []byte{1, 4, 0x7f} // four i32 locals
	for range 6 {
		body = append(body,
			0x03, 0x40, // loop
			0x20, 0, 0x41, 7, 0x6a, 0x21, 0, // x += 7
			0x20, 1, 0x20, 0, 0x41, 0xff, 0xff, 3, 0x71, 0x28, 2, 0, 0x6a, 0x21, 1, // y += load(x & 0xffff)
			0x20, 0, 0x20, 1, 0x36, 2, 0, // store(x, y)
			0x20, 0, 0x20, 1, 0x48, 0x0d, 0, // while x < y
			0x0b)
	}
	body = append(body, 0x20, 1, 0x0b)
	var types, funcs, code []byte
	types = append(types, 1, 0x60, 0, 1, 0x7f)
	funcs = binary.AppendUvarint(funcs, uint64(n))
	code = binary.AppendUvarint(code, uint64(n))
	for range n {
		funcs = append(funcs, 0)
		code = append(binary.AppendUvarint(code, uint64(len(body))), body...)
	}
	var out bytes.Buffer
	out.WriteString("\x00asm\x01\x00\x00\x00")
	for _, s := range []struct {
		id   byte
		data []byte
	}{{1, types}, {3, funcs}, {5, []byte{1, 0, 1}}, {10, code}} {
		out.WriteByte(s.id)
		out.Write(binary.AppendUvarint(nil, uint64(len(s.data))))
		out.Write(s.data)
	}
	return out.Bytes()
}

package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/sandbox"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"
)

// TestHostile runs what would take an engine minutes or gigabytes. Each ends at its deadline, or because the stack is
// used up, and has not taken more memory than it was given.
func TestHostile(t *testing.T) {
	const watchdog = 3 * time.Second // most of it for a busy machine
	for name, wasm := range hostile() {
		t.Run(name, func(t *testing.T) {
			deadline, end := 50*time.Millisecond, context.DeadlineExceeded
			if strings.HasPrefix(name, "recursion") {
				deadline, end = watchdog, sandbox.ErrStackExhausted
			}
			limits := sandbox.DefaultLimits()
			p, err := sandbox.Protect(wasm, limits)
			if err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			ctx := experimental.WithMemoryAllocator(context.Background(), experimental.MemoryAllocatorFunc(reserve))
			engine := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig())
			defer engine.Close(ctx)
			export(t, engine, sandbox.ImportModule, sandbox.YieldImport, yield)
			compiled, err := engine.CompileModule(ctx, p.Wasm)
			if err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			compiling := after.TotalAlloc - before.TotalAlloc

			limited, cancel := context.WithTimeout(ctx, deadline)
			defer cancel()
			start := time.Now()
			instance, err := engine.InstantiateModule(limited, compiled, wazero.NewModuleConfig())
			if err == nil {
				_, err = instance.ExportedFunction("run").Call(limited)
			}
			if took := time.Since(start); took > watchdog {
				t.Errorf("took %v", took)
			}
			if !errors.Is(err, end) {
				t.Errorf("ended with %v, want %v", err, end)
			}
			runtime.ReadMemStats(&after)
			if used := int64(after.TotalAlloc - before.TotalAlloc - compiling); used > 2*limits.Memory {
				t.Errorf("%d bytes allocated with a limit of %d", used, limits.Memory)
			}
		})
	}
}

// hostile makes modules whose export "run", or whose start function, never ends or takes all it can.
func hostile() map[string][]byte {
	const (
		end      = "\x0b"
		all      = "\x41\x80\x80\x80\x10" // 32 MiB
		fill     = "\x41\x00\x41\x00" + all + "\xfc\x0b\x00"
		copyUp   = "\x41\x01\x41\x00\x41\xff\xff\xff\x0f\xfc\x0a\x00\x00"
		fillPage = "\x41\x00\x41\x00" + "\x41\x80\x1f" + "\xfc\x0b\x00" // just short enough to be done in line
		n        = 34
	)
	forever := func(instructions string) string { return "\x03\x40" + instructions + "\x0c\x00" + end }
	unknownLength := "\x41\x00\x41\x00\x23\x00\xfc\x0b\x00" // of a mutable global: 4096

	modules := map[string][]byte{
		"loop":                       runs(forever("")),
		"loop of loops":              runs(forever(forever(""))),
		"loop with parameters":       runs("\x41\x00\x03\x01\x0c\x00" + end),
		"fills without a loop":       runs(strings.Repeat(fill, 2000)),
		"fills in a loop":            runs(forever(fill)),
		"copies that overlap":        runs(forever(copyUp)),
		"short fills":                runs(strings.Repeat(forever(strings.Repeat(fillPage, 1000)), 2)),
		"fills of unknown length":    runs(forever(strings.Repeat(unknownLength, 1000))),
		"long code without branches": runs(forever(strings.Repeat("\x41\x07\x41\x03\x6e\x1a", 50_000))),
		"recursion":                  runs("\x10\x00"),
		"recursion with many values": runs(strings.Repeat("\x23\x00", 2000) + "\x10\x00" + strings.Repeat("\x24\x00", 2000)),
		"recursion by a table":       runs("\x41\x00\x11\x00\x00"),
		"table.grow":                 runs(forever("\xd0\x70\x41\x01\xfc\x0f\x00\x1a")),
		"memory.grow":                runs(forever("\x41\x01\x40\x00\x1a")),
		"memory.grow that fails":     runs(forever("\x41\x7f\x40\x00\x1a")),
		"table.fill":                 runs(forever("\xd0\x70\x41\xa0\x8d\x06\xfc\x0f\x00\x1a\x41\x00\xd0\x70\xfc\x10\x00\xfc\x11\x00")),
		"ref.func":                   runs(forever("\xd2\x00\x1a")),
		// Each load's place depends on what the one before it read, and few places are in a cache.
		"loads all over memory": runs(forever("\x23\x00\x23\x00\x28\x02\x00\x6a\x41\x8d\xcc\xe5\x00\x6c\x41\xdf\xe6\x00\x6a\x41\xfc\xff\xff\x0f\x71\x24\x00")),
		"start function":        module(oneVoidFunc, "\x08\x01\x00", code(forever(""))),
	}
	calls, bodies := make([]string, n), make([]string, n)
	for i := range n {
		calls[i] = "\x00"
		bodies[i] = sized("\x00" + strings.Repeat("\x10"+leb(i+1), 2) + end)
	}
	bodies[n-1] = sized("\x00" + end)
	modules["functions that call the next one twice"] = module(section(1, vector(typeVoid)), section(3, vector(calls...)),
		section(7, "\x01\x03run\x00\x00"), section(10, vector(bodies...)))
	return modules
}

// runs is a module that exports a function "run" with the given instructions. It has a table with the function at 0, a
// memory of 32 MiB and a mutable global.
func runs(instructions string) []byte {
	return module(
		section(1, vector(typeVoid, "\x60\x01\x7f\x00")), section(3, "\x01\x00"), section(4, "\x01\x70\x00\x01"),
		section(5, "\x01\x00\x80\x04"), section(6, "\x01\x7f\x01\x41\x80\x20\x0b"), section(7, "\x01\x03run\x00\x00"),
		section(9, "\x01\x00\x41\x00\x0b\x01\x00"), code(instructions))
}

// reserve allocates a memory once for all sizes that it can have, as a host should.
func reserve(_, most uint64) experimental.LinearMemory {
	m := reserved(make([]byte, most))
	return &m
}

type reserved []byte

func (r *reserved) Reallocate(size uint64) []byte { return (*r)[:size] }
func (r *reserved) Free()                         { *r = nil }

// yield is the host function of a metered module.
func yield(ctx context.Context, fuel int64) int64 {
	more, err := new(sandbox.Pace).Yield(ctx, fuel)
	if err != nil {
		panic(err)
	}
	return more
}

// export instantiates a host module of one function.
func export(t testing.TB, engine wazero.Runtime, module, name string, function any) {
	_, err := engine.NewHostModuleBuilder(module).NewFunctionBuilder().WithFunc(function).Export(name).Instantiate(context.Background())
	if err != nil {
		t.Fatal(err)
	}
}

// TestDebtIsBounded looks at how much fuel was used beyond what there was when a guest yields. However long a way
// without a loop or call is, and back from however deep calls, it must not be much more than a yield gives.
func TestDebtIsBounded(t *testing.T) {
	const most = 600_000                                                                  // a long table.fill is the most, with a unit an entry
	load := func(i int) string { return localGet(0) + "\x28\x02" + leb(8192*i) + opDrop } // far from the others
	store := "\x20\x00\x20\x00\x36\x02\x00"
	guests := map[string][]byte{
		"much on the way back":             wayBack(1500, strings.Repeat(store, 3000), ""),
		"a short function on the way back": wayBack(8000, "\x41\x00\x10\x02", each(8, load)),
	}
	for _, g := range deadlineGuests() {
		guests[g.name] = g.wasm()
	}
	for _, functions := range []int{1, 2, 3} {
		guests[fmt.Sprintf("a circle of %d, each of which calls the next one twice", functions)] = circle(functions)
	}
	for name, wasm := range guests {
		t.Run(name, func(t *testing.T) {
			p, err := sandbox.Protect(wasm, sandbox.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			engine := wazero.NewRuntime(t.Context())
			defer engine.Close(t.Context())
			debt := int64(0)
			export(t, engine, sandbox.ImportModule, sandbox.YieldImport, func(ctx context.Context, fuel int64) int64 {
				if fuel != sandbox.StackExhausted {
					debt = max(debt, -fuel)
				}
				return yield(ctx, fuel)
			})
			instance, err := engine.Instantiate(t.Context(), p.Wasm)
			if err != nil {
				t.Fatal(err)
			}
			limited, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
			defer cancel()
			_, err = instance.ExportedFunction("run").Call(limited)
			if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, sandbox.ErrStackExhausted) {
				t.Errorf("the guest ended with %v", err)
			}
			if debt > most {
				t.Errorf("%d units were used without a look at the fuel", debt)
			}
		})
	}
}

// wayBack is a module that calls itself so deep, again and again, with instructions behind the call, which may call
// function 2.
func wayBack(depth int, behind, function2 string) []byte {
	return module(
		section(1, vector(typeVoid, "\x60\x01\x7f\x00")), section(3, "\x03\x00\x01\x01"), section(5, "\x01\x00\x01"),
		section(7, "\x01\x03run\x00\x00"),
		section(10, vector(
			sized("\x00\x03\x40\x41"+signed(depth)+"\x10\x01\x0c\x00\x0b\x0b"),
			sized("\x00\x20\x00\x04\x40\x20\x00\x41\x01\x6b\x10\x01\x0b"+behind+"\x0b"),
			sized("\x00"+function2+"\x0b"))))
}

// circle makes functions of which each calls the next one twice with its parameter less 1, if that isn't 0, and the last
// one the first.
func circle(functions int) []byte {
	types, bodies := []string{"\x00"}, []string{sized("\x00" + i32Const(40) + callOf(1) + opEnd)}
	for i := range functions {
		next := localGet(0) + i32Const(1) + i32Sub + callOf(1+(i+1)%functions)
		types = append(types, "\x01")
		bodies = append(bodies, sized("\x00"+localGet(0)+"\x04\x40"+next+next+opEnd+opEnd))
	}
	return module(section(1, vector(typeVoid, "\x60\x01\x7f\x00")), section(3, vector(types...)),
		section(7, "\x01\x03run\x00\x00"), section(10, vector(bodies...)))
}

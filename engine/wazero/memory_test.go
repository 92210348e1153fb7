package wazero

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"github.com/soltihq/soltiwasm/engine"
)

const limit = 1234 << 16 // an address space that is noticed when it leaks

// compileTest compiles one of the conformance suite's modules.
func compileTest(t testing.TB, e Engine, name string) engine.Module {
	t.Helper()
	nothing := func(context.Context, any, engine.Memory, []uint64) error { return nil }
	r, err := e.Open(t.Context(), []engine.HostFunc{{Module: "host", Name: "call", Type: "() -> ()", Fn: nothing}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	m, err := r.Compile(t.Context(), testModule(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func testModule(t testing.TB, name string) []byte {
	t.Helper()
	wasm, err := os.ReadFile("../enginetest/testdata/" + name + ".wasm")
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

// addressSpace is the size of the process's address space, in bytes.
func addressSpace(t testing.TB) int {
	t.Helper()
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("only Linux tells a process's address space")
	}
	pages, err := strconv.Atoi(strings.Fields(string(statm))[0])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// TestMemoryLeavesNoTrace makes instances in each way that they can end, and finds their address space given back.
func TestMemoryLeavesNoTrace(t *testing.T) {
	const rounds = 50 // some 4 GB, if they leaked
	config := engine.InstanceConfig{Memory: limit}
	fails := func(name string) func(t *testing.T) {
		return func(t *testing.T) {
			m := compileTest(t, Engine{}, name)
			check(t, rounds, func() {
				if in, err := m.Instantiate(t.Context(), config); err == nil {
					t.Errorf("%v", in)
				}
			})
		}
	}
	t.Run("closed", func(t *testing.T) {
		m := compileTest(t, Engine{}, "memory")
		check(t, rounds, func() {
			in, err := m.Instantiate(t.Context(), config)
			if err != nil {
				t.Fatal(err)
			}
			grow := in.Func("grow")
			for range 3 {
				if _, err := grow.Call(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if err := errors.Join(in.Close(t.Context()), in.Close(t.Context())); err != nil {
				t.Fatal(err)
			}
		})
	})
	t.Run("begun with an image", func(t *testing.T) {
		m := compileTest(t, Engine{}, "memory")
		in, err := m.Instantiate(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		image, err := in.Image()
		if errors.Is(err, errors.ErrUnsupported) {
			t.Skip(err)
		}
		check(t, rounds, func() {
			in, err := m.Instantiate(t.Context(), engine.InstanceConfig{Memory: limit, Image: image})
			if err != nil {
				t.Fatal(err)
			}
			if err := in.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
	})
	t.Run("trapped in its start section", fails("start_trap"))
	t.Run("data out of bounds", fails("data_beyond"))
	t.Run("import missing", fails("import_unknown"))
	t.Run("beginning over the limit", func(t *testing.T) {
		m := compileTest(t, Engine{}, "memory_large")
		check(t, rounds, func() {
			if in, err := m.Instantiate(t.Context(), engine.InstanceConfig{Memory: 9 << 16}); err == nil {
				t.Errorf("%v", in)
			}
		})
	})
	t.Run("with its runtime", func(t *testing.T) {
		check(t, rounds, func() {
			r, err := Engine{}.Open(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			m, err := r.Compile(t.Context(), testModule(t, "memory"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := m.Instantiate(t.Context(), config); err != nil {
				t.Fatal(err)
			}
			if err := r.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
	})
}

// check runs once before it measures, so that Go's own heap has grown to what it needs.
func check(t *testing.T, rounds int, run func()) {
	t.Helper()
	run()
	before := addressSpace(t)
	for range rounds {
		run()
	}
	if grown := addressSpace(t) - before; grown > rounds/2*limit {
		t.Errorf("the address space grew by %d MiB in %d rounds", grown>>20, rounds)
	}
}

func TestMemoryNeverMoves(t *testing.T) {
	var m linearMemory
	m.limit = limit
	m.Allocate(1<<16, 1<<32)
	defer m.Free()
	m.Reallocate(1 << 16)
	begin := unsafe.SliceData(m.bytes)
	m.bytes[0], m.bytes[1<<16-1] = 1, 2
	for pages := uint64(2); pages <= limit>>16; pages++ {
		if m.Reallocate(pages<<16) == nil {
			t.Fatalf("no growth to %d pages", pages)
		}
		m.bytes[pages<<16-1] = byte(pages)
	}
	if m.bytes[0] != 1 || m.bytes[1<<16-1] != 2 {
		t.Error("growing lost what was there")
	}
	if unsafe.SliceData(m.bytes) != begin && unsafe.Sizeof(m.region) > 0 { // a Go slice may move
		t.Error("the memory moved")
	}
	if m.Reallocate(limit+1<<16) != nil || m.Size() != limit {
		t.Error("it grew past its limit")
	}
}

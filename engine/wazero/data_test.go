package wazero

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	wz "github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/soltihq/soltiwasm/sandbox"
)

const (
	wasmHeader = "\x00asm\x01\x00\x00\x00"
	onePage    = "\x05\x03\x01\x00\x01"
	hello      = "\x0b\x0b\x01\x00\x41\x03\x0b\x05hello"
)

func TestTakeData(t *testing.T) {
	for name, test := range map[string]struct {
		wasm string
		rest string // empty if nothing is taken
		data []segment
	}{
		"no data": {wasm: wasmHeader + onePage, rest: wasmHeader + onePage},
		"one": {
			wasm: wasmHeader + onePage + hello, rest: wasmHeader + onePage, data: []segment{{3, []byte("hello")}},
		},
		"between others": {
			wasm: wasmHeader + "\x00\x02\x01a" + onePage + hello + "\x00\x02\x01b",
			rest: wasmHeader + "\x00\x02\x01a" + onePage + "\x00\x02\x01b", data: []segment{{3, []byte("hello")}},
		},
		"over one another": {
			wasm: wasmHeader + onePage + "\x0b\x0d\x02\x00\x41\x00\x0b\x01a\x00\x41\x00\x0b\x01b",
			rest: wasmHeader + onePage, data: []segment{{0, []byte("a")}, {0, []byte("b")}},
		},
		"at the end": {
			wasm: wasmHeader + onePage + "\x0b\x09\x01\x00\x41\xff\xff\x03\x0b\x01x",
			rest: wasmHeader + onePage, data: []segment{{65535, []byte("x")}},
		},
		"behind the end":      {wasm: wasmHeader + onePage + "\x0b\x09\x01\x00\x41\x80\x80\x04\x0b\x01x"},
		"far behind the end":  {wasm: wasmHeader + onePage + "\x0b\x07\x01\x00\x41\x7f\x0b\x01x"},
		"without a memory":    {wasm: wasmHeader + hello},
		"twice":               {wasm: wasmHeader + onePage + hello + hello},
		"counted":             {wasm: wasmHeader + onePage + "\x0c\x01\x01" + hello},
		"passive":             {wasm: wasmHeader + onePage + "\x0b\x04\x01\x01\x01x"},
		"at a global's place": {wasm: wasmHeader + onePage + "\x0b\x07\x01\x00\x23\x00\x0b\x01x"},
		"of a named memory":   {wasm: wasmHeader + onePage + "\x0b\x08\x01\x02\x00\x41\x00\x0b\x01x"},
		"too short":           {wasm: wasmHeader + onePage + hello[:len(hello)-1]},
		"fewer than counted":  {wasm: wasmHeader + onePage + "\x0b\x07\x02\x00\x41\x00\x0b\x01x"},
		"more than counted":   {wasm: wasmHeader + onePage + "\x0b\x08\x01\x00\x41\x00\x0b\x01xy"},
		"overlong number":     {wasm: wasmHeader + onePage + "\x0b\x0c\x01\x00\x41\x80\x80\x80\x80\x80\x00\x0b\x01x"},
		"number of 33 bits":   {wasm: wasmHeader + onePage + "\x0b\x0b\x01\x00\x41\x80\x80\x80\x80\x10\x0b\x01x"},
		"no header":           {wasm: "\x00asm"},
		"nothing":             {wasm: ""},
	} {
		t.Run(name, func(t *testing.T) {
			rest, data, all := takeData([]byte(test.wasm))
			if test.rest == "" {
				if all || len(data) > 0 || string(rest) != test.wasm {
					t.Errorf("took %v and left %q", data, rest)
				}
				return
			}
			if !all || string(rest) != test.rest || len(data) != len(test.data) {
				t.Fatalf("took %v and left %q", data, rest)
			}
			for i, s := range data {
				if s.at != test.data[i].at || !bytes.Equal(s.bytes, test.data[i].bytes) {
					t.Errorf("segment %d is %q at %d", i, s.bytes, s.at)
				}
			}
		})
	}
}

// FuzzTakeData holds what is taken against wazero: it accepts what is left if it accepts the whole, and the memory is the
// same in the end.
func FuzzTakeData(f *testing.F) {
	paths, err := filepath.Glob("../enginetest/testdata/*.wasm")
	if err != nil || len(paths) == 0 {
		f.Fatal(paths, err)
	}
	for _, path := range paths {
		wasm, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(wasm)
	}
	f.Add([]byte(wasmHeader + onePage + hello))
	f.Add([]byte(wasmHeader + onePage + "\x0b\x09\x01\x00\x41\xff\xff\x03\x0b\x01x"))
	f.Fuzz(func(t *testing.T, wasm []byte) {
		rest, data, all := takeData(wasm)
		if !all {
			if !bytes.Equal(rest, wasm) || data != nil {
				t.Errorf("took %v and left %q", data, rest)
			}
			return
		}
		if _, err := sandbox.Inspect(wasm, sandbox.DefaultLimits()); err != nil {
			t.Skip(err) // wazero might allocate on the word of a count, and take the process down
		}
		whole, wholeErr := memoryOf(t, wasm)
		left, leftErr := memoryOf(t, rest)
		if (wholeErr == nil) != (leftErr == nil) {
			t.Fatalf("of the whole: %v; of the rest: %v", wholeErr, leftErr)
		}
		if wholeErr != nil {
			return
		}
		for _, s := range data {
			copy(left[s.at:], s.bytes)
		}
		if !bytes.Equal(whole, left) {
			t.Error("the memories differ")
		}
	})
}

// memoryOf is what a new instance's memory holds, where no code runs.
func memoryOf(t *testing.T, wasm []byte) ([]byte, error) {
	ctx := context.Background()
	config := wz.NewRuntimeConfigInterpreter().WithCoreFeatures(api.CoreFeaturesV2).WithMemoryLimitPages(16)
	r := wz.NewRuntimeWithConfig(ctx, config)
	defer r.Close(ctx)
	compiled, err := r.CompileModule(ctx, wasm)
	if err != nil {
		return nil, err
	}
	if len(compiled.ImportedFunctions()) > 0 || bytes.Contains(wasm, []byte("\x08\x01")) {
		t.Skip("it would need imports, or may run")
	}
	in, err := r.InstantiateModule(ctx, compiled, wz.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		if strings.Contains(err.Error(), "not instantiated") { // imports of other kinds
			t.Skip(err)
		}
		return nil, err
	}
	memory := in.Memory()
	if reflect.ValueOf(memory).IsNil() { // a nil of a type
		return nil, nil
	}
	all, _ := memory.Read(0, memory.Size())
	return bytes.Clone(all), nil
}

package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/soltihq/soltiwasm/sandbox"
	"github.com/tetratelabs/wazero"
)

func ExampleInspect() {
	wasm := []byte("\x00asm\x01\x00\x00\x00" +
		"\x01\x05\x01\x60\x00\x01\x7f" + // one type: () -> i32
		"\x03\x02\x01\x00" + // one function of it
		"\x07\x0c\x01\x08supports\x00\x00" + // exported
		"\x0a\x06\x01\x04\x00\x41\x01\x0b") // i32.const 1

	m, err := sandbox.Inspect(wasm, sandbox.DefaultLimits())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range m.Exports {
		fmt.Println(e.Kind, e.Name, e.Type)
	}

	_, err = sandbox.Inspect(wasm[:30], sandbox.DefaultLimits())
	var refusal *sandbox.Error
	if errors.As(err, &refusal) {
		fmt.Println(refusal.Class, refusal.Code, refusal)
	}
	// Output:
	// func supports () -> i32
	// malformed count 12 bytes of a section are announced, and only 9 bytes are left for them (at offset 0x14)
}

// A module with an endless loop is stopped by its deadline, on plain wazero.
func ExampleProtect() {
	wasm, err := os.ReadFile("testdata/wat/endless.wasm")
	if err != nil {
		fmt.Println(err)
		return
	}
	protected, err := sandbox.Protect(wasm, sandbox.DefaultLimits())
	if err != nil {
		fmt.Println(err)
		return
	}

	ctx := context.Background()
	runtime := wazero.NewRuntime(ctx)
	defer runtime.Close(ctx)
	var pace sandbox.Pace
	_, err = runtime.NewHostModuleBuilder(sandbox.ImportModule).NewFunctionBuilder().
		WithFunc(func(ctx context.Context, fuel int64) int64 {
			more, err := pace.Yield(ctx, fuel)
			if err != nil {
				panic(err) // ends the call; the instance can only be closed
			}
			return more
		}).Export(sandbox.YieldImport).Instantiate(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	instance, err := runtime.Instantiate(ctx, protected.Wasm)
	if err != nil {
		fmt.Println(err)
		return
	}

	limited, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	_, err = instance.ExportedFunction("spin").Call(limited)
	fmt.Println(errors.Is(err, context.DeadlineExceeded))
	pace.Begin()
	_, err = instance.ExportedFunction("recurse").Call(ctx)
	fmt.Println(errors.Is(err, sandbox.ErrStackExhausted))
	// Output:
	// true
	// true
}

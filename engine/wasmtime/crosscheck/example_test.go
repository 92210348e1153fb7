package crosscheck_test

import (
	"context"
	"fmt"
	"os"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/wasmtime"
	"github.com/soltihq/soltiwasm/engine/wasmtime/crosscheck"
	"github.com/soltihq/soltiwasm/engine/wazero"
)

// The host function is called once, though the guest runs on both engines.
func Example() {
	ctx := context.Background()
	both := crosscheck.Engine{Engines: []engine.Engine{wazero.Engine{}, wasmtime.Engine{}}}
	runtime, err := both.Open(ctx, []engine.HostFunc{{
		Module: "host", Name: "call", Type: "() -> ()",
		Fn: func(_ context.Context, _ any, memory engine.Memory, _ []uint64) error {
			view, _ := memory.View(0, 5)
			fmt.Printf("the host sees %q\n", view)
			return nil
		},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer runtime.Close(ctx)

	wasm, err := os.ReadFile("../../enginetest/testdata/start_call.wasm")
	if err != nil {
		fmt.Println(err)
		return
	}
	module, err := runtime.Compile(ctx, wasm)
	if err != nil {
		fmt.Println(err)
		return
	}
	instance, err := module.Instantiate(ctx, engine.InstanceConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer instance.Close(ctx)
	fmt.Println(both.Name())
	fmt.Println(instance.Func("started").Call(ctx))
	// Output:
	// the host sees "ready"
	// wazero+wasmtime
	// 1 <nil>
}

package wasmtime_test

import (
	"context"
	"fmt"
	"os"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/wasmtime"
)

func Example() {
	ctx := context.Background()
	runtime, err := wasmtime.Engine{}.Open(ctx, []engine.HostFunc{{
		Module: "host", Name: "call", Type: "() -> ()",
		Fn: func(_ context.Context, host any, memory engine.Memory, _ []uint64) error {
			view, _ := memory.View(0, 5)
			fmt.Printf("%s sees %q\n", host, view)
			return nil
		},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer runtime.Close(ctx)

	wasm, err := os.ReadFile("../enginetest/testdata/start_call.wasm")
	if err != nil {
		fmt.Println(err)
		return
	}
	module, err := runtime.Compile(ctx, wasm)
	if err != nil {
		fmt.Println(err)
		return
	}
	instance, err := module.Instantiate(ctx, engine.InstanceConfig{Host: "the host", Memory: 1 << 20})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer instance.Close(ctx)
	fmt.Println(instance.Func("started").Call(ctx))
	// Output:
	// the host sees "ready"
	// 1 <nil>
}

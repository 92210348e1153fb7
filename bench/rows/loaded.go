package rows

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// Loaded is what process/host and process/bare say of having loaded a directory.
type Loaded struct {
	Modules int
	Ready   int64 // nanoseconds until the modules were listed and the first spec routed
	All     int64 // nanoseconds until each module was asked
	RSS     int64 // bytes of memory then
}

// ResidentMemory is the memory of this process once garbage is gone, in bytes.
func ResidentMemory() (int64, error) {
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	var size, resident int64
	if _, err := fmt.Sscan(string(text), &size, &resident); err != nil {
		return 0, err
	}
	return resident * int64(os.Getpagesize()), nil
}

// LendNothing gives a plain runtime the host functions that the bench's guests import: spec_get finds nothing, and
// what a guest replies is dropped.
func LendNothing(ctx context.Context, runtime wazero.Runtime) error {
	i32 := api.ValueTypeI32
	b := runtime.NewHostModuleBuilder("solti")
	for _, name := range []string{"spec_get", "config_get", "task_get", "env_get"} {
		b = b.NewFunctionBuilder().WithGoFunction(api.GoFunc(func(_ context.Context, stack []uint64) { stack[0] = api.EncodeI32(-1) }),
			[]api.ValueType{i32, i32, i32, i32}, []api.ValueType{i32}).Export(name)
	}
	nothing := api.GoFunc(func(context.Context, []uint64) {})
	b = b.NewFunctionBuilder().WithGoFunction(nothing, []api.ValueType{i32, i32}, nil).Export("reply").
		NewFunctionBuilder().WithGoFunction(nothing, []api.ValueType{i32, i32, i32}, nil).Export("log")
	for _, name := range []string{"metric_add", "metric_set", "metric_observe"} {
		b = b.NewFunctionBuilder().WithGoFunction(nothing, []api.ValueType{i32, i32, i32, i32, api.ValueTypeF64}, nil).Export(name)
	}
	_, err := b.Instantiate(ctx)
	return err
}

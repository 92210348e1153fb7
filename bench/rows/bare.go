package rows

import (
	"context"
	"errors"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// Bare is the engine with nothing before it and no protection: a plain wazero runtime with one instance of the guest
// bare.wat.
type Bare struct {
	runtime  wazero.Runtime
	memory   api.Memory
	supports api.Function
	reads    api.Function
	spec     []byte
	stack    [2]uint64
}

// NewBare starts it.
func NewBare(b *Bench) (*Bare, error) {
	ctx := context.Background()
	guest, err := b.Guest("bare")
	if err != nil {
		return nil, err
	}
	spec, err := JSON(Payload())
	if err != nil {
		return nil, err
	}
	runtime := wazero.NewRuntime(ctx)
	_, err = runtime.NewHostModuleBuilder("host").NewFunctionBuilder().
		WithGoModuleFunction(stringRead(map[string]string{"runner": "bench"}),
			[]api.ValueType{api.ValueTypeI32, api.ValueTypeI32, api.ValueTypeI32, api.ValueTypeI32}, []api.ValueType{api.ValueTypeI32}).
		Export("get").Instantiate(ctx)
	if err != nil {
		return nil, errors.Join(err, runtime.Close(ctx))
	}
	module, err := runtime.Instantiate(ctx, guest)
	if err != nil {
		return nil, errors.Join(err, runtime.Close(ctx))
	}
	return &Bare{
		runtime: runtime, memory: module.Memory(), spec: spec,
		supports: module.ExportedFunction("supports"), reads: module.ExportedFunction("reads"),
	}, nil
}

// stringRead is the least that handing a string over takes: the key is read and looked up, and the value written.
func stringRead(values map[string]string) api.GoModuleFunc {
	return func(_ context.Context, m api.Module, stack []uint64) {
		memory := m.Memory()
		key, ok := memory.Read(uint32(stack[0]), uint32(stack[1]))
		value, found := values[string(key)]
		if ok && found && len(value) <= int(uint32(stack[3])) && memory.WriteString(uint32(stack[2]), value) {
			stack[0] = uint64(len(value))
			return
		}
		stack[0] = api.EncodeI32(-1)
	}
}

// Supports writes the spec into the guest's memory and calls the trivial supports.
func (e *Bare) Supports() error {
	const at = 4096
	if !e.memory.Write(at, e.spec) {
		return errors.New("the spec doesn't fit into the bare guest")
	}
	e.stack = [2]uint64{at, uint64(len(e.spec))}
	if err := e.supports.CallWithStack(context.Background(), e.stack[:]); err != nil {
		return err
	}
	if e.stack[0] != 1 {
		return errors.New("the bare guest said no")
	}
	return nil
}

// Read makes the guest read n strings from the host.
func (e *Bare) Read(n int) error {
	e.stack[0] = uint64(n)
	if err := e.reads.CallWithStack(context.Background(), e.stack[:]); err != nil {
		return err
	}
	if e.stack[0] != uint64(n*len("bench")) {
		return errors.New("the bare guest read something else")
	}
	return nil
}

// Close ends it.
func (e *Bare) Close(ctx context.Context) error { return e.runtime.Close(ctx) }

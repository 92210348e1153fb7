package wazero

import (
	"context"
	"fmt"
	"sync"

	wz "github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/soltihq/soltiwasm/engine"
)

// module is one compiled module.
type module struct {
	runtime       *runtime
	compiled      wz.CompiledModule
	data          []segment // that wazero doesn't know of
	keepsImages   bool      // since it knows of none
	exportsMemory bool

	mu     sync.Mutex
	images []*image
}

// Instantiate makes an anonymous instance without WASI, arguments, environment or clock of wazero's own.
func (m *module) Instantiate(ctx context.Context, config engine.InstanceConfig) (_ engine.Instance, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	in := &instance{code: m, host: config.Host, memory: linearMemory{limit: config.Memory, data: m.data}}
	in.call.instance = in
	if config.Image != nil {
		if in.memory.image, err = m.image(config.Image); err != nil {
			return nil, err
		}
	}
	if m.exportsMemory {
		in.exported = &in.memory
	}
	defer func() {
		if p := recover(); p != nil {
			err = instantiatePanic(p)
		}
		if err != nil {
			in.memory.Free() // wazero frees it only for an instance that came to be
		}
	}()
	// The allocator is found through the context; the start section, if any, runs under it too.
	call := experimental.WithMemoryAllocator(in.enter(ctx), &in.memory)
	in.module, err = m.runtime.wazero.InstantiateModule(call, m.compiled, m.runtime.instance)
	in.leave()
	if err != nil {
		return nil, instantiateError(err)
	}
	in.state = ready
	return in, nil
}

// instantiatePanic turns what the allocator panicked with (wazero gives it no other way to refuse) into its error, and
// a fault of wazero's into one that says so.
func instantiatePanic(p any) error {
	if refused, ok := p.(*memoryRefused); ok {
		return fmt.Errorf("instantiate: %w", refused.err)
	}
	return fmt.Errorf("instantiate: wazero panicked: %s", clean(fmt.Sprint(p)))
}

// Close frees the code and the images.
func (m *module) Close(ctx context.Context) error {
	m.forget()
	return m.compiled.Close(ctx)
}

package author

import (
	"context"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine"
)

// probedRuntime is an engine's runtime for one module, which the probe sees. It compiles the module once, however often
// it is loaded: that makes fresh instances cheap.
type probedRuntime struct {
	engine.Runtime
	probe *probe
}

func (r *probedRuntime) Compile(ctx context.Context, wasm []byte) (engine.Module, error) {
	if r.probe.module == nil {
		module, err := r.Runtime.Compile(ctx, wasm)
		if err != nil {
			return nil, err
		}
		r.probe.module = module
	}
	return &probedModule{Module: r.probe.module, probe: r.probe}, nil
}

// Close closes the module that was compiled, and the runtime.
func (r *probedRuntime) Close(ctx context.Context) error {
	if r.probe.module != nil {
		if err := r.probe.module.Close(ctx); err != nil {
			return err
		}
	}
	return r.Runtime.Close(ctx)
}

// probedModule is the one compiled module, which is closed with the runtime.
type probedModule struct {
	engine.Module
	probe *probe
}

func (*probedModule) Close(context.Context) error { return nil }

func (m *probedModule) Instantiate(ctx context.Context, config engine.InstanceConfig) (engine.Instance, error) {
	c := m.probe.begin(abi.ExportInitialize)
	begun := m.probe.now()
	in, err := m.Module.Instantiate(ctx, config)
	c.took, c.err = m.probe.now().Sub(begun), err
	if err != nil {
		return nil, err
	}
	c.memory = memoryOf(in)
	return &probedInstance{Instance: in, probe: m.probe}, nil
}

type probedInstance struct {
	engine.Instance
	probe *probe
}

func (in *probedInstance) Func(name string) engine.Func {
	f := in.Instance.Func(name)
	if f == nil {
		return nil
	}
	return &probedFunc{Func: f, instance: in, name: name}
}

type probedFunc struct {
	engine.Func
	instance *probedInstance
	name     string
}

// Call calls the function. _initialize belongs to the call that the instantiation began.
func (f *probedFunc) Call(ctx context.Context) (int32, error) {
	p := f.instance.probe
	c := p.current()
	if f.name != abi.ExportInitialize {
		c = p.begin(f.name)
	}
	n, err := f.timed(ctx, c)
	if p.twice && f.name == abi.ExportName && err == nil {
		return f.timed(ctx, p.begin(f.name))
	}
	return n, err
}

func (f *probedFunc) timed(ctx context.Context, c *call) (int32, error) {
	p := f.instance.probe
	begun := p.now()
	n, err := f.Func.Call(ctx)
	c.took += p.now().Sub(begun)
	c.result, c.err = n, err
	c.memory = memoryOf(f.instance.Instance)
	return n, err
}

// memoryOf is the size of an instance's memory, which never shrinks.
func memoryOf(in engine.Instance) uint64 {
	if memory := in.Memory(); memory != nil {
		return memory.Size()
	}
	return 0
}

// fuelPerSecond are the units that a compiled guest uses in a second: at least on a machine with little else to do, and
// never more. 400,000 of them took 13 to 65 microseconds where it was measured, and four times as long where things are slow.
const (
	leastFuelPerSecond = 400_000 * 4_000
	mostFuelPerSecond  = 400_000 * 100_000
)

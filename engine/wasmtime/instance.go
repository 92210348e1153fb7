package wasmtime

import (
	"context"
	"errors"
	"math"

	wt "github.com/bytecodealliance/wasmtime-go/v37"

	"github.com/soltihq/soltiwasm/engine"
)

// instance is one instance of a module, in a store that it has to itself.
type instance struct {
	module   *module
	store    *wt.Store // nil once it is closed
	wasmtime *wt.Instance
	host     any
	memory   memory
	state    state
	ctx      context.Context // of the call in progress
	failure  error           // of the host function that ended it
}

type state uint8

const (
	ready state = iota
	running
	ended // closed or trapped
)

// newInstance makes the store. A store is told of one instance and one memory since there are no more.
func newInstance(m *module, config engine.InstanceConfig) *instance {
	in := &instance{module: m, store: wt.NewStore(m.runtime.wasmtime), host: config.Host}
	in.memory.instance = in
	limit := int64(-1) // none
	if config.Memory > 0 {
		limit = int64(min(config.Memory, 1<<32))
	}
	in.store.Limiter(limit, -1, 1, -1, 1)
	return in
}

func (in *instance) enter(ctx context.Context) {
	in.state, in.ctx, in.memory.bytes = running, ctx, nil
}

// leave ends a call. One that didn't get as far as to set another state has ended the instance.
func (in *instance) leave() {
	in.ctx, in.failure, in.memory.bytes = nil, nil, nil
	if in.state == running {
		in.state = ended
	}
}

// Func finds a function.
func (in *instance) Func(name string) engine.Func {
	if in.state == ended || in.module.exports[name] != exportFunc {
		return nil
	}
	return &function{instance: in, wasmtime: in.wasmtime.GetFunc(in.store, name)}
}

// Global finds a global.
func (in *instance) Global(name string) engine.Global {
	if in.state == ended || in.module.exports[name] != exportGlobal {
		return nil
	}
	return &global{instance: in, wasmtime: in.wasmtime.GetExport(in.store, name).Global()}
}

// Image isn't kept: Wasmtime has no way to begin with it that wouldn't copy all of it.
func (in *instance) Image() (engine.Image, error) { return nil, errors.ErrUnsupported }

// Close frees the instance and its memory.
func (in *instance) Close(context.Context) error {
	if in.state == running {
		return errInUse
	}
	r := in.module.runtime
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.instances, in)
	in.free()
	return nil
}

// free closes the store, once.
func (in *instance) free() {
	in.state, in.memory.bytes = ended, nil
	if in.store != nil {
		in.store.Close()
		in.store = nil
	}
}

var (
	errInUse  = errors.New("the instance is calling a host function: it can be closed only after its call has returned")
	errEnded  = errors.New("the instance is closed, or trapped before")
	errInCall = errors.New("a host function called into the instance that was calling it")
)

// function is an exported function.
type function struct {
	instance *instance
	wasmtime *wt.Func
}

// Call calls the function.
func (f *function) Call(ctx context.Context) (int32, error) {
	in := f.instance
	switch in.state {
	case running:
		return 0, &engine.TrapError{Kind: engine.TrapClosed, Err: errInCall}
	case ended:
		return 0, &engine.TrapError{Kind: engine.TrapClosed, Err: errEnded}
	}
	in.enter(ctx)
	defer in.leave()
	if err := ctx.Err(); err != nil {
		return 0, &engine.TrapError{Kind: engine.TrapDeadline, Err: err}
	}
	result, err := f.wasmtime.Call(in.store)
	if err != nil {
		return 0, in.trap(err)
	}
	in.state = ready
	n, _ := result.(int32) // nothing for a function without a result
	return n, nil
}

// global is a mutable global.
type global struct {
	instance *instance
	wasmtime *wt.Global
}

func (g *global) Get() int64 {
	switch v := g.wasmtime.Get(g.instance.store); v.Kind() {
	case wt.KindI32:
		return int64(uint32(v.I32()))
	case wt.KindF32:
		return int64(math.Float32bits(v.F32()))
	case wt.KindF64:
		return int64(math.Float64bits(v.F64()))
	default:
		return v.I64()
	}
}

func (g *global) Set(bits int64) {
	v := wt.ValI64(bits)
	switch g.wasmtime.Type(g.instance.store).Content().Kind() {
	case wt.KindI32:
		v = wt.ValI32(int32(bits))
	case wt.KindF32:
		v = wt.ValF32(math.Float32frombits(uint32(bits)))
	case wt.KindF64:
		v = wt.ValF64(math.Float64frombits(uint64(bits)))
	}
	if err := g.wasmtime.Set(g.instance.store, v); err != nil {
		panic(err) // only a global of another type is an error
	}
}

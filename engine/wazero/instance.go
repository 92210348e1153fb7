package wazero

import (
	"context"
	"errors"
	"math"

	"github.com/tetratelabs/wazero/api"

	"github.com/soltihq/soltiwasm/engine"
)

// instance is one instance of a module.
type instance struct {
	code     *module
	module   api.Module
	host     any
	memory   linearMemory
	exported engine.Memory // &memory if the module exports it, otherwise nil
	state    state
	call     callContext // of the call in progress, used again by the next
}

type state uint8

const (
	ready state = iota
	running
	ended // closed or trapped
)

// enter begins a call and returns the context for it.
func (in *instance) enter(ctx context.Context) context.Context {
	in.state = running
	in.call.Context = ctx
	return &in.call
}

// leave ends a call. One that didn't get as far as to set another state has ended the instance: it trapped, or a host
// function ended its goroutine.
func (in *instance) leave() {
	in.call.Context = nil // nothing of the caller's outlives the call
	if in.state == running {
		in.state = ended
	}
}

// Func finds a function. wazero allocates a stack of 10 KiB and more for each that is found.
func (in *instance) Func(name string) engine.Func {
	if in.state == ended {
		return nil
	}
	f := in.module.ExportedFunction(name)
	if f == nil {
		return nil
	}
	def := f.Definition()
	results := def.ResultTypes()
	if len(def.ParamTypes()) > 0 || len(results) > 1 || len(results) == 1 && results[0] != api.ValueTypeI32 {
		return nil
	}
	return &function{instance: in, wazero: f}
}

// Global finds a global.
func (in *instance) Global(name string) engine.Global {
	if in.state == ended {
		return nil
	}
	g, ok := in.module.ExportedGlobal(name).(api.MutableGlobal)
	if !ok {
		return nil
	}
	switch g.Type() {
	case api.ValueTypeI64, api.ValueTypeF64:
		return global{g, math.MaxUint64}
	case api.ValueTypeI32, api.ValueTypeF32:
		return global{g, math.MaxUint32}
	}
	return nil
}

// Memory is the exported memory.
func (in *instance) Memory() engine.Memory { return in.exported }

// Image keeps what the memory holds.
func (in *instance) Image() (engine.Image, error) {
	switch {
	case in.state == running:
		return nil, errInUse
	case in.state == ended || in.memory.freed:
		return nil, errEnded
	}
	return in.code.keep(in.memory.bytes)
}

// Close frees the instance and its memory.
func (in *instance) Close(ctx context.Context) error {
	if in.state == running {
		return errInUse
	}
	in.state = ended
	err := in.module.Close(ctx)
	in.memory.Free() // wazero has done so, as a rule
	return err
}

var (
	errInUse  = errors.New("the instance is calling a host function: it can be closed, or kept as an image, only after its call has returned")
	errEnded  = errors.New("the instance is closed, or trapped before")
	errInCall = errors.New("a host function called into the instance that was calling it")
)

// function is an exported function.
type function struct {
	instance *instance
	wazero   api.Function
	stack    [1]uint64 // the result; stays 0 if there is none
}

// Call calls the function.
func (f *function) Call(ctx context.Context) (int32, error) {
	in := f.instance
	switch {
	case in.state == running:
		return 0, &engine.TrapError{Kind: engine.TrapClosed, Err: errInCall}
	case in.state == ended || in.memory.freed: // wazero would run it, in a memory that is gone
		return 0, &engine.TrapError{Kind: engine.TrapClosed, Err: errEnded}
	}
	call := in.enter(ctx)
	defer in.leave()
	if err := ctx.Err(); err != nil {
		return 0, &engine.TrapError{Kind: engine.TrapDeadline, Err: err}
	}
	if err := f.wazero.CallWithStack(call, f.stack[:]); err != nil {
		return 0, trap(err)
	}
	in.state = ready
	return int32(uint32(f.stack[0])), nil
}

// global is a mutable global.
type global struct {
	wazero api.MutableGlobal
	bits   uint64 // that it has
}

func (g global) Get() int64  { return int64(g.wazero.Get() & g.bits) }
func (g global) Set(v int64) { g.wazero.Set(uint64(v) & g.bits) }

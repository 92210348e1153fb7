// Package engine says what a WebAssembly engine is to the host: it compiles modules, makes instances of them, calls
// their exported functions and lends them host functions. The host names no engine; each main makes one and hands it
// down. Package enginetest is the suite that every implementation passes.
package engine

import "context"

// Engine opens runtimes. It is a plain value that holds an implementation's settings, and is safe for concurrent use.
type Engine interface {
	// Name is the engine's name and mode, such as "wazero" or "wazero-interpreter".
	Name() string
	// Open starts a runtime whose modules may import funcs, and nothing else. The context bounds the opening alone.
	Open(ctx context.Context, funcs []HostFunc) (Runtime, error)
}

// Runtime compiles modules. It is safe for concurrent use.
type Runtime interface {
	// Compile validates and compiles a binary whose structure has been checked before. An error says what the engine
	// found wrong with the bytes, or that ctx ended where the engine can notice that.
	Compile(ctx context.Context, wasm []byte) (Module, error)
	// Close ends every module and instance of the runtime. No other method may be running or called afterwards.
	Close(ctx context.Context) error
}

// Module is compiled code. It is safe for concurrent use.
type Module interface {
	// Instantiate makes an instance and runs the start section, if there is one, but no exported function. A trap of
	// the start section is a *[TrapError].
	Instantiate(ctx context.Context, config InstanceConfig) (Instance, error)
	// Close frees the code. Every instance must have been closed.
	Close(ctx context.Context) error
}

// InstanceConfig is what belongs to one instance.
type InstanceConfig struct {
	// Host is handed to every host function that the instance calls.
	Host any
	// Memory is the most bytes that linear memory may reach; a growth past it answers -1. 0 means no bound but the
	// module's own.
	Memory uint64
}

// Instance is one instance of a module. It is not safe for concurrent use: one goroutine at a time calls it.
type Instance interface {
	// Func finds an exported function that takes no parameters and returns nothing or one i32. The result is nil when
	// there is none of that name. A Func is found once and kept: looking it up may be slow.
	Func(name string) Func
	// Global finds an exported mutable global of type i64; nil when there is none of that name.
	Global(name string) Global
	// Memory is the exported memory, or nil.
	Memory() Memory
	// Close frees the instance. It may be called more than once.
	Close(ctx context.Context) error
}

// Func is an exported function of one instance, to be called by one goroutine at a time.
type Func interface {
	// Call runs the function to its end and returns its result, 0 if it has none. A trap, whatever its cause, is a
	// *[TrapError], after which the instance can only be closed. Call does not allocate when nothing goes wrong.
	Call(ctx context.Context) (int32, error)
}

// Global is an exported mutable i64 global of one instance. Its methods may run between calls and inside host
// functions that the instance called, never beside a running guest.
type Global interface {
	Get() int64
	Set(int64)
}

// Memory is the linear memory of an instance, valid until the guest runs again. Only the function that reads a range
// may keep it, and only until it returns.
type Memory interface {
	// Size is the memory's present size in bytes.
	Size() uint64
	// View returns the bytes [ptr, ptr+n), sharing the guest's memory; false when the range isn't inside it.
	View(ptr, n uint32) ([]byte, bool)
}

// HostFunc is a function that the host lends to guests, as an engine-neutral value.
type HostFunc struct {
	Module string
	Name   string
	// Type is the function's type in the notation of package abi, such as "(i32, i32) -> i32".
	Type string
	// Fn does the work. Host is the instance's InstanceConfig.Host; memory is its exported memory, nil if it has none.
	// Stack holds the parameters, one slot each, with unspecified upper halves for 32-bit ones (floats as their bits),
	// and takes the result in slot 0; it has room for either. An error traps the guest, and is what the TrapError of
	// the call wraps.
	Fn func(ctx context.Context, host any, memory Memory, stack []uint64) error
}

// Package engine says what a WebAssembly engine is to the host: it compiles modules, makes instances of them, calls
// their exported functions and lends them host functions. The host names no engine; each main makes one and hands it
// down. Package enginetest is the suite that every implementation passes.
//
// Beside these words the package has the two things that every engine's user needs: [Pool], instances kept between
// calls, and [Cache], compiled code kept between runs.
package engine

import "context"

// Engine opens runtimes. It is a plain value that holds an implementation's settings, and is safe for concurrent use.
type Engine interface {
	// Name is the engine's name and mode, such as "wazero" or "wazero-interpreter".
	Name() string
	// Open starts a runtime whose modules may import funcs, and nothing else. The context bounds the opening alone.
	// It is an error when two funcs have the same name, when a type can't be read, and when the engine knows that it
	// can't be trusted here (a combination of versions with a known fault).
	Open(ctx context.Context, funcs []HostFunc) (Runtime, error)
}

// Runtime compiles modules. It is safe for concurrent use.
type Runtime interface {
	// Compile validates and compiles a binary whose structure has been checked before. An error says what the engine
	// found wrong with the bytes, or that ctx ended where the engine can notice that: most can't once they have begun.
	Compile(ctx context.Context, wasm []byte) (Module, error)
	// Close ends every module and instance of the runtime. No other method may be running or called afterwards, and no
	// guest may be running.
	Close(ctx context.Context) error
}

// Recaller is a [Runtime] that tells code which it has in its cache from code that it has to compile.
type Recaller interface {
	// Recall is Compile for the former, and false for anything else. It takes little time and memory beside compiling, so
	// that callers need not take turns.
	Recall(ctx context.Context, wasm []byte) (Module, bool)
}

// Module is compiled code. It is safe for concurrent use.
type Module interface {
	// Instantiate makes an instance and runs the start section, if there is one, but no exported function. A data
	// segment outside the memory and a trap of the start section are a *[TrapError]; an initial memory over
	// InstanceConfig.Memory is a *[MemoryError]; an import that the runtime doesn't have, and an image of another module,
	// are plain errors.
	Instantiate(ctx context.Context, config InstanceConfig) (Instance, error)
	// Close frees the code, and the images of its instances' memories. Every instance must have been closed.
	Close(ctx context.Context) error
}

// InstanceConfig is what belongs to one instance.
type InstanceConfig struct {
	// Host is handed to every host function that the instance calls.
	Host any
	// Memory is the most bytes that linear memory may reach; a growth past it answers -1. 0 means no bound but the
	// module's own.
	Memory uint64
	// Image is what the memory holds to begin with, instead of the module's data segments, and how large it is. It is of
	// an instance of the same module; nil is none.
	Image Image
}

// Image is a memory as it was at one moment, kept by the engine for instances to begin with. It takes no more than the
// memory did, is safe for concurrent use, and lasts until its module is closed.
type Image any

// Instance is one instance of a module. It is not safe for concurrent use: one goroutine at a time calls it, and a
// host function doesn't call into the instance that called it.
type Instance interface {
	// Func finds an exported function that takes no parameters and returns nothing or one i32. The result is nil when
	// there is none of that name and type. A Func is found once and kept: looking it up may be slow.
	Func(name string) Func
	// Global finds an exported mutable global that is a number; nil when there is none of that name and type.
	Global(name string) Global
	// Memory is the exported memory, or nil.
	Memory() Memory
	// Image keeps what the memory holds now, between calls. The error is [errors.ErrUnsupported] where the engine has no
	// way to begin with an image, on this system, that is quicker than to begin anew; any other says what it lacked.
	Image() (Image, error)
	// Close frees the instance, its memory included. It may be called more than once, but not by a host function that
	// the instance is calling: that is an error, and closes nothing.
	Close(ctx context.Context) error
}

// Func is an exported function of one instance, to be called by one goroutine at a time.
type Func interface {
	// Call runs the function to its end and returns its result, 0 if it has none. Whatever else happens is a
	// *[TrapError], after which the instance can only be closed: further calls are refused with [TrapClosed]. A call
	// whose context has ended doesn't begin, and is a [TrapDeadline]. Whether an engine stops a guest that is running
	// when the context ends, and whether Call allocates, is the engine's to say.
	Call(ctx context.Context) (int32, error)
}

// Global is an exported mutable global of one instance. What Get returns and Set takes are its bits, of a 32-bit type the
// low half; Get's high half is 0 then. Its methods may run between calls and inside host functions that the instance
// called, never beside a running guest and not after Close.
type Global interface {
	Get() int64
	Set(int64)
}

// Memory is the linear memory of an instance. Its methods may run between calls and inside host functions that the
// instance called, never beside a running guest.
type Memory interface {
	// Size is the memory's present size in bytes, 0 once the instance is closed.
	Size() uint64
	// View returns the bytes [ptr, ptr+n), sharing the guest's memory; false when the range isn't inside it. The view
	// is valid until the guest runs again or the instance is closed, and reading it afterwards may crash the program:
	// only the function that asked for it may hold it, and only until it returns.
	View(ptr, n uint32) ([]byte, bool)
}

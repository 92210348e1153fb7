package engine

import "fmt"

// TrapKind is why a call into a guest ended abnormally.
type TrapKind string

// The kinds, in words that errors show.
const (
	TrapUnreachable   TrapKind = "unreachable"
	TrapOutOfBounds   TrapKind = "out of bounds memory access"
	TrapTable         TrapKind = "invalid table access"
	TrapIndirectType  TrapKind = "indirect call type mismatch"
	TrapDivideByZero  TrapKind = "integer divide by zero"
	TrapOverflow      TrapKind = "integer overflow"
	TrapConversion    TrapKind = "invalid conversion to integer"
	TrapStackOverflow TrapKind = "stack overflow"
	TrapDeadline      TrapKind = "stopped"       // the engine itself stopped the call because its context ended
	TrapHost          TrapKind = "host function" // a host function returned the error that is wrapped, or panicked
	TrapClosed        TrapKind = "refused"       // a call into an instance that is closed, has trapped, or is in a call
	TrapOther         TrapKind = "other"
)

// TrapError is a call into a guest that ended abnormally. The instance can only be closed.
type TrapError struct {
	Kind TrapKind
	// Err is the host function's error for TrapHost, the context's for TrapDeadline, otherwise the engine's words where
	// they say more than Kind, or nil.
	Err error
	// Stack is the guest's call stack as the engine tells it, innermost first, one function a line, for the guest's
	// author. It may be empty or cut, and holds names that the guest chose: escape it before showing it.
	Stack string
}

// Error says the kind, or for TrapHost the host function's own words. It leaves Stack out.
func (e *TrapError) Error() string {
	switch {
	case e.Err == nil:
		return "trap: " + string(e.Kind)
	case e.Kind == TrapHost:
		return e.Err.Error()
	}
	return fmt.Sprintf("trap: %s: %v", e.Kind, e.Err)
}

// Unwrap returns Err.
func (e *TrapError) Unwrap() error { return e.Err }

// MemoryError is a module that was not instantiated because its memory begins larger than InstanceConfig.Memory.
type MemoryError struct {
	Need  uint64 // bytes that the module begins with
	Limit uint64 // bytes that InstanceConfig.Memory allows
}

// Error gives both sizes.
func (e *MemoryError) Error() string {
	return fmt.Sprintf("the module begins with %d bytes of memory, more than its limit of %d: raise the memory limit or build the module for less",
		e.Need, e.Limit)
}

// PanicError is a panic of a host function: a fault of the host, not of the guest. It arrives in a TrapError of kind
// TrapHost.
type PanicError struct {
	Func  string // import module and name, such as "solti.log"
	Value any    // what the function panicked with
	Stack []byte // the panicking goroutine's stack, as debug.Stack gives it
}

// Error names the function and the value that it panicked with.
func (e *PanicError) Error() string {
	return fmt.Sprintf("host function %s panicked: %v", e.Func, e.Value)
}

// Unwrap returns the panic's value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

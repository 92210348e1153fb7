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
	TrapDeadline      TrapKind = "deadline exceeded" // the engine itself stopped the call because its context ended
	TrapHost          TrapKind = "host function"     // a host function returned the error that is wrapped
	TrapOther         TrapKind = "other"
)

// TrapError is a call into a guest that ended abnormally. The instance can only be closed.
type TrapError struct {
	Kind TrapKind
	Err  error // the host function's error for TrapHost, otherwise the engine's own, or nil
}

// Error says the kind, or for TrapHost the host function's own words.
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

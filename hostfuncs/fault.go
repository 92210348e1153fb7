package hostfuncs

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"strings"
	"time"

	"github.com/soltihq/soltiwasm/abi"
)

// Fault is a guest that broke the rules of a host function. It traps.
type Fault struct {
	Function string // the host function, such as "spec_get"
	Message  string // what was wrong; text of the guest in it is escaped and cut
}

// Error is the function's name and the message.
func (e *Fault) Error() string { return e.Function + ": " + e.Message }

// faultf makes a Fault whose message is escaped, since it may quote the guest.
func faultf(function, format string, args ...any) *Fault {
	var out []byte
	out, _ = appendEscaped(out, fmt.Sprintf(format, args...), abi.MaxMessage)
	return &Fault{Function: function, Message: string(out)}
}

// TextError is a guest that gave bytes that are not UTF-8 where the ABI wants text. It traps.
type TextError struct {
	Function string
	Offset   int // of the first byte at fault, in what was given
}

// Error names the function and the place.
func (e *TextError) Error() string {
	return fmt.Sprintf("%s: not valid UTF-8 at byte %d", e.Function, e.Offset)
}

// PhaseError is a host function that was called out of phase. It traps.
type PhaseError struct {
	Function string
	Phase    abi.Phase // what the host was calling; 0 when it was between calls
	Allowed  abi.Phase // the set of phases that may call the function
}

// Error names the function, the phase, and the phases that the function is for.
func (e *PhaseError) Error() string {
	var allowed []string
	for p := abi.PhaseStart; p <= abi.PhaseRun; p <<= 1 {
		if e.Allowed&p != 0 {
			allowed = append(allowed, p.String())
		}
	}
	list := strings.Join(allowed, ", ")
	if n := len(allowed); n > 1 {
		list = strings.Join(allowed[:n-1], ", ") + " and " + allowed[n-1]
	}
	return fmt.Sprintf("%s may not be called during %s; it may be called during %s", e.Function, e.Phase, list)
}

// LimitError is a guest that met a limit whose breach traps.
type LimitError struct {
	Function string
	Limit    string // the limit's name, as operators write it, such as "reply"
	Value    int64  // the limit, in bytes
	Got      int64  // what the guest asked for, in bytes
}

// Error names the limit and its value, and says how to raise it.
func (e *LimitError) Error() string {
	return fmt.Sprintf("%s: %d bytes are over the limit %s=%s; raise it with --limit %s=%s, or limits.%s in the module's sidecar",
		e.Function, e.Got, e.Limit, size(e.Value), e.Limit, size(enough(e.Got)), e.Limit)
}

// size writes a number of bytes as operators do.
func size(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%dMiB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%dKiB", n>>10)
	}
	return fmt.Sprint(n)
}

// enough is the power of two that has room for n bytes, and at least 1 KiB. N is at most 2^32, a guest's length.
func enough(n int64) int64 { return max(1<<10, int64(1)<<bits.Len64(uint64(n-1))) }

// ExitError is a guest that called proc_exit. Within run it is how the task ended; elsewhere it is a guest's fault.
type ExitError struct {
	Code uint32
}

// Error says the exit code.
func (e *ExitError) Error() string {
	return fmt.Sprintf("proc_exit: the guest exited with code %d", e.Code)
}

// InterruptError is a call into a guest that was ended inside a host function, because the deadline of [Call] passed or
// the context ended. It wraps [context.DeadlineExceeded] or the context's cause.
type InterruptError struct {
	Function string
	Phase    abi.Phase
	Limit    time.Duration // how long the call was allowed to take, as [Call] says; 0 if that said only when it had to end
	Err      error
}

// Error says which call was ended, where, and why.
func (e *InterruptError) Error() string {
	if errors.Is(e.Err, context.DeadlineExceeded) {
		return fmt.Sprintf("%s: the time for %s is over", e.Function, e.Phase)
	}
	return fmt.Sprintf("%s: %s was interrupted: %v", e.Function, e.Phase, e.Err)
}

// Unwrap returns Err.
func (e *InterruptError) Unwrap() error { return e.Err }

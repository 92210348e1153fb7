package sandbox

import "math"

// The names of what the meter adds to a module. A module that imports or exports them itself is refused.
const (
	ImportModule = "soltiwasm:meter" // module of the one function that a metered module imports
	YieldImport  = "yield"           // its name
	YieldType    = "(i64) -> i64"    // its type
	FuelExport   = "soltiwasm:fuel"  // a mutable i64 global: the fuel that is left until the next yield; see StateExport, too
)

// MeterVersion changes with everything that changes the bytes that Protect makes, or the fuel that they use. It
// belongs into the keys of caches of either.
const MeterVersion = 7

// StackExhausted is the argument of a yield that tells that the call has used up its stack. The call can't go on: it
// traps as unreachable if the host returns.
const StackExhausted = math.MinInt64

// Protected is a module that can always be stopped.
type Protected struct {
	Wasm   []byte  // the metered module
	Module *Module // what was found in the original
	Stack  int64   // bytes of stack that a call may use, by the meter's estimate
	Memory int64   // bytes that the linear memory can reach
}

// Protect inspects a module and writes fuel and bounds into it. An error is an [*Error] and tells why the module is
// refused. The module's custom sections are left out, since engines read some of them and trust what they find.
//
// The limit Memory is divided: an eighth is for the stack, of which the meter lets a call use half by an estimate from
// above, because engines grow stacks by doubling them; tables get 8 bytes for each entry that they begin with, and, in
// a module that grows tables, a 32nd to grow; all else is for linear memory. These sizes are written into the module as
// the maxima of its memory and tables. A memory or table that it imports must not have a larger one.
//
// Protect takes time and memory linear in the module's size. The result does not share memory with wasm, except for
// its Module.
func Protect(wasm []byte, limits Limits) (*Protected, error) {
	m, err := Inspect(wasm, limits)
	if err != nil {
		return nil, err
	}
	b, refusal := divide(m, limits.Memory)
	if refusal != nil {
		return nil, refusal
	}
	r := rewriter{module: m, budget: b, added: newAdditions(m, b)}
	r.buf = wasm
	return &Protected{Wasm: r.rewrite(), Module: m, Stack: b.stack, Memory: int64(b.pages) * pageBytes}, nil
}

package engine

import (
	"context"
	"fmt"
	"strings"
)

// HostFunc is a function that the host lends to guests, as an engine-neutral value.
type HostFunc struct {
	Module string
	Name   string
	// Type is the function's type in the notation that [ParseFuncType] reads, such as "(i32, i32) -> i32".
	Type string
	// Fn does the work, on the goroutine that called the guest. Ctx is the context of that call. Host is the instance's
	// InstanceConfig.Host; memory is its exported memory, nil if it has none. Stack holds the parameters, one slot each,
	// with unspecified upper halves for 32-bit ones (floats as their bits), and takes the result in slot 0; it has room
	// for either. An error traps the guest, and is what the TrapError of the call wraps; so does a panic, as a
	// *[PanicError].
	Fn func(ctx context.Context, host any, memory Memory, stack []uint64) error
}

// ValueType is a type of a host function's parameter or result.
type ValueType string

// The types that a host function may have.
const (
	I32 ValueType = "i32"
	I64 ValueType = "i64"
	F32 ValueType = "f32"
	F64 ValueType = "f64"
)

// FuncType is the type of a host function.
type FuncType struct {
	Params []ValueType
	Result ValueType // empty for none
}

// String writes the type as ParseFuncType reads it.
func (t FuncType) String() string {
	params := make([]string, len(t.Params))
	for i, p := range t.Params {
		params[i] = string(p)
	}
	result := string(t.Result)
	if result == "" {
		result = "()"
	}
	return "(" + strings.Join(params, ", ") + ") -> " + result
}

// ParseFuncType reads a type as package abi writes it: parameters in parentheses, divided by a comma and a space, an
// arrow, and one result or "()". There is one spelling for each type, so that types can be compared as text.
func ParseFuncType(s string) (FuncType, error) {
	fail := func(what string) (FuncType, error) {
		return FuncType{}, fmt.Errorf("function type %q: %s; expected the form of \"(i32, f64) -> i32\" or \"() -> ()\"", s, what)
	}
	params, result, ok := strings.Cut(s, ") -> ")
	if !ok || !strings.HasPrefix(params, "(") {
		return fail("no parameters, arrow and result")
	}
	var t FuncType
	if params = params[1:]; params != "" {
		for p := range strings.SplitSeq(params, ", ") {
			if !isValueType(p) {
				return fail(fmt.Sprintf("unknown parameter type %q", p))
			}
			t.Params = append(t.Params, ValueType(p))
		}
	}
	if result != "()" {
		if !isValueType(result) {
			return fail(fmt.Sprintf("unknown result type %q", result))
		}
		t.Result = ValueType(result)
	}
	return t, nil
}

func isValueType(s string) bool {
	switch ValueType(s) {
	case I32, I64, F32, F64:
		return true
	}
	return false
}

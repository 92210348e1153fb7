package wasmtime

import (
	"context"
	"fmt"
	"math"
	"runtime/debug"

	wt "github.com/bytecodealliance/wasmtime-go/v37"

	"github.com/soltihq/soltiwasm/engine"
)

// hostFunc is one host function in Wasmtime's terms.
type hostFunc struct {
	fullName string // for errors
	result   engine.ValueType
	wasmtime *wt.FuncType
	slots    int // of the stack
	fn       func(ctx context.Context, host any, memory engine.Memory, stack []uint64) error
}

// importName is what a module imports a function by.
type importName struct{ module, name string }

// readHostFuncs checks host functions.
func readHostFuncs(funcs []engine.HostFunc) (map[importName]*hostFunc, error) {
	hosts := make(map[importName]*hostFunc)
	for _, f := range funcs {
		fullName := f.Module + "." + f.Name
		if f.Module == "" || f.Fn == nil {
			return nil, fmt.Errorf("host function %q: it needs an import module and a Fn", fullName)
		}
		name := importName{f.Module, f.Name}
		if hosts[name] != nil {
			return nil, fmt.Errorf("host function %q is given twice", fullName)
		}
		t, err := engine.ParseFuncType(f.Type)
		if err != nil {
			return nil, fmt.Errorf("host function %q: %w", fullName, err)
		}
		wasmtime := funcType(t)
		// Asked for here first: wt.NewFunc asks too, for instances that are made at the same time, and Wasmtime keeps the
		// first answer without a lock.
		wasmtime.Results()
		hosts[name] = &hostFunc{fullName: fullName, result: t.Result, wasmtime: wasmtime, slots: max(len(t.Params), 1), fn: f.Fn}
	}
	return hosts, nil
}

func funcType(t engine.FuncType) *wt.FuncType {
	var params, results []*wt.ValType
	for _, p := range t.Params {
		params = append(params, valType(p))
	}
	if t.Result != "" {
		results = append(results, valType(t.Result))
	}
	return wt.NewFuncType(params, results)
}

func valType(t engine.ValueType) *wt.ValType {
	switch t {
	case engine.I64:
		return wt.NewValType(wt.KindI64)
	case engine.F32:
		return wt.NewValType(wt.KindF32)
	case engine.F64:
		return wt.NewValType(wt.KindF64)
	}
	return wt.NewValType(wt.KindI32)
}

// bind makes the function known to an instance's store. What it returns to Wasmtime is read before the guest runs on, so
// that the slices are used again.
func (f *hostFunc) bind(in *instance) *wt.Func {
	stack := make([]uint64, f.slots)
	var results []wt.Val
	if f.result != "" {
		results = make([]wt.Val, 1)
	}
	return wt.NewFunc(in.store, f.wasmtime, func(caller *wt.Caller, params []wt.Val) ([]wt.Val, *wt.Trap) {
		in.memory.bytes = nil // the guest may have grown it
		in.memory.find(caller)
		for i, p := range params {
			stack[i] = slot(p)
		}
		if err := f.run(in, stack); err != nil {
			in.failure = err
			return nil, wt.NewTrap("host function")
		}
		if results != nil {
			results[0] = f.val(stack[0])
		}
		return results, nil
	})
}

// run calls the function. A panic must not reach Wasmtime's frames.
func (f *hostFunc) run(in *instance, stack []uint64) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &engine.PanicError{Func: f.fullName, Value: p, Stack: debug.Stack()}
		}
	}()
	return f.fn(in.ctx, in.host, in.Memory(), stack)
}

// slot is a value as a host function takes it.
func slot(v wt.Val) uint64 {
	switch v.Kind() {
	case wt.KindI64:
		return uint64(v.I64())
	case wt.KindF32:
		return uint64(math.Float32bits(v.F32()))
	case wt.KindF64:
		return math.Float64bits(v.F64())
	}
	return uint64(uint32(v.I32()))
}

// val is a host function's result as Wasmtime takes it.
func (f *hostFunc) val(slot uint64) wt.Val {
	switch f.result {
	case engine.I64:
		return wt.ValI64(int64(slot))
	case engine.F32:
		return wt.ValF32(math.Float32frombits(uint32(slot)))
	case engine.F64:
		return wt.ValF64(math.Float64frombits(slot))
	}
	return wt.ValI32(int32(uint32(slot)))
}

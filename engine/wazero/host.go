package wazero

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	wz "github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/soltihq/soltiwasm/engine"
)

// hostModule is the host functions of one import module. Building it costs some 5 µs a function, and many guests need
// only few, so that is put off until a guest asks.
type hostModule struct {
	name  string
	funcs []*hostFunc

	mu    sync.Mutex
	built bool
}

// hostFunc is one host function in wazero's terms.
type hostFunc struct {
	name            string
	params, results []api.ValueType
	fullName        string // for errors
	fn              func(ctx context.Context, host any, memory engine.Memory, stack []uint64) error
}

// groupByModule checks host functions and sorts them by import module.
func groupByModule(funcs []engine.HostFunc) (map[string]*hostModule, error) {
	hosts := make(map[string]*hostModule)
	seen := make(map[[2]string]bool)
	for _, f := range funcs {
		fullName := f.Module + "." + f.Name
		if f.Module == "" || f.Fn == nil {
			return nil, fmt.Errorf("host function %q: it needs an import module and a Fn", fullName)
		}
		if key := [2]string{f.Module, f.Name}; seen[key] {
			return nil, fmt.Errorf("host function %q is given twice", fullName)
		} else {
			seen[key] = true
		}
		t, err := engine.ParseFuncType(f.Type)
		if err != nil {
			return nil, fmt.Errorf("host function %q: %w", fullName, err)
		}
		h := &hostFunc{name: f.Name, fullName: fullName, fn: f.Fn}
		for _, p := range t.Params {
			h.params = append(h.params, valueType(p))
		}
		if t.Result != "" {
			h.results = append(h.results, valueType(t.Result))
		}
		if hosts[f.Module] == nil {
			hosts[f.Module] = &hostModule{name: f.Module}
		}
		hosts[f.Module].funcs = append(hosts[f.Module].funcs, h)
	}
	return hosts, nil
}

func valueType(t engine.ValueType) api.ValueType {
	switch t {
	case engine.I64:
		return api.ValueTypeI64
	case engine.F32:
		return api.ValueTypeF32
	case engine.F64:
		return api.ValueTypeF64
	}
	return api.ValueTypeI32
}

// build makes the module known to a runtime, once.
func (m *hostModule) build(ctx context.Context, r wz.Runtime) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.built {
		return nil
	}
	b := r.NewHostModuleBuilder(m.name)
	for _, f := range m.funcs {
		b.NewFunctionBuilder().WithGoModuleFunction(f, f.params, f.results).Export(f.name)
	}
	if _, err := b.Instantiate(ctx); err != nil {
		return fmt.Errorf("host module %q: %s", m.name, words(err))
	}
	m.built = true
	return nil
}

// Call is called by wazero when a guest calls the function. Only a panic can tell wazero of an error.
func (f *hostFunc) Call(ctx context.Context, _ api.Module, stack []uint64) {
	c := ctx.Value(callKey{}).(*callContext)
	if err := f.run(c, stack); err != nil {
		panic(&hostError{err})
	}
}

func (f *hostFunc) run(c *callContext, stack []uint64) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &engine.PanicError{Func: f.fullName, Value: p, Stack: debug.Stack()}
		}
	}()
	return f.fn(c.Context, c.instance.host, c.instance.exported, stack)
}

// hostError carries a host function's error through wazero, which formats what it passes on: hence the empty text.
type hostError struct{ err error }

func (*hostError) Error() string { return "" }

// callKey is the context key under which a host function finds the call that it belongs to.
type callKey struct{}

// callContext is the context of a call into a guest: the caller's, and the way from wazero back to the instance.
type callContext struct {
	context.Context
	instance *instance
}

// Value answers wazero, which asks in each call for what only its experimental features put there: looking that up in the
// caller's context would cost more the deeper that is. Host functions get the caller's own.
func (c *callContext) Value(key any) any {
	if _, ok := key.(callKey); ok {
		return c
	}
	return nil
}

package crosscheck

import (
	"context"
	"fmt"
	"slices"

	"github.com/soltihq/soltiwasm/engine"
)

// Func finds the function in every instance.
func (in *instance) Func(name string) engine.Func {
	if in.state == ended {
		return nil
	}
	f := &function{instance: in, name: name}
	found := 0
	for _, one := range in.instances {
		g := one.Func(name)
		if g != nil {
			found++
		}
		f.funcs = append(f.funcs, g)
	}
	if found == 0 {
		return nil
	}
	return f
}

// function is an exported function of every instance. Where one engine has none, it is nil.
type function struct {
	instance *instance
	name     string
	funcs    []engine.Func
}

// Call calls the function with every engine.
func (f *function) Call(ctx context.Context) (int32, error) {
	in := f.instance
	switch in.state {
	case running:
		return 0, &engine.TrapError{Kind: engine.TrapClosed, Err: errInCall}
	case ended:
		return 0, &engine.TrapError{Kind: engine.TrapClosed, Err: errEnded}
	}
	in.mirror()
	what := fmt.Sprintf("the call of %q", f.name)
	n, err := in.conduct(ctx, what, func(ctx context.Context, i int) (int32, error) {
		if f.funcs[i] == nil {
			return 0, fmt.Errorf("there is no function %q", f.name)
		}
		return f.funcs[i].Call(ctx)
	})
	if d, ok := err.(*Difference); ok {
		return 0, &engine.TrapError{Kind: engine.TrapOther, Err: d}
	}
	return n, err
}

// Global finds the global in every instance.
func (in *instance) Global(name string) engine.Global {
	if in.state == ended {
		return nil
	}
	if at := slices.IndexFunc(in.globals, func(g *global) bool { return g.name == name }); at >= 0 {
		return in.globals[at]
	}
	g := &global{instance: in, name: name}
	for _, one := range in.instances {
		found := one.Global(name)
		if found == nil {
			return nil
		}
		g.globals = append(g.globals, found)
	}
	in.globals = append(in.globals, g)
	return g
}

// global is a mutable i64 global of every instance.
type global struct {
	instance *instance
	name     string
	globals  []engine.Global
}

// Get is what the first engine has; that the others have the same is checked after each call.
func (g *global) Get() int64 {
	v := g.globals[0].Get()
	if c := g.instance.current; c != nil {
		c.add(event{kind: sawGlobal, global: g, value: v})
	}
	return v
}

// Set sets it in every engine, in others than the first when they get there.
func (g *global) Set(v int64) {
	if c := g.instance.current; c != nil {
		g.globals[0].Set(v)
		c.add(event{kind: setGlobal, global: g, value: v})
		return
	}
	for _, one := range g.globals {
		one.Set(v)
	}
}

package enginetest_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/enginetest"
	"github.com/soltihq/soltiwasm/engine/wazero"
)

// faults are ways in which an engine could break its promises, each with the group of the suite that has to notice.
var faults = map[string]struct {
	group string
	make  func(*faulty)
}{
	"accepts types it can't read": {"open", func(f *faulty) { f.ignoreTypes = true }},
	"compiles anything":           {"compile", func(f *faulty) { f.compileAnything = true }},
	"starts late in a context": {"life", func(f *faulty) {
		f.call = func(ctx context.Context, c engine.Func) (int32, error) { return c.Call(context.WithoutCancel(ctx)) }
	}},
	"hides the call's context": {"host", func(f *faulty) {
		f.call = func(_ context.Context, c engine.Func) (int32, error) { return c.Call(context.Background()) }
	}},
	"swallows traps": {"traps", func(f *faulty) {
		f.call = func(ctx context.Context, c engine.Func) (int32, error) { n, _ := c.Call(ctx); return n, nil }
	}},
	"has one kind of trap": {"traps", func(f *faulty) {
		f.call = func(ctx context.Context, c engine.Func) (int32, error) {
			n, err := c.Call(ctx)
			if err != nil {
				err = &engine.TrapError{Kind: engine.TrapUnreachable}
			}
			return n, err
		}
	}},
	"keeps a host error's words only": {"host", func(f *faulty) {
		f.call = func(ctx context.Context, c engine.Func) (int32, error) {
			n, err := c.Call(ctx)
			if err != nil {
				err = &engine.TrapError{Kind: engine.TrapHost, Err: errors.New(err.Error())}
			}
			return n, err
		}
	}},
	"drops results": {"exports", func(f *faulty) {
		f.call = func(ctx context.Context, c engine.Func) (int32, error) { _, err := c.Call(ctx); return 0, err }
	}},
	"calls twice": {"host", func(f *faulty) {
		f.call = func(ctx context.Context, c engine.Func) (int32, error) { _, _ = c.Call(ctx); return c.Call(ctx) }
	}},
	"forgets the limit": {"memory", func(f *faulty) { f.config = func(c *engine.InstanceConfig) { c.Memory = 0 } }},
	"loses a page":      {"memory", func(f *faulty) { f.config = func(c *engine.InstanceConfig) { c.Memory -= min(c.Memory, 1<<16) } }},
	"views past the end": {"memory", func(f *faulty) {
		f.view = func(m engine.Memory, ptr, n uint32) ([]byte, bool) { return m.View(ptr, n-min(n, 1)) }
	}},
	"overflows in a view": {"memory", func(f *faulty) {
		f.view = func(m engine.Memory, ptr, n uint32) ([]byte, bool) {
			b, _ := m.View(0, 0)
			return b, uint64(ptr+n) <= m.Size()
		}
	}},
	"forgets the image":    {"image", func(f *faulty) { f.config = func(c *engine.InstanceConfig) { c.Image = nil } }},
	"shares one instance":  {"memory", func(f *faulty) { f.share = true }},
	"skips start sections": {"start", func(f *faulty) { f.config = func(c *engine.InstanceConfig) { c.Host = nil } }},
}

const faultVariable = "ENGINETEST_FAULT"

// TestFaultsAreNoticed runs the suite against each faulty engine, in a process of its own since the suite must fail there.
func TestFaultsAreNoticed(t *testing.T) {
	if name := os.Getenv(faultVariable); name != "" {
		f := &faulty{Engine: wazero.Engine{}}
		faults[name].make(f)
		enginetest.Run(t, f)
		return
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestFaultsAreNoticed$/^"+fault.group+"$")
			cmd.Env = append(os.Environ(), faultVariable+"="+name)
			out, err := cmd.CombinedOutput()
			if err == nil {
				t.Errorf("the suite passes an engine that %s", name)
			} else if !strings.Contains(string(out), "--- FAIL") {
				t.Errorf("the suite didn't run: %v: %s", err, out)
			}
		})
	}
}

// faulty is an engine with faults.
type faulty struct {
	engine.Engine
	ignoreTypes     bool
	compileAnything bool
	share           bool
	call            func(context.Context, engine.Func) (int32, error)
	config          func(*engine.InstanceConfig)
	view            func(m engine.Memory, ptr, n uint32) ([]byte, bool)
}

type faultyRuntime struct {
	engine.Runtime
	*faulty
}

type faultyModule struct {
	engine.Module
	*faulty
	only engine.Instance
}

type faultyInstance struct {
	engine.Instance
	*faulty
}

type faultyFunc struct {
	engine.Func
	*faulty
}

type faultyMemory struct {
	engine.Memory
	*faulty
}

func (f *faulty) Open(ctx context.Context, funcs []engine.HostFunc) (engine.Runtime, error) {
	if f.ignoreTypes {
		for i := range funcs {
			if _, err := engine.ParseFuncType(funcs[i].Type); err != nil {
				funcs[i].Type = "() -> ()"
			}
		}
	}
	r, err := f.Engine.Open(ctx, funcs)
	return faultyRuntime{r, f}, err
}

func (r faultyRuntime) Compile(ctx context.Context, wasm []byte) (engine.Module, error) {
	m, err := r.Runtime.Compile(ctx, wasm)
	if err != nil && r.compileAnything && ctx.Err() == nil {
		m, err = r.Runtime.Compile(ctx, []byte("\x00asm\x01\x00\x00\x00"))
	}
	return &faultyModule{Module: m, faulty: r.faulty}, err
}

func (m *faultyModule) Instantiate(ctx context.Context, config engine.InstanceConfig) (engine.Instance, error) {
	if m.share && m.only != nil {
		return m.only, nil
	}
	if m.faulty.config != nil {
		m.faulty.config(&config)
	}
	in, err := m.Module.Instantiate(ctx, config)
	if err != nil {
		return nil, err
	}
	m.only = faultyInstance{in, m.faulty}
	return m.only, nil
}

func (in faultyInstance) Func(name string) engine.Func {
	f := in.Instance.Func(name)
	if f == nil || in.call == nil {
		return f
	}
	return faultyFunc{f, in.faulty}
}

func (f faultyFunc) Call(ctx context.Context) (int32, error) { return f.call(ctx, f.Func) }

func (in faultyInstance) Memory() engine.Memory {
	m := in.Instance.Memory()
	if m == nil || in.view == nil {
		return m
	}
	return faultyMemory{m, in.faulty}
}

func (m faultyMemory) View(ptr, n uint32) ([]byte, bool) { return m.view(m.Memory, ptr, n) }

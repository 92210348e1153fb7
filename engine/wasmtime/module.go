package wasmtime

import (
	"context"
	"errors"
	"fmt"

	wt "github.com/bytecodealliance/wasmtime-go/v37"

	"github.com/soltihq/soltiwasm/engine"
)

// module is one compiled module.
type module struct {
	runtime  *runtime
	compiled *wt.Module
	imports  []importName
	exports  map[string]exportKind

	memoryName *string // of the exported memory, nil if there is none
	memory     uint64  // bytes that the memory begins with
}

// exportKind is what an export is good for.
type exportKind uint8

const (
	exportOther  exportKind = iota
	exportFunc              // without parameters, and with no result or one i32
	exportGlobal            // mutable, a number
	exportMemory
)

// newModule reads what the module imports and exports, once: Wasmtime makes new objects for each answer.
func newModule(r *runtime, compiled *wt.Module, wasm []byte) *module {
	m := &module{runtime: r, compiled: compiled, exports: make(map[string]exportKind), memory: firstMemory(wasm)}
	for _, e := range compiled.Exports() {
		name, kind := e.Name(), kindOfExport(e.Type())
		m.exports[name] = kind
		if kind == exportMemory {
			m.memoryName = &name
		}
	}
	for _, i := range compiled.Imports() {
		name := importName{module: i.Module()}
		if i.Name() != nil {
			name.name = *i.Name()
		}
		m.imports = append(m.imports, name)
	}
	return m
}

func kindOfExport(t *wt.ExternType) exportKind {
	if f := t.FuncType(); f != nil {
		results := f.Results()
		if len(f.Params()) == 0 && (len(results) == 0 || len(results) == 1 && results[0].Kind() == wt.KindI32) {
			return exportFunc
		}
	}
	if g := t.GlobalType(); g != nil && g.Mutable() {
		switch g.Content().Kind() {
		case wt.KindI32, wt.KindI64, wt.KindF32, wt.KindF64:
			return exportGlobal
		}
	}
	if t.MemoryType() != nil {
		return exportMemory
	}
	return exportOther
}

// Instantiate makes an instance in a store of its own.
func (m *module) Instantiate(ctx context.Context, config engine.InstanceConfig) (engine.Instance, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if config.Image != nil {
		return nil, errors.New("instantiate: the image to begin with is of another module")
	}
	if config.Memory > 0 && m.memory > config.Memory {
		return nil, fmt.Errorf("instantiate: %w", &engine.MemoryError{Need: m.memory, Limit: config.Memory})
	}
	in := newInstance(m, config)
	imports := make([]wt.AsExtern, len(m.imports))
	for i, name := range m.imports {
		host := m.runtime.hosts[name]
		if host == nil {
			in.free()
			return nil, fmt.Errorf("instantiate: the host doesn't lend %q of module %q, which the module imports",
				clean(name.name), clean(name.module))
		}
		imports[i] = host.bind(in)
	}
	if err := in.start(ctx, imports); err != nil {
		in.free()
		return nil, err
	}
	m.runtime.mu.Lock()
	defer m.runtime.mu.Unlock()
	m.runtime.instances[in] = struct{}{}
	return in, nil
}

// start makes the instance of Wasmtime, which runs the start section.
func (in *instance) start(ctx context.Context, imports []wt.AsExtern) (err error) {
	in.enter(ctx)
	defer in.leave()
	if in.wasmtime, err = wt.NewInstance(in.store, in.module.compiled, imports); err != nil {
		var trap *wt.Trap
		if errors.As(err, &trap) || in.failure != nil {
			return instantiateError(in.trap(err))
		}
		return fmt.Errorf("instantiate: %s", words(err))
	}
	if name := in.module.memoryName; name != nil {
		in.memory.wasmtime = in.wasmtime.GetExport(in.store, *name).Memory()
	}
	in.state = ready
	return nil
}

// instantiateError says where an instance trapped that was being made. A segment outside the memory or table traps without
// a function on the stack.
func instantiateError(t *engine.TrapError) error {
	if t.Stack == "" && (t.Kind == engine.TrapOutOfBounds || t.Kind == engine.TrapTable) {
		return fmt.Errorf("instantiate: a segment: %w", t)
	}
	return fmt.Errorf("instantiate: start section: %w", t)
}

// Close frees the code.
func (m *module) Close(context.Context) error {
	m.runtime.mu.Lock()
	defer m.runtime.mu.Unlock()
	m.compiled.Close()
	delete(m.runtime.modules, m)
	return nil
}

const (
	memorySection = 5
	pageBytes     = 1 << 16
)

// firstMemory reads how many bytes the memory of a valid module begins with, since Wasmtime tells that of exported
// memories alone. A module without memory begins with none.
func firstMemory(wasm []byte) uint64 {
	rest := wasm[min(8, len(wasm)):]
	for len(rest) > 0 {
		id := rest[0]
		size, body := varint(rest[1:])
		if id != memorySection {
			rest = body[min(size, uint64(len(body))):]
			continue
		}
		count, limits := varint(body)
		if count == 0 || len(limits) == 0 {
			return 0
		}
		pages, _ := varint(limits[1:]) // behind the flags
		return pages * pageBytes
	}
	return 0
}

// varint reads an unsigned LEB128 number of a valid module, and returns what follows it.
func varint(b []byte) (n uint64, rest []byte) {
	for i, c := range b[:min(5, len(b))] {
		n |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			return n, b[i+1:]
		}
	}
	return n, nil
}

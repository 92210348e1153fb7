package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/sandbox"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// errCut ends a call that uses more fuel than a test waits for.
var errCut = errors.New("cut short by the test")

// machine runs modules on wazero and writes down what they do.
type machine struct {
	t       testing.TB
	runtime wazero.Runtime
	module  *sandbox.Module // what is said of the module before metering
	quantum int64           // what each yield gives
	budget  int64           // how much all yields of one call give
	given   int64
	host    uint64 // hash of all that host functions were called with
	yields  int
	last    string // line of callAny
}

// newMachine makes a runtime in which a memory reaches as far as it does in a protected module, and everything that
// the module imports.
func newMachine(t testing.TB, p *sandbox.Protected) *machine {
	ctx := context.Background()
	config := wazero.NewRuntimeConfigCompiler().WithCoreFeatures(api.CoreFeaturesV2).
		WithMemoryLimitPages(max(1, uint32(p.Memory>>16)))
	m := &machine{t: t, runtime: wazero.NewRuntimeWithConfig(ctx, config), module: p.Module, quantum: 1000, budget: 20_000_000}
	imports := map[string]wazero.HostModuleBuilder{sandbox.ImportModule: m.runtime.NewHostModuleBuilder(sandbox.ImportModule)}
	imports[sandbox.ImportModule].NewFunctionBuilder().WithFunc(m.yield).Export(sandbox.YieldImport)
	for i, imported := range p.Module.Imports {
		if imported.Kind != sandbox.KindFunc {
			m.close()
			t.Skipf("the module imports a %s", imported.Kind)
		}
		if imports[imported.Module] == nil {
			imports[imported.Module] = m.runtime.NewHostModuleBuilder(imported.Module)
		}
		params, results := parseType(imported.Type)
		imports[imported.Module].NewFunctionBuilder().
			WithGoFunction(m.hostFunc(uint64(i), params, results), params, results).Export(imported.Name)
	}
	for name, builder := range imports {
		if _, err := builder.Instantiate(ctx); err != nil {
			m.close()
			t.Skipf("host module %q: %v", name, err)
		}
	}
	return m
}

func (m *machine) close() { m.runtime.Close(context.Background()) }

// yield gives a quantum of fuel until the budget ends.
func (m *machine) yield(_ context.Context, fuel int64) int64 {
	if fuel == sandbox.StackExhausted {
		panic(sandbox.ErrStackExhausted)
	}
	if fuel >= 0 {
		m.t.Errorf("yielded with %d units of fuel left", fuel)
	}
	if m.given += m.quantum; m.given > m.budget {
		panic(errCut)
	}
	m.yields++
	return m.quantum
}

// hostFunc makes a host function that notes its arguments and returns something that depends on them.
func (m *machine) hostFunc(id uint64, params, results []api.ValueType) api.GoFunction {
	return api.GoFunc(func(_ context.Context, stack []uint64) {
		words := slots(params)
		for i, word := range stack[:len(words)] {
			m.host = mix(m.host, id, canonical(words[i], word))
		}
		for i, t := range slots(results) {
			stack[i] = canonical(t, mix(m.host, uint64(i)))
			if t == api.ValueTypeExternref || t == valueTypeFuncref {
				stack[i] = 0
			}
		}
	})
}

// transcript instantiates a module, calls each of its exports some times with random arguments, and writes down what
// comes of it, a line each, up to so many lines. What is cut short has no line and is the last.
func (m *machine) transcript(wasm []byte, random *rand.Rand, most int) (lines []string, cut bool) {
	ctx := context.Background()
	compiled, err := m.runtime.CompileModule(ctx, wasm)
	if err != nil {
		return []string{"does not compile"}, false
	}
	defer compiled.Close(ctx)
	var instance api.Module
	for range 4 {
		for _, e := range m.module.Exports {
			if len(lines) >= most {
				return lines, false
			}
			if instance == nil {
				var line string
				instance, line, err = m.instantiate(compiled)
				if isCut(err) {
					return lines, true
				}
				lines = append(lines, line)
				if err != nil {
					return lines, false
				}
				defer instance.Close(ctx)
			}
			if e.Kind != sandbox.KindFunc || len(lines) >= most {
				continue
			}
			line, err := m.call(instance, e, random)
			if isCut(err) {
				return lines, true
			}
			lines = append(lines, line)
			if err != nil {
				instance = nil
			}
		}
	}
	return lines, false
}

// instantiate makes an instance, which runs the start function.
func (m *machine) instantiate(compiled wazero.CompiledModule) (api.Module, string, error) {
	m.given, m.host = 0, 0
	instance, err := m.runtime.InstantiateModule(context.Background(), compiled,
		wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		return nil, "instantiate: " + firstLine(err), err
	}
	return instance, "instantiate: " + m.state(instance), nil
}

// call calls one export.
func (m *machine) call(instance api.Module, e sandbox.Export, random *rand.Rand) (line string, err error) {
	f := instance.ExportedFunction(e.Name)
	params, results := parseType(e.Type)
	words := slots(params)
	stack := make([]uint64, max(len(words), len(slots(results))))
	for i, t := range words {
		stack[i] = argument(t, random)
	}
	line = fmt.Sprintf("%s%x: ", e.Name, stack[:len(words)])
	m.given = 0
	if err = f.CallWithStack(context.Background(), stack); err != nil {
		return line + firstLine(err) + m.state(instance), err
	}
	for i, t := range slots(results) {
		line += fmt.Sprintf("%x ", canonical(t, stack[i]))
	}
	return line + m.state(instance), nil
}

// isCut reports whether a call ended where it need not end the same way with and without the meter.
func isCut(err error) bool {
	return errors.Is(err, errCut) || errors.Is(err, sandbox.ErrStackExhausted) ||
		err != nil && strings.Contains(err.Error(), "stack overflow")
}

// state is a hash of all that can be seen of an instance.
func (m *machine) state(instance api.Module) string {
	var h maphash.Hash
	h.SetSeed(hashSeed)
	for _, e := range m.module.Exports {
		switch e.Kind {
		case sandbox.KindMemory:
			memory := instance.ExportedMemory(e.Name)
			all, _ := memory.Read(0, memory.Size())
			h.Write(all)
			fmt.Fprint(&h, memory.Size())
		case sandbox.KindGlobal:
			g := instance.ExportedGlobal(e.Name)
			fmt.Fprint(&h, canonical(g.Type(), g.Get()))
		}
	}
	return fmt.Sprintf("state %x host %x", h.Sum64(), m.host)
}

var hashSeed = maphash.MakeSeed()

const valueTypeFuncref, valueTypeV128 api.ValueType = 0x70, 0x7b

// parseType reads the text of a function's type.
func parseType(text string) (params, results []api.ValueType) {
	names := map[string]api.ValueType{"i32": api.ValueTypeI32, "i64": api.ValueTypeI64, "f32": api.ValueTypeF32,
		"f64": api.ValueTypeF64, "v128": valueTypeV128, "externref": api.ValueTypeExternref, "funcref": valueTypeFuncref}
	read := func(list string) (types []api.ValueType) {
		for _, name := range strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune("(), ", r) }) {
			types = append(types, names[name])
		}
		return types
	}
	from, to, _ := strings.Cut(text, " -> ")
	return read(from), read(to)
}

// slots are the words in which wazero passes values: a vector takes two.
func slots(types []api.ValueType) (words []api.ValueType) {
	for _, t := range types {
		words = append(words, t)
		if t == valueTypeV128 {
			words = append(words, t)
		}
	}
	return words
}

// canonical makes equal what a program can't tell apart, or not rely on: the unused half of a word, a NaN's bits, and
// the addresses of references.
func canonical(t api.ValueType, word uint64) uint64 {
	switch t {
	case api.ValueTypeI32:
		return uint64(uint32(word))
	case api.ValueTypeF32:
		if f := math.Float32frombits(uint32(word)); f != f {
			return 0x7fc00000
		}
		return uint64(uint32(word))
	case api.ValueTypeF64:
		if f := math.Float64frombits(word); f != f {
			return 0x7ff8000000000000
		}
	case api.ValueTypeExternref, valueTypeFuncref:
		return min(word, 1)
	}
	return word
}

// argument makes a random word, often a small one.
func argument(t api.ValueType, random *rand.Rand) uint64 {
	switch {
	case t == api.ValueTypeExternref || t == valueTypeFuncref:
		return 0
	case random.IntN(2) == 0:
		return uint64(random.IntN(16))
	}
	return canonical(t, random.Uint64())
}

// mix is a step of a hash.
func mix(h uint64, words ...uint64) uint64 {
	for _, w := range words {
		h = (h ^ w) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	return h
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

package sandbox_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/sandbox"
	"github.com/tetratelabs/wazero/api"
)

// TestStateExports counts the globals that are exported of what could make two instances differ.
func TestStateExports(t *testing.T) {
	const (
		types    = "\x01\x04\x01\x60\x00\x00"
		declared = "\x03\x02\x01\x00"
		passive  = "\x09\x05\x01\x01\x00\x01\x00" // an element segment of function 0
		counted  = "\x0c\x01\x01"
		data     = "\x0b\x04\x01\x01\x01x" // a passive segment
	)
	function := func(instructions string, before ...string) []byte {
		return module(types + declared + oneTable + oneMemory + strings.Join(before, "") + code(instructions))
	}
	globals := func(items ...string) []byte { return module(section(6, vector(items...))) }
	imports := func(item string) []byte { return module(section(2, vector("\x01m\x01x"+item))) }
	for name, test := range map[string]struct {
		wasm []byte
		want int // with the fuel
	}{
		"nothing":              {module(), 1},
		"numbers":              {globals("\x7f\x01\x41\x00\x0b", "\x7f\x00\x41\x00\x0b", "\x7d\x01\x43\x00\x00\x00\x00\x0b"), 3},
		"vector":               {globals("\x7b\x01\xfd\x0c" + strings.Repeat("\x00", 16) + "\x0b"), 0},
		"constant vector":      {globals("\x7b\x00\xfd\x0c" + strings.Repeat("\x00", 16) + "\x0b"), 1},
		"function reference":   {globals("\x70\x01\xd0\x70\x0b"), 0},
		"host reference":       {globals("\x6f\x01\xd0\x6f\x0b"), 0},
		"start section":        {module(types, declared, "\x08\x01\x00", code("")), 0},
		"imported global":      {imports("\x03\x7f\x01"), 0},
		"imported memory":      {imports("\x02\x00\x01"), 0},
		"imported table":       {imports("\x01\x70\x00\x01"), 0},
		"memory.grow":          {function("\x41\x01\x40\x00\x1a"), 1},
		"call_indirect":        {function("\x41\x00\x11\x00\x00"), 1},
		"table.get":            {function("\x41\x00\x25\x00\x1a"), 1},
		"table.size":           {function("\xfc\x10\x00\x1a"), 1},
		"table.set":            {function("\x41\x00\xd0\x70\x26\x00"), 0},
		"table.grow":           {function("\xd0\x70\x41\x00\xfc\x0f\x00\x1a"), 0},
		"table.fill":           {function("\x41\x00\xd0\x70\x41\x00\xfc\x11\x00"), 0},
		"table.copy":           {function("\x41\x00\x41\x00\x41\x00\xfc\x0e\x00\x00"), 0},
		"table.init":           {function("\x41\x00\x41\x00\x41\x00\xfc\x0c\x00\x00", passive), 0},
		"elem.drop":            {function("\xfc\x0d\x00", passive), 1},
		"memory.init":          {append(function("\x41\x00\x41\x00\x41\x00\xfc\x08\x00\x00", counted), data...), 0},
		"data.drop":            {append(function("\xfc\x09\x00", counted), data...), 0},
		"data that is counted": {append(function("", counted), data...), 1},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := sandbox.Protect(test.wasm, sandbox.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := interpreter(t).CompileModule(t.Context(), p.Wasm); err != nil {
				t.Fatal(err)
			}
			prefix, _ := strings.CutSuffix(sandbox.StateExport(0), "0")
			if got := bytes.Count(p.Wasm, []byte(prefix)); got != test.want {
				t.Errorf("%d globals are exported as the state, want %d", got, test.want)
			}
		})
	}
}

// TestStateIsAll copies instances in the middle of their lives, and finds that the copies do the same as their originals.
func TestStateIsAll(t *testing.T) {
	copied, calls := 0, 0
	for path, wasm := range corpus(t) {
		t.Run(path, func(t *testing.T) {
			if n := compareCopy(t, wasm, sandbox.DefaultLimits(), rand.Uint64(), 2_000_000); n > 0 {
				copied++
				calls += n
			}
		})
	}
	t.Logf("%d copies compared in %d calls", copied, calls)
	if copied < 8 || calls < 5*copied {
		t.Error("that does not show much")
	}
}

// FuzzState is TestStateIsAll for anything that Protect accepts.
func FuzzState(f *testing.F) {
	for path, wasm := range corpus(f) {
		if len(wasm) < 4096 && strings.HasPrefix(path, "testdata/") {
			f.Add(wasm, uint64(1))
		}
	}
	f.Fuzz(func(t *testing.T, wasm []byte, seed uint64) {
		limits := sandbox.DefaultLimits()
		limits.Score, limits.Memory = 100, 1<<20
		compareCopy(t, wasm, limits, seed, 100_000)
	})
}

// compareCopy calls an instance some times, copies it, and then calls both. It returns how many calls it compared.
func compareCopy(t *testing.T, wasm []byte, limits sandbox.Limits, seed uint64, fuel int64) (compared int) {
	p, err := sandbox.Protect(wasm, limits)
	if err != nil {
		t.Skip(err)
	}
	m := newMachine(t, p)
	defer m.close()
	m.budget = fuel
	compiled, err := m.runtime.CompileModule(t.Context(), p.Wasm)
	if err != nil {
		t.Skip(err)
	}
	original, _, err := m.instantiate(compiled)
	if err != nil || original.ExportedGlobal(sandbox.StateExport(0)) == nil {
		return 0
	}
	random := rand.New(rand.NewPCG(seed, 0))
	for range random.IntN(10) {
		if !m.callAny(original, random) {
			return 0
		}
	}
	twin, _, err := m.instantiate(compiled)
	if err != nil {
		t.Fatal(err)
	}
	m.copyState(original, twin)
	for range 20 {
		next, host := random.Uint64(), m.host
		alive := m.callAny(original, rand.New(rand.NewPCG(next, 0)))
		first := m.last + hiddenState(original)
		m.host = host
		m.callAny(twin, rand.New(rand.NewPCG(next, 0)))
		if second := m.last + hiddenState(twin); first != second {
			t.Fatalf("seed %#x, call %d:\noriginal: %s\n    copy: %s", seed, compared, first, second)
		}
		compared++
		if !alive {
			break
		}
	}
	return compared
}

// callAny calls some export, and keeps what came of it as the machine's last line. It is false when the instance has come
// to its end.
func (m *machine) callAny(instance api.Module, random *rand.Rand) bool {
	var functions []sandbox.Export
	for _, e := range m.module.Exports {
		if e.Kind == sandbox.KindFunc {
			functions = append(functions, e)
		}
	}
	if len(functions) == 0 {
		return false
	}
	var err error
	m.last, err = m.call(instance, functions[random.IntN(len(functions))], random)
	return err == nil
}

// copyState gives a new instance the memory and the globals of another.
func (m *machine) copyState(from, to api.Module) {
	for n := 0; ; n++ {
		g := from.ExportedGlobal(sandbox.StateExport(n))
		if g == nil {
			break
		}
		to.ExportedGlobal(sandbox.StateExport(n)).(api.MutableGlobal).Set(g.Get())
	}
	if len(m.module.Memories) == 0 {
		return
	}
	source, target := from.Memory(), to.Memory()
	if _, ok := target.Grow((source.Size() - target.Size()) >> 16); !ok {
		m.t.Fatal("the copy's memory doesn't grow")
	}
	all, _ := source.Read(0, source.Size())
	target.Write(0, all)
}

// hiddenState is what can't be seen of an instance by the module's own exports.
func hiddenState(instance api.Module) (words string) {
	for n := 0; ; n++ {
		g := instance.ExportedGlobal(sandbox.StateExport(n))
		if g == nil {
			return words
		}
		words += g.String() + " "
	}
}

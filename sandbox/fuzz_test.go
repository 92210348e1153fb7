package sandbox_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/sandbox"
)

// FuzzInspect feeds anything to Inspect: it ends, allocates in proportion to its input, and what it refuses it
// refuses with a code and an offset inside the file.
func FuzzInspect(f *testing.F) {
	for _, wasm := range corpus(f) {
		if len(wasm) < 4096 {
			f.Add(wasm)
		}
	}
	for _, wasm := range bombs() {
		f.Add(wasm)
	}
	f.Fuzz(func(t *testing.T, wasm []byte) {
		if got := allocated(wasm); got > allocationBound(len(wasm)) {
			t.Errorf("%d bytes allocated for a module of %d", got, len(wasm))
		}
		m, err := sandbox.Inspect(wasm, sandbox.DefaultLimits())
		var refusal *sandbox.Error
		switch {
		case err == nil && m.Size != len(wasm):
			t.Errorf("the module's size is %d, not %d", m.Size, len(wasm))
		case err == nil:
		case !errors.As(err, &refusal):
			t.Errorf("%v is no *Error", err)
		case refusal.Code == "" || refusal.Class == "" || refusal.Offset < 0 || refusal.Offset > len(wasm):
			t.Errorf("refused with %+v", refusal)
		}
	})
}

// allocationBound is what Inspect may allocate for a file of n bytes.
func allocationBound(n int) uint64 { return 64<<10 + 64*uint64(n) }

// allocated measures what Inspect allocates.
func allocated(wasm []byte) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, _ = sandbox.Inspect(wasm, sandbox.DefaultLimits())
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// bombs are small files that announce much.
func bombs() map[string][]byte {
	const huge = "\xff\xff\xff\xff\x0f"
	all := map[string][]byte{
		"functions of a long type": module(
			section(1, vector("\x60\xff\x01"+strings.Repeat("\x6f", 255)+"\x00")),
			section(3, vector(filled(4000, "\x00")...)),
			section(7, vector(numbered(4000)...)),
			section(10, vector(filled(4000, sized("\x00\x0b"))...))),
		"locals":       module(oneVoidFunc, section(10, vector(sized("\x01"+huge+"\x7f\x0b")))),
		"locals twice": module(oneVoidFunc, section(10, vector(sized("\x02"+huge+"\x7f"+huge+"\x7f\x0b")))),
		"labels":       function("\x00\x0e" + huge),
		"parameters":   module(section(1, "\x01\x60"+huge)),
		"name":         module("\x00" + huge),
		"memory":       module(section(5, "\x01\x00"+huge)),
		"table":        module(section(4, "\x01\x70\x00"+huge)),
		"nesting":      function(strings.Repeat("\x02\x40", 9000) + strings.Repeat("\x0b", 9000)),
		"customs":      module(filled(900, "\x00\x01\x00")...),
	}
	for id := byte(1); id < 13; id++ {
		all["section "+string('a'+rune(id))] = module(section(id, huge))
	}
	return all
}

func TestInspectAllocatesInProportion(t *testing.T) {
	modules := corpus(t)
	for name, wasm := range bombs() {
		modules[name] = wasm
	}
	for name, wasm := range modules {
		if got := allocated(wasm); got > allocationBound(len(wasm)) {
			t.Errorf("%s: %d bytes allocated for a module of %d", name, got, len(wasm))
		}
	}
}

package sandbox_test

import (
	"reflect"
	"testing"

	"github.com/soltihq/soltiwasm/sandbox"
)

// TestInspectReports checks everything that is said of one module with something of each kind.
func TestInspectReports(t *testing.T) {
	wasm := module(
		section(0, "\x01xfirst"),
		section(1, vector(typeVoid, typeBinary, "\x60\x01\x7c\x02\x7f\x7e")),
		section(2, vector("\x01m\x01f\x00\x01", "\x01m\x01g\x03\x7e\x01", "\x01m\x01t\x01\x6f\x01\x02\x09")),
		section(3, "\x02\x00\x02"),
		section(4, "\x01\x70\x00\x05"),
		section(5, "\x01\x01\x01\x11"),
		section(6, "\x01\x7f\x00\x41\x2a\x0b"),
		section(7, vector("\x03run\x00\x01", "\x04both\x00\x02", "\x01f\x00\x00", "\x06memory\x02\x00", "\x01t\x01\x01", "\x01g\x03\x01")),
		section(8, "\x01"),
		section(10, vector(sized("\x00\x0b"), sized("\x00\x00\x0b"))),
		section(11, "\x01\x00\x41\x00\x0b\x02hi"),
		section(0, "\x01xsecond"),
	)
	m, err := sandbox.Inspect(wasm, sandbox.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "imports", m.Imports, []sandbox.Import{
		{Module: "m", Name: "f", Kind: sandbox.KindFunc, Type: "(i32, i32) -> i32"},
		{Module: "m", Name: "g", Kind: sandbox.KindGlobal, Type: "mut i64"},
		{Module: "m", Name: "t", Kind: sandbox.KindTable, Type: "externref 2..9"},
	})
	equal(t, "exports", m.Exports, []sandbox.Export{
		{Name: "run", Kind: sandbox.KindFunc, Type: "() -> ()"},
		{Name: "both", Kind: sandbox.KindFunc, Type: "(f64) -> (i32, i64)"},
		{Name: "f", Kind: sandbox.KindFunc, Type: "(i32, i32) -> i32"},
		{Name: "memory", Kind: sandbox.KindMemory, Type: "1..17"},
		{Name: "t", Kind: sandbox.KindTable, Type: "funcref 5.."},
		{Name: "g", Kind: sandbox.KindGlobal, Type: "i32"},
	})
	equal(t, "memories", m.Memories, []sandbox.Memory{{Min: 1, Max: 17, HasMax: true, Exported: true}})
	equal(t, "tables", m.Tables, []sandbox.Table{
		{Type: "externref", Min: 2, Max: 9, HasMax: true, Imported: true},
		{Type: "funcref", Min: 5, Exported: true},
	})
	equal(t, "size and start", []any{m.Size, m.Start}, []any{len(wasm), true})
	if e, found := m.Export("both"); !found || e.Name != "both" {
		t.Errorf("Export(both) = %+v, %v", e, found)
	}
	if e, found := m.Export("neither"); found {
		t.Errorf("Export(neither) = %+v", e)
	}
	var payloads []string
	for _, c := range m.Custom("x") {
		if string(wasm[c.Offset:c.Offset+len(c.Payload)]) != string(c.Payload) {
			t.Errorf("custom section %q is not at %d", c.Payload, c.Offset)
		}
		payloads = append(payloads, string(c.Payload))
	}
	equal(t, "custom sections", payloads, []string{"first", "second"})

	counts := map[string]int{}
	for _, s := range m.Sections {
		counts[s.Name] = s.Count
		if wasm[s.Offset-1] != byte(s.Size) {
			t.Errorf("the %s section of %d bytes is not at %d", s.Name, s.Size, s.Offset)
		}
	}
	equal(t, "counts", counts, map[string]int{"type": 3, "import": 3, "function": 2, "table": 1, "memory": 1,
		"global": 1, "export": 6, "start": 1, "code": 2, "data": 1})
}

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

package author

import (
	"slices"
	"testing"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/task"
)

func TestPut(t *testing.T) {
	tests := []struct{ doc, pointer, value, want string }{
		{`{}`, "/a", "1", `{"a":1}`},
		{`{"a":1,"b":2}`, "/a", "3", `{"a":3,"b":2}`},
		{`{"a":{"b":1}}`, "/a/b", "", `{"a":{}}`},
		{`{"a":1}`, "/b/c", "", `{"a":1}`},
		{`{}`, "/a/0/b", "1", `{"a":[{"b":1}]}`},
		{`{"a":[1,2]}`, "/a/1", "3", `{"a":[1,3]}`},
		{`{"a":[1,2]}`, "/a/0", "", `{"a":[2]}`},
		{`{"a":{"0":1}}`, "/a/0", "2", `{"a":{"0":2}}`},
		{`{"a":"text"}`, "/a/b", "1", `{"a":{"b":1}}`},
		{`{}`, "/a~1b/c~0d", "1", `{"a/b":{"c~d":1}}`},
	}
	parse := func(text string) *document.Node {
		if text == "" {
			return nil
		}
		n, err := document.ParseJSON([]byte(text), document.Bounds{})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, tt := range tests {
		doc := parse(tt.doc)
		if got := string(put(doc, tokens(tt.pointer), parse(tt.value)).AppendJSON(nil)); got != tt.want {
			t.Errorf("%s with %q at %s is %s, want %s", tt.doc, tt.value, tt.pointer, got, tt.want)
		}
		if left := string(doc.AppendJSON(nil)); left != tt.doc {
			t.Errorf("%s was changed to %s", tt.doc, left)
		}
	}
}

// TestBuiltinSamples: every spec that is made up is one that a host would give to a runner.
func TestBuiltinSamples(t *testing.T) {
	for _, kind := range []string{task.KindSubprocess, task.KindWasm, task.KindContainer} {
		if got, want := len(builtinSamples(kind)), len(builtinPayloads(kind)); got != want || got == 0 {
			t.Errorf("%s: %d of %d are valid", kind, got, want)
		}
	}
	if _, ok := newSample("", specOf(strangeKind, document.NewObject())); !ok {
		t.Error("the strange kind is not valid")
	}
}

// TestVary: the difficult specs differ in the fields that were asked for, and are allowed.
func TestVary(t *testing.T) {
	base, ok := newSample("base", specOf("x", document.NewObject()))
	if !ok {
		t.Fatal("no sample")
	}
	var names []string
	pointers := []string{"/kind/x/a", "/kind/x/a", "/labels/b", "/restart/type", "/kind/y/a"}
	for s := range vary(base, pointers, map[string][]int{"/kind/x/a": {100}}) {
		if slices.Contains(names, s.name) {
			t.Errorf("twice: %s", s.name)
		}
		names = append(names, s.name)
		if got := s.root.Get("slot").Text; got != "check" {
			t.Errorf("%s: the slot is %s", s.name, got)
		}
	}
	for _, want := range []string{
		"/kind/x/a as missing", "/kind/x/a as 0", "/kind/x/a as 2^64-1", "/kind/x/a as a string of 1 MiB",
		"/kind/x/a as a string of 99 bytes", "/kind/x/a as a string of 100 bytes", "/kind/x/a as a string of 101 bytes",
		"/kind/x as an empty object", "/labels/b as a string of 1 bytes", "/labels/b as a string of 63 bytes",
		`/restart as {"type":"onFailure"}`, `/restart as {"intervalMs":1,"type":"always"}`,
	} {
		if !slices.Contains(names, "base, and "+want) {
			t.Errorf("there is no spec with %s", want)
		}
	}
	if slices.Contains(names, "base, and /labels/b as a string of 200 bytes") {
		t.Error("a label is too long")
	}
}

// TestEnvelope: of what is around the kind every value that is tried is allowed.
func TestEnvelope(t *testing.T) {
	fields := envelopeFields([]string{""})
	if len(fields) != 8 || len(envelopeFields([]string{"/kind/x", "/slots"})) != 0 {
		t.Errorf("fields %v", fields)
	}
	for _, field := range fields {
		values := envelopeValues(field)
		if len(values) < 2 {
			t.Errorf("%s has %d values", field, len(values))
		}
		for _, v := range values {
			if _, ok := newSample("", put(specOf("x", document.NewObject()), []string{field}, v.value)); !ok {
				t.Errorf("%s as %s is not allowed", field, v.name)
			}
		}
	}
}

// TestPlaces: of a kind that the host knows all that a sample has is varied.
func TestPlaces(t *testing.T) {
	got := variable(builtinSamples("container")[0], []string{"/kind"})
	want := []string{"/args", "/args/0", "/command", "/command/0", "/env", "/env/0", "/env/0/key", "/env/0/value", "/image"}
	for i, p := range want {
		want[i] = "/kind/container" + p
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

func TestPointers(t *testing.T) {
	for _, tt := range []struct {
		pointer string
		formed  bool
		known   bool
	}{
		{"", true, true}, {"/kind", true, true}, {"/kind/x", true, true}, {"/kind/x/any/0/thing", true, true}, {"/labels/a~1b", true, true},
		{"/kind/subprocess/mode/script/body", true, true}, {"/timeout", true, true}, {"/maxRetries", true, true},
		{"kind", false, false}, {"/a~", false, false}, {"/a~2", false, false}, {"/name", true, false}, {"/kind/subprocess/command", true, false},
		{"/kind/subprocess/env", true, true}, {"/kind/wasm/env/12/value", true, true}, {"/kind/container/env/0", true, true},
		{"/kind/subprocess/env/PATH", true, false}, {"/kind/wasm/env/0/name", true, false}, {"/kind/x/env/PATH", true, true},
		{"/kind/embedded", true, false}, {"/kind/No Kind", true, false}, {"/", true, false},
	} {
		if got := wellFormed(tt.pointer); got != tt.formed {
			t.Errorf("wellFormed(%q) is %t", tt.pointer, got)
		}
		if got := knownField(tt.pointer); tt.formed && got != tt.known {
			t.Errorf("knownField(%q) is %t", tt.pointer, got)
		}
	}
}

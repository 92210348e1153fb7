package author

import (
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
	n := 0
	values := hostileValues()
	for s := range vary(base, []string{"/kind/x/a", "/kind/x/a", "/labels/b", "/slot", "/kind/y/a", ""}, values) {
		n++
		if got := s.root.Get("slot").Text; got != "check" {
			t.Errorf("%s: the slot is %s", s.name, got)
		}
	}
	// All values for /kind/x/a, at least the missing one for /labels/b, and some object for /kind/x.
	if n < len(values)+2 || n > 3*len(values) {
		t.Errorf("%d specs of %d values", n, len(values))
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

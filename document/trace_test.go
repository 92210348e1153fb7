package document_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/document"
)

func ExampleTrace() {
	index := document.NewIndex(document.NewObject(document.Field{Key: "slot", Value: document.NewString("nightly")}))
	var trace document.Trace
	for _, pointer := range []string{"/slot", "/kind"} {
		value, found := index.Lookup([]byte(pointer))
		trace.Note([]byte(pointer), 5, value, found)
	}
	looks, whole := trace.Looks()
	for _, l := range looks {
		fmt.Printf("%s: %v, %d bytes, %q\n", l.Pointer, l.Told.Found, l.Told.Length, l.Told.Value)
	}
	fmt.Println(whole)
	// Output:
	// /slot: true, 7 bytes, ""
	// /kind: false, 0 bytes, ""
	// true
}

func TestTraceIsWhole(t *testing.T) {
	edge, over := []byte(strings.Repeat("x", 128)), []byte(strings.Repeat("x", 129))
	note := func(pointer, value []byte, limit uint32) func(*document.Trace) {
		return func(trace *document.Trace) { trace.Note(pointer, limit, value, true) }
	}
	for name, test := range map[string]struct {
		note  func(*document.Trace)
		times int
		whole bool
	}{
		"nothing":                     {note(nil, nil, 0), 0, true},
		"as much as it holds":         {note(edge, edge, 128), 4, true},
		"one too many":                {note([]byte("/a"), nil, 0), 5, false},
		"a long pointer":              {note(over, nil, 0), 1, false},
		"a long value":                {note([]byte("/a"), over, 129), 1, false},
		"a long value, by its length": {note([]byte("/a"), over, 128), 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			var trace document.Trace
			for range 2 { // it can be used again
				trace.Reset()
				for range test.times {
					test.note(&trace)
				}
				looks, whole := trace.Looks()
				if whole != test.whole || whole && len(looks) != test.times {
					t.Errorf("%d looks, whole: %v", len(looks), whole)
				}
				for _, l := range looks {
					if len(l.Told.Value) > 0 && string(l.Told.Value) != string(edge) {
						t.Errorf("a value became %q", l.Told.Value)
					}
				}
			}
		})
	}
	var none *document.Trace
	none.Note(over, 0, over, true) // must not panic
}

// What a reader was told has to be what Tell says of the same document.
func TestTellIsWhatWasNoted(t *testing.T) {
	index := document.NewIndex(document.NewObject(
		document.Field{Key: "a", Value: document.NewString("")},
		document.Field{Key: "b", Value: document.NewString("text")},
	))
	for _, pointer := range []string{"", "/a", "/b", "/c", "b"} {
		for limit := range uint32(30) {
			var trace document.Trace
			value, found := index.Lookup([]byte(pointer))
			trace.Note([]byte(pointer), limit, value, found)
			looks, _ := trace.Looks()
			told, noted := index.Tell([]byte(pointer), limit), looks[0].Told
			if told.Found != noted.Found || told.Length != noted.Length || string(told.Value) != string(noted.Value) {
				t.Errorf("%q, %d: %+v, noted %+v", pointer, limit, told, noted)
			}
		}
	}
}

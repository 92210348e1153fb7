package document_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/document"
)

func tooDense(values int) string {
	return fmt.Sprintf("the document may hold more than %d values, by its indicator characters: split it, put long texts into block scalars (|), or write it as JSON", values)
}

func TestParseYAMLBounds(t *testing.T) {
	tests := []struct {
		name   string
		in     string
		bounds document.Bounds
		want   string // of the document; "" when it is within the bounds
	}{
		{"bytes", "a: 1\n---\nb: 2\n", document.Bounds{Bytes: 9}, ""},
		{"more bytes", "a: 1\n---\nb: 23\n", document.Bounds{Bytes: 9}, "line 2: a document of 10 bytes, over the limit of 9"},
		{"bytes of JSON", "- &a 1234567812345678\n- [*a,*a,*a,*a,*a,*a]\n", document.Bounds{Bytes: 61}, ""},
		{"more bytes of JSON", "- &a 1234567812345678\n- [*a,*a,*a,*a,*a,*a]\n", document.Bounds{Bytes: 60}, "line 2, column 19: more than 120 bytes of JSON, with what aliases repeat"},
		{"values", "a: &a [1,2]\nb: [*a,*a,*a]\n", document.Bounds{Values: 14}, ""},
		{"more values", "a: &a [1,2]\nb: [*a,*a,*a]\n", document.Bounds{Values: 13}, "line 2, column 11: more than 13 values, with those that aliases repeat"},
		{"indicators", "a: [b, c, d]\n", document.Bounds{Values: 4}, "line 1, column 12: " + tooDense(4)},
		{"indicators inside of words", "a-b: c:d-e?f!g&h*i'j\"k#l [m {n\n", document.Bounds{Values: 4}, ""},
		{"a literal", "a: |\n  [b, c, d]\n\n   {e, f}\n  \n- [g]: |\n", document.Bounds{Values: 5}, "line 6, column 1: did not find expected key, while parsing a block mapping that begins on line 1"},
		{"literals in lists", "- a: >-\n    b, c, d\n  e: |\n   f, g\n- |\n  h, i\n", document.Bounds{Values: 9}, ""},
		{"a literal after flows", "a: [b, \"c d\", 'e']\nf: {}\ng: \"h\"\ni: |\n  j, k, l, m\n", document.Bounds{Values: 14}, ""},
		{"comments in a literal", "a: |\n  # b\n  # c\n", document.Bounds{Values: 8}, "line 3, column 3: " + tooDense(8)},
		{"after a literal", "a: |\n  b\nc: [d, e, f]\n", document.Bounds{Values: 4}, "line 3, column 9: " + tooDense(4)},
		{"less indented than a literal", "a:\n  b: |\n    c\n  d: [e, f, g]\n", document.Bounds{Values: 5}, "line 4, column 11: " + tooDense(5)},
		{"an empty literal", "a: |\nb: [c, d, e]\n", document.Bounds{Values: 4}, "line 2, column 9: " + tooDense(4)},
		{"a literal after spaces", "a: |\n      \n  - b, c, d\n", document.Bounds{Values: 3}, "line 3, column 9: " + tooDense(3)},
		{"no literal in quotes", "a: \"b\nc: |\n  \", [d, e, f]\n", document.Bounds{Values: 4}, "line 3, column 4: " + tooDense(4)},
		{"no literal in a flow", "a: [b,\n c: |\n  d, e, f]\n", document.Bounds{Values: 5}, "line 3, column 7: " + tooDense(5)},
		{"no literal in a text of lines", "a: b\n  c |\n    # d\n    # e\n", document.Bounds{Values: 8}, "line 4, column 5: " + tooDense(8)},
		{"depth", "- - a: [b]\n", document.Bounds{Depth: 4}, ""},
		{"more depth in blocks", "- - - - - a\n", document.Bounds{Depth: 4}, "line 1, column 9: nested deeper than 4, while increasing indent level"},
		{"more depth in flow", "[[[[[a]]]]]\n", document.Bounds{Depth: 4}, "line 1, column 5: nested deeper than 4, while increasing flow level"},
		{"more depth in both", "- - a: [[b]]\n", document.Bounds{Depth: 4}, "line 1, column 9: nested deeper than 4"},
		{"depth by an alias", "- &a [[b]]\n- [*a]\n", document.Bounds{Depth: 4}, ""},
		{"more depth by an alias", "- &a [[b]]\n- [[*a]]\n", document.Bounds{Depth: 4}, "line 2, column 5: nested deeper than 4"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			docs, err := document.ParseYAML([]byte(tt.in), tt.bounds)
			if err != nil || len(docs) == 0 {
				t.Fatalf("got %v and %v", docs, err)
			}
			last := docs[len(docs)-1]
			if got := errorText(last.Err); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			var syntax *document.SyntaxError
			if last.Err != nil && !errors.As(last.Err, &syntax) {
				t.Errorf("got a %T, want a *SyntaxError", last.Err)
			}
		})
	}
}

func TestParseYAMLStreamBounds(t *testing.T) {
	tests := []struct {
		name   string
		in     string
		bounds document.Bounds
		docs   int
		want   string
	}{
		{"bytes", "--- a\n--- b\n", document.Bounds{Stream: 12}, 2, ""},
		{"more bytes", "--- a\n--- bc\n", document.Bounds{Stream: 12}, 0, "a stream of 13 bytes, over the limit of 12"},
		{"documents", "--- a\n---\n--- b\n---\n", document.Bounds{Documents: 2}, 2, ""},
		{"more documents", "--- a\n--- b\n--- c\n", document.Bounds{Documents: 2}, 2, "line 3: more than 2 documents"},
		{"values", strings.Repeat("--- [a]\n", 17), document.Bounds{Values: 4}, 17, ""},
		{"more values", strings.Repeat("--- [a]\n", 18), document.Bounds{Values: 4}, 17, "line 18: more than 32 values in all documents"},
		{"not UTF-8", "--- a\n---\nb: \xff\n", document.Bounds{}, 0, "line 3, column 4: not UTF-8: byte 0xff at offset 13"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			docs, err := document.ParseYAML([]byte(tt.in), tt.bounds)
			if errorText(err) != tt.want || len(docs) != tt.docs {
				t.Errorf("got %d documents and %q, want %d and %q", len(docs), errorText(err), tt.docs, tt.want)
			}
		})
	}
}

func TestParseYAMLAliasBombs(t *testing.T) {
	var laughs, doubling strings.Builder
	laughs.WriteString("a0: &a0 [lol, lol, lol]\n")
	for i := range 60 {
		fmt.Fprintf(&laughs, "a%d: &a%d [%s*a%d]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 9), i)
	}
	doubling.WriteString("- &a0 " + strings.Repeat("x", 1000) + "\n")
	for i := range 60 {
		fmt.Fprintf(&doubling, "- &a%d {a: *a%d, b: *a%d}\n", i+1, i, i)
	}
	tests := []struct{ name, in, want string }{
		{"a billion laughs", laughs.String(), "more than 250000 values, with those that aliases repeat"},
		{"doubling", doubling.String(), "more than 8388608 bytes of JSON, with what aliases repeat"},
		{"one big text", "- &a " + strings.Repeat("x", 1<<20) + "\n- [" + strings.Repeat("*a, ", 1000) + "]\n", "more than 8388608 bytes of JSON"},
		{"a big key", "- {&a " + strings.Repeat("x", 1<<20) + ": 1}\n" + strings.Repeat("- {*a : 1}\n", 1000), "more than 8388608 bytes of JSON"},
		{"a cycle", "a: &a\n  b: [*a]\n", "line 2, column 7: the alias \"*a\" stands inside of what it repeats"},
		{"a cycle at the root", "&a [*a]\n", "line 1, column 5: the alias \"*a\" stands inside of what it repeats"},
		{"a cycle by way of a key that is left out", "? &a [*a]\n: &b {c: *b}\n", "line 1, column 3: a key must be a string, not a collection"},
		{"a cycle in a key that is used", "- {? &a [*a] : 1}\n- *a\n", "line 1, column 10: the alias \"*a\" stands inside of what it repeats"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			docs, err := document.ParseYAML([]byte(tt.in), document.Bounds{})
			if err != nil || len(docs) != 1 {
				t.Fatalf("got %v and %v", docs, err)
			}
			if got := errorText(docs[0].Err); !strings.Contains(got, tt.want) {
				t.Errorf("got %.200q, want %q", got, tt.want)
			}
		})
	}
}

// The YAML library takes quadratic time or hundreds of bytes for a byte on some of these, when it is given them as they are. The
// watchdog has room for a slow machine and the race detector: what it finds would take hours.
func TestParseYAMLHostileInputs(t *testing.T) {
	const (
		size   = hostileSize - 64
		tokens = size / 18 // few enough to get past the count of indicators
	)
	repeat := func(s string) string { return strings.Repeat(s, size/len(s)) }
	numbered := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	staircase := ""
	for i := range 60 {
		staircase += strings.Repeat(" ", i) + "a:\n"
	}
	inputs := map[string]string{
		"flow sequences":      repeat("["),
		"flow mappings":       repeat("{"),
		"flow mapping keys":   repeat("{? "),
		"sequences":           repeat("- "),
		"explicit keys":       repeat("? "),
		"values":              repeat(": "),
		"indentation":         "a:\n" + repeat(" ") + "b",
		"a staircase":         staircase + repeat(" ") + "b",
		"staircases":          strings.Repeat(staircase, size/len(staircase)),
		"anchors":             "[" + numbered("&a%d b,", size/12) + "]",
		"some anchors":        "[" + numbered("&a%d b,", tokens/2) + "]",
		"one anchor":          strings.Repeat("&a ", tokens),
		"aliases":             "- &a b\n- [" + strings.Repeat("*a,", tokens/2) + "]",
		"a long anchor":       "&" + repeat("a") + " b",
		"a long alias":        "*" + repeat("a"),
		"a long tag":          "!" + repeat("%41") + " b",
		"a long key":          repeat("a") + ": b",
		"a long flow key":     "{" + repeat("a") + ": b}",
		"a flow key of lines": "{" + repeat("a\n") + "}",
		"a key of flows":      "[" + strings.Repeat("a,", tokens) + "]: b",
		"many keys":           numbered("k%d: v\n", tokens),
		"empty flow values":   "{" + strings.Repeat(":,", tokens/2) + "}",
		"flow pairs":          "[" + strings.Repeat("a: b,", tokens/2) + "]",
		"flow lines":          "[" + strings.Repeat("a\n,\n", tokens) + "]",
		"commas":              "[" + repeat(","),
		"adjacent flows":      "[" + repeat("a{}") + "]",
		"colons":              repeat(":"),
		"quotes":              repeat(`"" `),
		"an open quote":       `"` + repeat("a"),
		"quoted lines":        `"` + repeat("a\n") + `"`,
		"apostrophes":         "'" + repeat("''") + "'",
		"a literal of lines":  "a: |\n" + repeat(" \n"),
		"a literal of commas": "a: |\n" + repeat(" [,\n"),
		"many literals":       strings.Repeat("- |\n  ,\n", tokens),
		"folded lines":        "a: >\n" + repeat(" a\n\n"),
		"literals":            repeat("- |\n"),
		"plain lines":         repeat("a\n"),
		"blank lines":         "a" + repeat("\n") + "b",
		"comments":            repeat("#\n") + "a",
		"line comments":       strings.Repeat("- #\n", tokens/4),
		"foot comments":       strings.Repeat("- a\n\n#\n", tokens/4),
		"flow comments":       "[" + strings.Repeat("a, #\n", tokens/5) + "]",
		"a long comment":      "a #" + repeat("b"),
		"tag directives":      numbered("%%TAG !a%d! x\n", size/20) + "---\na",
		"a long tag prefix":   "%TAG !e! " + strings.Repeat("a", size/4) + "\n---\n[" + strings.Repeat("!e!x b,", size/42) + "]",
		"late directives":     "a\n" + numbered("%%TAG !a%d! x\n", size/20),
		"documents":           repeat("---\n"),
		"ends of documents":   repeat("...\n"),
		"digits":              "a: " + repeat("1"),
		"hexadecimal digits":  "a: 0x" + repeat("f"),
		"a long exponent":     "a: 1e" + repeat("1"),
		"tabs":                "a:" + repeat("\t") + "b",
		"carriage returns":    repeat("\r") + "a",
		"duplicate keys":      strings.Repeat("a: b\n", tokens),
		"numbers for keys":    strings.Repeat("1: b\n", tokens),
		"long bad keys":       "[{" + strings.Repeat("a", size/4) + ": [" + strings.Repeat("!x a,", size/30) + "]}]",
		"JSON":                "[" + repeat("1,") + "1]",
		"deep JSON":           repeat(`{"a":`),
		"JSON with an error":  `{"` + repeat("a") + `":}`,
	}
	for name, in := range inputs {
		t.Run(name, func(t *testing.T) {
			if testing.Short() {
				t.Skip("short")
			}
			watchdog := time.AfterFunc(time.Minute, func() { panic("ParseYAML hangs on " + name) })
			defer watchdog.Stop()
			docs, err := document.ParseYAML([]byte(in), document.Bounds{})
			for _, d := range docs {
				if text := errorText(d.Err); len(text) > 100*4096 {
					t.Errorf("an error of %d bytes", len(text))
				}
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
}

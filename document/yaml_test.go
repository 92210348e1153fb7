package document_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/document"
)

// streamTests are streams and what becomes of them: for each document its number, line, and canonical form or error.
var streamTests = []struct {
	name, in string
	want     []string
}{
	{"nothing", "", nil},
	{"only comments", "# a\n\n  # b\n", nil},
	{"one", "a: 1\n", []string{`1@1 {"a":1}`}},
	{"two", "a: 1\n---\nb: 2\n", []string{`1@1 {"a":1}`, `2@3 {"b":2}`}},
	{"markers around", "---\na: 1\n...\n---\nb: 2\n...\n", []string{`1@2 {"a":1}`, `2@5 {"b":2}`}},
	{"empty ones aren't counted", "---\n---\n# c\n--- # d\n---\t\na: 1\n---\n...\n---\nb: 2\n", []string{`1@6 {"a":1}`, `2@10 {"b":2}`}},
	{"null is something", "--- null\n--- ~\n", []string{`1@1 null`, `2@2 null`}},
	{"content after the marker", "--- {a: b}\n--- [c]\n--- d\n--- \"e\"\n", []string{`1@1 {"a":"b"}`, `2@2 ["c"]`, `3@3 "d"`, `4@4 "e"`}},
	{"a text after the marker", "--- |\n a\n---\n- b\n", []string{`1@1 "a\n"`, `2@4 ["b"]`}},
	{"no marker", "a: ---\nb: ---c\n --- d: 1\n", []string{`1@1 line 3, column 7: mapping values are not allowed in this context`}},
	{"a document after the end of one", "a: 1\n...\nb: 2\n", []string{`1@1 {"a":1}`, `2@3 {"b":2}`}},
	{"a JSON document a line", "{\"a\": 1}\n{\"b\": 2}\n", []string{`1@1 line 2, column 1: expected the end of the document, or --- before another one`}},
	{"content after the end marker", "a: 1\n... x\nb: 2\n",
		[]string{`1@1 line 2, column 5: found unexpected content after document-end marker, while scanning a document-end marker`, `2@3 {"b":2}`}},
	{"broken ones hide nothing", "a: [\n---\nb: 2\n---\n\"c\n---\nd: 4\n", []string{
		`1@1 line 2, column 1: did not find expected node content, while parsing a flow node`, `2@3 {"b":2}`,
		`3@5 line 6, column 1: found unexpected end of stream, while scanning a quoted scalar that begins on line 5`, `4@7 {"d":4}`}},
	{"a marker ends a block scalar", "a: |\n  x\n---\n  y\n", []string{`1@1 {"a":"x\n"}`, `2@4 "y"`}},
	{"CR LF", "---\r\na: 1\r\nb: |\r\n  x\r\n  y\r\n---\r\nc: [\r\n", []string{`1@2 {"a":1,"b":"x\ny\n"}`,
		`2@7 line 8, column 1: did not find expected node content, while parsing a flow node`}},
	{"CR", "a: 1\r---\rb: ,\r", []string{`1@1 {"a":1}`, `2@3 line 3, column 4: did not find expected node content, while parsing a block node`}},
	{"a byte order mark", "\uFEFFa: 1\n", []string{`1@1 {"a":1}`}},
	{"a byte order mark inside", "a: 1\n---\n\uFEFFb: 2\n---\nc: 3\n", []string{`1@1 {"a":1}`, `2@3 line 3, column 1: a byte order mark inside the stream`, `3@5 {"c":3}`}},
	{"a version", "# c\n%YAML 1.2 # d\n---\na: 1\n...\n%YAML 1.1\n--- b\n", []string{`1@4 {"a":1}`, `2@7 "b"`}},
	{"an unknown version", "%YAML 2.0\n---\na: 1\n---\nb: 2\n",
		[]string{`1@3 line 1, column 1: a line that begins with %: of directives, one %YAML 1.2 or 1.1 before a document is supported`, `2@5 {"b":2}`}},
	{"other directives", "%TAG ! x\n---\na: 1\n...\n%YAML 1.2\n%YAML 1.2\n---\nb: 2\n",
		[]string{`1@3 line 1, column 1: a line that begins with %: of directives, one %YAML 1.2 or 1.1 before a document is supported`,
			`2@8 line 6, column 1: a line that begins with %: of directives, one %YAML 1.2 or 1.1 before a document is supported`}},
	{"a version without a document", "%YAML 1.2\na: 1\n", []string{`1@2 line 1: %YAML needs a document after it that begins with ---`}},
	{"a version and nothing", "a: 1\n...\n%YAML 1.2\n", []string{`1@1 {"a":1}`, `2@3 line 3: %YAML needs a document after it that begins with ---`}},
	{"JSON", "{\"a\": 1,\n\t\"b\": [\"\\ud83d\\ude00\"]}\n---\n[1,\n2]\n", []string{`1@1 {"a":1,"b":["😀"]}`, `2@4 [1,2]`}},
	{"almost JSON", "{\"a\": 1, b: [c,],}\n", []string{`1@1 {"a":1,"b":["c"]}`}},
	{"JSON with a duplicate", "---\n{\"a\": 1,\n \"a\": 2}\n", []string{`1@2 line 3, column 2: duplicate field "a", first given at line 2, column 2`}},
	{"tabs", "a:\n\tb: 1\n", []string{`1@1 line 2, column 1: found character that cannot start any token (indent with spaces, not with tabs), while scanning for the next token`}},
	{"a control character", "a: 1\nb: é\x01\n", []string{`1@1 line 2, column 5: a control character (0x01): escape it inside of double quotes`}},
	{"line breaks of YAML 1.1", "a: é\u2028---\n", []string{`1@1 line 1, column 5: U+2028, a line break for some readers and none for others: escape it inside of double quotes`}},
	{"an unknown anchor", "a: *b\n", []string{`1@1 line 1, column 4: unknown anchor 'b' referenced`}},
	{"an anchor of another document", "a: &b 1\n---\nc: *b\n", []string{`1@1 {"a":1}`, `2@3 line 3, column 4: unknown anchor 'b' referenced`}},
}

func TestParseYAMLStreams(t *testing.T) {
	for _, tt := range streamTests {
		t.Run(tt.name, func(t *testing.T) {
			docs, err := document.ParseYAML([]byte(tt.in), document.Bounds{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range docs {
				got = append(got, fmt.Sprintf("%d@%d %s", d.Number, d.Line, outcome(d)))
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

func outcome(d document.Document) string {
	if d.Err != nil {
		return d.Err.Error()
	}
	return string(d.Root.AppendJSON(nil))
}

func TestParseYAMLValues(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"nulls", "[~, null, Null, NULL, '']", `[null,null,null,null,""]`},
		{"nothing is null", "a:\nb: !!str\n", `{"a":null,"b":""}`},
		{"booleans", "[true, True, TRUE, false, False, FALSE]", `[true,true,true,false,false,false]`},
		{"no booleans", "[yes, no, on, off, y, n, tRUE, nUll]", `["yes","no","on","off","y","n","tRUE","nUll"]`},
		{"integers", "[0, -1, +1, 010, 0x1F, 0xff, 0o17, -0]", `[0,-1,1,10,31,255,15,0]`},
		{"no integers", "[1_000, 0b1, 0X1F, 0O7, 0o8, 12:30, 1 2, --1, +-1, +]", `["1_000","0b1","0X1F","0O7","0o8","12:30","1 2","--1","+-1","+"]`},
		{"big integers", "[9223372036854775807, 18446744073709551615, 0xFFFFFFFFFFFFFFFF, -9223372036854775808]",
			`[9223372036854775807,18446744073709551615,18446744073709551615,-9223372036854775808]`},
		{"bigger integers", "[18446744073709551616, -9223372036854775809]", `[18446744073709552000,-9223372036854776000]`},
		{"floats", "[1., .5, -1.5, +1e3, 1E-7, 00.10, 1.e2]", `[1,0.5,-1.5,1000,1e-7,0.1,100]`},
		{"no floats", "[., .e1, 1e, e1, 1.2.3, 1e1.5, 0x1p2, Infinity, nan]", `[".",".e1","1e","e1","1.2.3","1e1.5","0x1p2","Infinity","nan"]`},
		{"dates", "[2001-01-01, 2001-12-14t21:59:43.10-05:00]", `["2001-01-01","2001-12-14t21:59:43.10-05:00"]`},
		{"quoted", `['1', "true", 'null', "a\tb\x41\u00e9\U0001F600"]`, `["1","true","null","a\tbAé😀"]`},
		{"tags", `[!!str 1, !!int "1", !!float 1, !!bool "true", !!null "", ! 1, !!seq [], !!map {}]`, `["1",1,1,true,null,"1",[],{}]`},
		{"aliases", "a: &x {b: [1]}\nc: *x\nd: [*x, *x]\n", `{"a":{"b":[1]},"c":{"b":[1]},"d":[{"b":[1]},{"b":[1]}]}`},
		{"an alias as a key", "- &k key\n- *k : 1\n", `["key",{"key":1}]`},
		{"an anchor given twice", "- &a 1\n- *a\n- &a 2\n- *a\n", `[1,1,2,2]`},
		{"a quoted merge key", `{"<<": 1}`, `{"\u003c\u003c":1}`},
		{"blocks", "a: |\n  x\n   y\n\nb: >-\n  x\n  y\n\n  z\n", `{"a":"x\n y\n","b":"x y\nz"}`},
		{"an explicit key", "? a\n: 1\n? b\n", `{"a":1,"b":null}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			docs, err := document.ParseYAML([]byte(tt.in), document.Bounds{})
			if err != nil || len(docs) != 1 {
				t.Fatalf("got %v and %v", docs, err)
			}
			if got, want := outcome(docs[0]), string(parse(t, tt.want).AppendJSON(nil)); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestParseYAMLFaults(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"duplicate keys", "a:\n  b: 1\n  c: 2\n  b: 3\n  'c': 4\n",
			"line 4, column 3: a: duplicate field \"b\", first given at line 2, column 3\nline 5, column 3: a: duplicate field \"c\", first given at line 3, column 3"},
		{"keys that are no strings", "1: a\ntrue: b\n~: c\n1.5: d\n: e\n", `line 1, column 1: the key "1" is not a string: quote it` +
			"\nline 2, column 1: the key \"true\" is not a string: quote it\nline 3, column 1: the key \"~\" is not a string: quote it" +
			"\nline 4, column 1: the key \"1.5\" is not a string: quote it\nline 5, column 1: the key \"\" is not a string: quote it"},
		{"keys that are collections", "x:\n  - ? [a]\n    : 1\n  - {b: 2}: 3\n",
			"line 2, column 7: x[0]: a key must be a string, not a collection\nline 4, column 5: x[1]: a key must be a string, not a collection"},
		{"merge keys", "a: &a {b: 1}\nc:\n  <<: *a\n", "line 3, column 3: c: merge keys (<<) are not supported: write the fields out"},
		{"infinite numbers", "[.inf, -.INF, .NaN]", "line 1, column 2: [0]: .inf has no form in JSON: quote it if it is text" +
			"\nline 1, column 8: [1]: -.INF has no form in JSON: quote it if it is text\nline 1, column 15: [2]: .NaN has no form in JSON: quote it if it is text"},
		{"huge numbers", "a: 1e999\nb: 0x10000000000000000\n", "line 1, column 4: a: the number 1e999 is beyond 64-bit floating point: quote it if it is text" +
			"\nline 2, column 4: b: the number 0x10000000000000000 is beyond 64 bits: quote it if it is text"},
		{"tags", "a: !!binary aGk=\nb: !x 1\nc: !!timestamp 2001-01-01\nd: !!set {}\ne: !<y> [1]\n!z f: 1\n",
			`line 1, column 4: a: the tag "!!binary" is not supported` + "\n" + `line 2, column 4: b: the tag "!x" is not supported` +
				"\n" + `line 3, column 4: c: the tag "!!timestamp" is not supported` + "\n" + `line 4, column 4: d: the tag "!!set" is not supported here` +
				"\n" + `line 5, column 4: e: the tag "y" is not supported here` + "\n" + `line 6, column 1: the key "f": the tag "!z" is not supported`},
		{"tags that don't fit", "[!!int x, !!int 1.5, !!bool yes, !!null 0, !!float a]", "line 1, column 2: [0]: the value doesn't fit its tag !!int" +
			"\nline 1, column 11: [1]: the value doesn't fit its tag !!int\nline 1, column 22: [2]: the value doesn't fit its tag !!bool" +
			"\nline 1, column 34: [3]: the value doesn't fit its tag !!null\nline 1, column 44: [4]: the value doesn't fit its tag !!float"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			docs, err := document.ParseYAML([]byte(tt.in), document.Bounds{})
			if err != nil || len(docs) != 1 {
				t.Fatalf("got %v and %v", docs, err)
			}
			var faults document.Faults
			if !errors.As(docs[0].Err, &faults) {
				t.Fatalf("got %v, want Faults", outcome(docs[0]))
			}
			if got := faults.Error(); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestParseYAMLPositions(t *testing.T) {
	docs, err := document.ParseYAML([]byte("# c\n---\nä: [1,\n  {é: x}]\nb: &b\n  - |\n    y\nc: *b\n"), document.Bounds{})
	if err != nil || len(docs) != 1 || docs[0].Err != nil {
		t.Fatalf("got %v and %v", docs, err)
	}
	tests := []struct {
		pointer      string
		line, column int
	}{{"", 3, 1}, {"/ä", 3, 4}, {"/ä/0", 3, 5}, {"/ä/1", 4, 3}, {"/ä/1/é", 4, 7}, {"/b/0", 6, 5}, {"/c/0", 6, 5}}
	for _, tt := range tests {
		n := docs[0].Root.At(tt.pointer)
		if n == nil || n.Line != tt.line || n.Column != tt.column {
			t.Errorf("%q stands at %+v, want line %d, column %d", tt.pointer, n, tt.line, tt.column)
		}
	}
	if f := docs[0].Root.Fields[2]; f.Key != "c" || f.Line != 8 || f.Column != 1 {
		t.Errorf("the last key is %+v, want c at line 8, column 1", f)
	}
}

func BenchmarkParseYAML(b *testing.B) {
	data := []byte(sampleYAML)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := document.ParseYAML(data, document.Bounds{}); err != nil {
			b.Fatal(err)
		}
	}
}

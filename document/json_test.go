package document_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/document"
)

func TestParseJSON(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"null", `null`, `null`},
		{"white space", " \t\r\n[ ] \n", `[]`},
		{"nested", `{"b":[1,{"c":null}],"a":true}`, `{"a":true,"b":[1,{"c":null}]}`},
		{"empty key", `{"":false}`, `{"":false}`},
		{"every escape", `"\"\\\/\b\f\n\r\t\u00e9"`, `"\"\\/\b\f\n\r\té"`},
		{"surrogate pair", `"\ud83d\ude00"`, `"😀"`},
		{"control characters", `"\u0000\u001f"`, `"\u0000\u001f"`},
		{"no needless escapes", `"\u003c\u2028\u007f"`, "\"<\u2028\u007f\""},
		{"keys by code point", `{"😀":1,"ｚ":2,"z":3,"Z":4}`, `{"Z":4,"z":3,"ｚ":2,"😀":1}`},
		{"ends of int64 and uint64", `[-9223372036854775808,18446744073709551615]`, `[-9223372036854775808,18446744073709551615]`},
		{"integers beyond", `[-9223372036854775809,18446744073709551616]`, `[-9223372036854776000,18446744073709552000]`},
		{"floats", `[1.0,1.50,100e-2,1e3,0.1,123456789012345678.5]`, `[1,1.5,1,1000,0.1,123456789012345680]`},
		{"exponents", `[1e20,1e21,1e-6,1e-7,1.25E+300,5e-324]`, `[100000000000000000000,1e+21,0.000001,1e-7,1.25e+300,5e-324]`},
		{"minus zero is zero", `[-0,-0.0,0e5,-1e-400]`, `[0,0,0,0]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root, err := document.ParseJSON([]byte(tt.in), document.Bounds{})
			if err != nil {
				t.Fatal(err)
			}
			if got := string(root.AppendJSON(nil)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestParseJSONRefuses(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"nothing", "", "line 1, column 1: expected a value, found the end of the text"},
		{"two values", "1\n 2", "line 2, column 2: '2' after the end of the value"},
		{"a byte order mark", "\uFEFF1", `line 1, column 1: expected a value, found '\ufeff'`},
		{"not UTF-8", "[\"é\",\n\"\xc3\"]", "line 2, column 2: not UTF-8: byte 0xc3 at offset 8"},
		{"an encoded surrogate", "\"\xed\xa0\x80\"", "line 1, column 2: not UTF-8: byte 0xed at offset 1"},
		{"columns are characters", `["éé" x]`, "line 1, column 7: expected ',' or ']' in the array, found 'x'"},
		{"a trailing comma", "[1,\n]", "line 2, column 1: expected a value, found ']'"},
		{"a trailing comma in an object", `{"a":1,}`, `line 1, column 8: expected a key in quotes, found '}'`},
		{"no colon", `{"a" 1}`, "line 1, column 6: expected ':' after the key, found '1'"},
		{"no comma", `{"a":1 "b":2}`, `line 1, column 8: expected ',' or '}' in the object, found '"'`},
		{"a comment", "// x\n1", "line 1, column 1: expected a value, found '/'"},
		{"words", "True", "line 1, column 1: expected a value, found 'T'"},
		{"a word cut short", "tru", "line 1, column 1: expected a value, found 't'"},
		{"leading zeros", "01", "line 1, column 2: '1' after the end of the value"},
		{"plus", "+1", "line 1, column 1: expected a value, found '+'"},
		{"only minus", "-", "line 1, column 2: expected a digit, found the end of the text"},
		{"no fraction", "1.", "line 1, column 3: expected a digit after the point, found the end of the text"},
		{"no exponent", "1e+", "line 1, column 4: expected a digit in the exponent, found the end of the text"},
		{"beyond float64", "[1,1e999]", "line 1, column 4: the number 1e999 is beyond 64-bit floating point"},
		{"an open string", `"abc`, "line 1, column 5: the string is not closed"},
		{"an escape at the end", `"abc\`, "line 1, column 6: the string is not closed"},
		{"an unknown escape", `"\x"`, "line 1, column 2: a backslash before 'x' is no escape of JSON"},
		{"a raw line break", "\"a\nb\"", "line 1, column 3: a control character (0x0a) inside a string: escape it"},
		{"a lone high surrogate", `"\ud800x"`, `line 1, column 2: \ud800 is half of a surrogate pair, without the other half`},
		{"a lone low surrogate", `"\udc00"`, `line 1, column 2: \udc00 is half of a surrogate pair, without the other half`},
		{"two high surrogates", `"\ud800\ud800"`, `line 1, column 2: \ud800 is half of a surrogate pair, without the other half`},
		{"bad hex", `"\u12g4"`, `line 1, column 2: \u needs four hexadecimal digits`},
		{"short hex", `"\u12`, `line 1, column 2: \u needs four hexadecimal digits`},
		{"a sign in hex", `"\u+123"`, `line 1, column 2: \u needs four hexadecimal digits`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root, err := document.ParseJSON([]byte(tt.in), document.Bounds{})
			var syntax *document.SyntaxError
			if root != nil || !errors.As(err, &syntax) {
				t.Fatalf("got %v and %v, want a SyntaxError", root, err)
			}
			if err.Error() != tt.want {
				t.Errorf("got  %s\nwant %s", err, tt.want)
			}
		})
	}
}

func TestParseJSONDuplicates(t *testing.T) {
	in := "{\"a\":1,\n \"b\":[{\"c\":1,\"c\":2}],\n \"a\":3}"
	_, err := document.ParseJSON([]byte(in), document.Bounds{})
	var faults document.Faults
	if !errors.As(err, &faults) {
		t.Fatalf("got %v, want Faults", err)
	}
	want := "line 2, column 14: b[0]: duplicate field \"c\", first given at line 2, column 8\n" +
		"line 3, column 2: duplicate field \"a\", first given at line 1, column 2"
	if err.Error() != want {
		t.Errorf("got\n%s\nwant\n%s", err, want)
	}
}

// An object of many fields finds duplicates by a map instead of a scan.
func TestParseJSONDuplicatesOfMany(t *testing.T) {
	for _, n := range []int{1, 7, 8, 9, 100} {
		keys := make([]string, n)
		for i := range keys {
			keys[i] = `"k` + strings.Repeat("x", i) + `":0`
		}
		in := "{" + strings.Join(keys, ",") + "}"
		if _, err := document.ParseJSON([]byte(in), document.Bounds{}); err != nil {
			t.Errorf("%d fields: %v", n, err)
		}
		for _, again := range []string{keys[0], keys[n-1]} {
			in := "{" + strings.Join(keys, ",") + "," + again + "}"
			_, err := document.ParseJSON([]byte(in), document.Bounds{})
			var faults document.Faults
			if !errors.As(err, &faults) || len(faults) != 1 {
				t.Errorf("%d fields and %s again: got %v, want one fault", n, again, err)
			}
		}
	}
}

func TestParseJSONBounds(t *testing.T) {
	tests := []struct {
		name   string
		in     string
		bounds document.Bounds
		want   string // "" when it is within the bounds
	}{
		{"bytes", `"abcd"`, document.Bounds{Bytes: 6}, ""},
		{"more bytes", `"abcde"`, document.Bounds{Bytes: 6}, "7 bytes, over the limit of 6"},
		{"depth", `[{"a":[]}]`, document.Bounds{Depth: 3}, ""},
		{"more depth", `[{"a":[[]]}]`, document.Bounds{Depth: 3}, "line 1, column 8: nested deeper than 3"},
		{"the default depth", strings.Repeat("[", 64) + strings.Repeat("]", 64), document.Bounds{}, ""},
		{"more than the default depth", strings.Repeat("[", 65), document.Bounds{}, "line 1, column 65: nested deeper than 64"},
		{"values", `[1,{"a":2}]`, document.Bounds{Values: 4}, ""},
		{"more values", `[1,{"a":2},3]`, document.Bounds{Values: 4}, "line 1, column 12: more than 4 values: split the document, or put what it carries into one string"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := document.ParseJSON([]byte(tt.in), tt.bounds)
			if got := errorText(err); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestParseJSONPositions(t *testing.T) {
	in := "{\n  \"é\": [1,\r\n\"x\", {\"k\" :\r true}]}"
	root, err := document.ParseJSON([]byte(in), document.Bounds{})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		pointer      string
		line, column int
	}{{"", 1, 1}, {"/é", 2, 8}, {"/é/0", 2, 9}, {"/é/1", 3, 1}, {"/é/2", 3, 6}, {"/é/2/k", 4, 2}}
	for _, tt := range tests {
		n := root.At(tt.pointer)
		if n == nil || n.Line != tt.line || n.Column != tt.column {
			t.Errorf("%q stands at %+v, want line %d, column %d", tt.pointer, n, tt.line, tt.column)
		}
	}
	if f := root.Fields[0]; f.Line != 2 || f.Column != 3 {
		t.Errorf("the key é stands at %d:%d, want 2:3", f.Line, f.Column)
	}
}

// The tree is a copy: what happens to the bytes afterwards doesn't reach it.
func TestParseJSONCopies(t *testing.T) {
	data := []byte(`{"key":"value"}`)
	root, err := document.ParseJSON(data, document.Bounds{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		data[i] = 'x'
	}
	if got := string(root.AppendJSON(nil)); got != `{"key":"value"}` {
		t.Errorf("the tree changed to %s", got)
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func BenchmarkParseJSON(b *testing.B) {
	data := sampleJSON(b)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := document.ParseJSON(data, document.Bounds{}); err != nil {
			b.Fatal(err)
		}
	}
}

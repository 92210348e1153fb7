package author

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/sandbox"
)

// named is a module with the functions "small" and "large" and, as its name section, what is given.
func named(names string) []byte {
	text := "\x00asm\x01\x00\x00\x00" + "\x01\x04\x01\x60\x00\x00" + "\x03\x03\x02\x00\x00" +
		"\x0a\x09\x02" + "\x02\x00\x0b" + "\x04\x00\x01\x01\x0b"
	return AppendSection([]byte(text), "name", []byte(names))
}

func functionsOf(t *testing.T, wasm []byte) []FunctionSize {
	t.Helper()
	m, err := sandbox.Inspect(wasm, generous())
	if err != nil {
		t.Fatal(err)
	}
	return largestFunctions(wasm, m)
}

func TestLargestFunctions(t *testing.T) {
	for _, tt := range []struct{ name, names, large, small string }{
		{"named", "\x01\x0f\x02\x00\x05small\x01\x05large", "large", "small"},
		{"behind the module's name", "\x00\x02\x01m\x01\x08\x01\x01\x05large", "large", ""},
		{"none", "", "", ""},
		{"cut short", "\x01\x0f\x02\x00\x05sm", "", "sm"},
		{"no text", "\x01\x05\x01\x01\x02\xff\xfe", "", ""},
		{"a number without an end", "\x01\x05\xff\xff\xff\xff\xff", "", ""},
		{"no such function", "\x01\x04\x01\x7f\x01x", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := []FunctionSize{{Index: 1, Name: tt.large, Bytes: 4}, {Index: 0, Name: tt.small, Bytes: 2}}
			if got := functionsOf(t, named(tt.names)); !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
	if got := functionsOf(t, named("\x01\xcd\x01\x01\x01\xc8\x01"+strings.Repeat("x", 200))); len(got[0].Name) != maxFunctionName {
		t.Errorf("a long name became %q", got[0].Name)
	}
}

func FuzzLargestFunctions(f *testing.F) {
	f.Add(named("\x01\x0f\x02\x00\x05small\x01\x05large"))
	f.Add(named("\x01\x05\xff\xff\xff\xff\xff"))
	wasm, err := os.ReadFile("../../testdata/modules/catch-all.wasm")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(wasm)
	f.Fuzz(func(t *testing.T, wasm []byte) {
		m, err := sandbox.Inspect(wasm, sandbox.DefaultLimits())
		if err != nil {
			t.Skip()
		}
		total := 0
		for _, fn := range largestFunctions(wasm, m) {
			total += fn.Bytes
		}
		if total > len(wasm) {
			t.Errorf("functions of %d bytes in a module of %d", total, len(wasm))
		}
	})
}

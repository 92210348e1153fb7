package cli

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestPlainJSON(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":"b"}`: `{"a":"b"}`, `"ä…😀"`: `"ä…😀"`, "\"a\x7fb\"": `"a\u007fb"`, "\"\u0085\u202e\u2066x\"": `"\u0085\u202e\u2066x"`,
	} {
		if got := string(plainJSON([]byte(text))); got != want {
			t.Errorf("plainJSON(%q) = %q, want %q", text, got, want)
		}
	}
}

// Whatever the text, it stays the same and acts on nobody's terminal.
func FuzzPlainJSON(f *testing.F) {
	f.Add("plain")
	f.Add("\x1b[31m\u009b31m\u202e\x7f\u2028")
	f.Add("\xff\u061c😀")
	f.Fuzz(func(t *testing.T, s string) {
		text, err := json.Marshal(map[string]string{"k": s})
		if err != nil {
			t.Fatal(err)
		}
		var before, after map[string]string
		plain := plainJSON(text)
		if err := json.Unmarshal(plain, &after); err != nil {
			t.Fatalf("%q is no JSON: %v", plain, err)
		}
		if err := json.Unmarshal(text, &before); err != nil || before["k"] != after["k"] {
			t.Errorf("%q became %q", before["k"], after["k"])
		}
		if i := strings.IndexFunc(string(plain), func(r rune) bool { return r < ' ' || actsOnTerminal(r) }); i >= 0 {
			t.Errorf("%q has %q", plain, plain[i])
		}
	})
}

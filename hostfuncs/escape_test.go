package hostfuncs_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/soltihq/soltiwasm/hostfuncs"
)

func TestEscape(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"plain text, ä, 日本, \U0001F600", "plain text, ä, 日本, \U0001F600"},
		{`back\slash`, `back\slash`},
		{"a\nb\tc\rd", `a\nb\tc\rd`},
		{"\x00\x1b[31mred\x7f", `\x00\x1b[31mred\x7f`},
		{"\u0080\u009b\u009f\u00a0", `\u0080\u009b\u009f` + "\u00a0"},
		{"a\u2028b\u2029c", `a\u2028b\u2029c`},
		{"\u061c\u200e\u200f\u202a\u202e\u2066\u2069", `\u061c\u200e\u200f\u202a\u202e\u2066\u2069`},
		{"\u2065\u206a\u2029\u202f", "\u2065\u206a" + `\u2029` + "\u202f"},
		{"bad \xff\xfe\xc3", "bad \uFFFD\uFFFD\uFFFD"},
		{"\uFFFD is itself", "\uFFFD is itself"},
	}
	for _, test := range tests {
		if got := hostfuncs.Escape(test.in); got != test.want {
			t.Errorf("Escape(%q) = %q, want %q", test.in, got, test.want)
		}
	}
}

// TestEscapeAllRunes holds Escape to Unicode's own tables: what is left has no control, no separator of lines, and no
// control of direction.
func TestEscapeAllRunes(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		acts := unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
		if kept := hostfuncs.Escape(string(r)) == string(r); utf8.ValidRune(r) && kept == acts {
			t.Errorf("Escape(%U) = %q", r, hostfuncs.Escape(string(r)))
		}
	}
}

func TestEscapeKeepsPlainText(t *testing.T) {
	s := strings.Repeat("plain ä ", 100)
	if n := testing.AllocsPerRun(100, func() { hostfuncs.Escape(s) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzEscape(f *testing.F) {
	f.Add("a\x1b[0m\u202e\xff")
	f.Fuzz(func(t *testing.T, s string) {
		got := hostfuncs.Escape(s)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool {
			return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
		}) {
			t.Errorf("Escape(%q) = %q", s, got)
		}
		if again := hostfuncs.Escape(got); again != got {
			t.Errorf("Escape(%q) = %q", got, again)
		}
	})
}

func ExampleEscape() {
	fmt.Println(hostfuncs.Escape("done\x1b[2J\nroot# "))
	// Output: done\x1b[2J\nroot#
}

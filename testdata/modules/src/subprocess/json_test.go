package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAppendString(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", `""`},
		{"plain", `"plain"`},
		{`say "hi"`, `"say \"hi\""`},
		{`C:\dir`, `"C:\\dir"`},
		{"a\nb\tc\r", `"a\u000ab\u0009c\u000d"`},
		{"\x00\x1f\x7f", "\"\\u0000\\u001f\x7f\""},
		{"<&>/", `"<&>/"`},
		{"é 世界 🙂 \u2028", "\"é 世界 🙂 \u2028\""},
	}
	for _, tt := range tests {
		if got := string(appendString(nil, tt.in)); got != tt.want {
			t.Errorf("appendString(%q) = %s, want %s", tt.in, got, tt.want)
		}
	}
}

func FuzzAppendString(f *testing.F) {
	f.Add("plain")
	f.Add("\x00\"\\\n\u2028🙂")
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			t.Skip("the host hands over UTF-8 only")
		}
		b := appendString([]byte("x"), s)
		var back string
		if err := json.Unmarshal(b[1:], &back); err != nil {
			t.Fatalf("%q became %s: %v", s, b[1:], err)
		}
		if back != s {
			t.Fatalf("%q came back as %q", s, back)
		}
		if bytes.ContainsAny(b, "\n\r\x00") {
			t.Fatalf("%q became %q, with a raw control character", s, b[1:])
		}
	})
}

func TestOneLine(t *testing.T) {
	tests := []struct{ in, want string }{
		{"runs echo", "runs echo"},
		{"a\nb\x7fc\u0085d\u2028e", "a b c d e"},
		{strings.Repeat("é", maxLine), strings.Repeat("é", maxLine)},
		{strings.Repeat("é", maxLine+1), strings.Repeat("é", maxLine) + "…"},
	}
	for _, tt := range tests {
		if got := oneLine(tt.in); got != tt.want {
			t.Errorf("oneLine(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

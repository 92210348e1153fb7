package hostfuncs

import (
	"fmt"
	"math"
	"unicode/utf8"
)

// Escape makes text from a guest safe to show on one line: control characters (C0, DEL and C1), line and paragraph
// separators, and the controls that turn the direction of writing are written as \n, \t, \r, \xHH or \uHHHH, and each
// byte that isn't UTF-8 as U+FFFD. It is for people: a backslash of the text stays as it is, so the result can't be
// taken apart again. Text without any of these is returned as it is, without allocating. What has to be masked is
// masked before.
func Escape(s string) string {
	if !needsEscape(s) {
		return s
	}
	b, _ := appendEscaped(make([]byte, 0, len(s)+16), s, math.MaxInt)
	return string(b)
}

func needsEscape(s string) bool {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if hidden(r) || r == utf8.RuneError && size == 1 {
			return true
		}
		i += size
	}
	return false
}

// appendEscaped appends s to dst as [Escape] shows it, as far as it goes within limit bytes, and says whether all of it
// did.
func appendEscaped(dst []byte, s string, limit int) (_ []byte, all bool) {
	start := len(dst)
	for _, r := range s { // a bad byte arrives as U+FFFD
		before := len(dst)
		dst = appendRune(dst, r)
		if len(dst)-start > limit {
			return dst[:before], false
		}
	}
	return dst, true
}

func appendRune(dst []byte, r rune) []byte {
	switch {
	case !hidden(r):
		return utf8.AppendRune(dst, r)
	case r == '\n':
		return append(dst, `\n`...)
	case r == '\t':
		return append(dst, `\t`...)
	case r == '\r':
		return append(dst, `\r`...)
	case r < 0x80:
		return fmt.Appendf(dst, `\x%02x`, r)
	}
	return fmt.Appendf(dst, `\u%04x`, r)
}

// hidden says whether r acts on what shows it, instead of being shown.
func hidden(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r <= 0x9f: // C0, DEL and C1
		return true
	case r == '\u2028', r == '\u2029': // line and paragraph separator
		return true
	case r == '\u061c', r == '\u200e', r == '\u200f', r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
		return true // the characters with the Unicode property Bidi_Control
	}
	return false
}

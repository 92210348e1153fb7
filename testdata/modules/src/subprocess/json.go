package main

import "strings"

// appendString appends s, which is UTF-8, as a JSON string with no escapes but those that JSON requires.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// quote returns s for a message: in quotes, on one line, cut if it is long.
func quote(s string) string { return string(appendString(nil, oneLine(s))) }

// maxLine is how many characters oneLine keeps.
const maxLine = 80

// oneLine returns s with a space for each control character, and cut to maxLine characters.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || 0x7f <= r && r < 0xa0 || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
	n := 0
	for i := range s {
		if n == maxLine {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

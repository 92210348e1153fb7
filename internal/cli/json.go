package cli

import (
	"fmt"
	"unicode/utf8"
)

// plainJSON writes what acts on a terminal, and Go leaves as it is in JSON, by its number: DEL, C1, the separators of
// lines and the controls of the direction of writing. They can only be in strings there, so that the document stays the same.
func plainJSON(text []byte) []byte {
	var plain []byte
	done := 0
	for i := 0; i < len(text); {
		if text[i] < 0x7f {
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if actsOnTerminal(r) {
			plain = fmt.Appendf(append(plain, text[done:i]...), `\u%04x`, r)
			done = i + size
		}
		i += size
	}
	if done == 0 {
		return text
	}
	return append(plain, text[done:]...)
}

func actsOnTerminal(r rune) bool {
	switch {
	case r >= 0x7f && r <= 0x9f, r == 0x061c, r == 0x200e, r == 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return false
}

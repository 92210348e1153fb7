package guest

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// list returns the items of a JSON list: a string's text, anything else as it is written.
func list(text string) ([]string, bool) {
	s := scanner{text: text}
	if !s.take('[') {
		return nil, false
	}
	items := []string{}
	for !s.take(']') {
		if len(items) > 0 && !s.take(',') {
			return nil, false
		}
		item, ok := s.value()
		if !ok {
			return nil, false
		}
		items = append(items, item)
	}
	return items, s.at == len(text)
}

// object returns the members of a JSON object, with values as list has them.
func object(text string) ([]Pair, bool) {
	s := scanner{text: text}
	if !s.take('{') {
		return nil, false
	}
	pairs := []Pair{}
	for !s.take('}') {
		if len(pairs) > 0 && !s.take(',') {
			return nil, false
		}
		key, ok := s.string()
		if !ok || !s.take(':') {
			return nil, false
		}
		value, ok := s.value()
		if !ok {
			return nil, false
		}
		pairs = append(pairs, Pair{key, value})
	}
	return pairs, s.at == len(text)
}

// scanner takes canonical JSON apart, which has no white space. The host writes it well, but what is read may be any
// string of a spec instead, so nothing is taken for granted.
type scanner struct {
	text string
	at   int
}

func (s *scanner) take(c byte) bool {
	if s.at < len(s.text) && s.text[s.at] == c {
		s.at++
		return true
	}
	return false
}

// value takes one value. Of what is inside a list or object only the strings and brackets are looked at.
func (s *scanner) value() (string, bool) {
	if s.at < len(s.text) && s.text[s.at] == '"' {
		return s.string()
	}
	start, depth := s.at, 0
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case '"':
			if _, ok := s.string(); !ok {
				return "", false
			}
			continue
		case '[', '{':
			depth++
		case ']', '}':
			if depth == 0 {
				return s.text[start:s.at], s.at > start
			}
			depth--
		case ',':
			if depth == 0 {
				return s.text[start:s.at], s.at > start
			}
		}
		s.at++
	}
	return "", false
}

// string takes one string and returns its text.
func (s *scanner) string() (string, bool) {
	if !s.take('"') {
		return "", false
	}
	end := strings.IndexAny(s.text[s.at:], `"\`)
	if end >= 0 && s.text[s.at+end] == '"' { // no escapes
		text := s.text[s.at : s.at+end]
		s.at += end + 1
		return text, true
	}
	var b []byte
	for s.at < len(s.text) {
		c := s.text[s.at]
		s.at++
		switch c {
		case '"':
			return string(b), true
		case '\\':
			r, ok := s.escape()
			if !ok {
				return "", false
			}
			b = utf8.AppendRune(b, r)
		default:
			b = append(b, c)
		}
	}
	return "", false
}

// escape takes what follows a backslash. Canonical JSON writes \u only for control characters, never for surrogates.
func (s *scanner) escape() (rune, bool) {
	if s.at == len(s.text) {
		return 0, false
	}
	c := s.text[s.at]
	s.at++
	switch c {
	case '"', '\\', '/':
		return rune(c), true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 'u':
		if s.at+4 > len(s.text) {
			return 0, false
		}
		n, err := strconv.ParseUint(s.text[s.at:s.at+4], 16, 16)
		s.at += 4
		return rune(n), err == nil
	}
	return 0, false
}

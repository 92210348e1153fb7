package document

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// string reads a string, from its opening quote on.
func (p *jsonParser) string() (string, error) {
	p.at++
	text, plain, err := p.run()
	if err != nil || plain {
		return text, err
	}
	var unescaped strings.Builder
	for {
		unescaped.WriteString(text)
		if text, err = p.escape(); err != nil {
			return "", err
		}
		unescaped.WriteString(text)
		var last bool
		if text, last, err = p.run(); err != nil {
			return "", err
		}
		if last {
			unescaped.WriteString(text)
			return unescaped.String(), nil
		}
	}
}

// run reads the characters before the next backslash, or before the closing quote and that quote too: then it is the last.
func (p *jsonParser) run() (text string, last bool, err error) {
	for start := p.at; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; {
		case c == '"':
			p.at++
			return p.text[start : p.at-1], true, nil
		case c == '\\':
			return p.text[start:p.at], false, nil
		case c < 0x20:
			return "", false, p.fail("a control character (0x%02x) inside a string: escape it", c)
		case !utf8.RuneStart(c):
			p.wide++
		}
	}
	return "", false, p.fail("the string is not closed")
}

// escape reads one escape, from its backslash on; a surrogate pair is one.
func (p *jsonParser) escape() (string, error) {
	if p.at+1 == len(p.text) {
		p.at++
		return "", p.fail("the string is not closed")
	}
	const short, meaning = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	c := p.text[p.at+1]
	if c == 'u' {
		r, err := p.unicodeEscape()
		return string(r), err
	}
	i := strings.IndexByte(short, c)
	if i < 0 {
		return "", p.fail("a backslash before %s is no escape of JSON", p.foundAt(p.at+1))
	}
	p.at += 2
	return meaning[i : i+1], nil
}

// unicodeEscape reads \uXXXX, or two of them that are a surrogate pair.
func (p *jsonParser) unicodeEscape() (rune, error) {
	high, ok := hexEscape(p.text[p.at:])
	if !ok {
		return 0, p.fail(`\u needs four hexadecimal digits`)
	}
	if !utf16.IsSurrogate(high) {
		p.at += 6
		return high, nil
	}
	low, ok := hexEscape(p.text[p.at+6:])
	r := utf16.DecodeRune(high, low)
	if !ok || r == utf8.RuneError {
		return 0, p.fail(`\u%04x is half of a surrogate pair, without the other half`, high)
	}
	p.at += 12
	return r, nil
}

// hexEscape reads \uXXXX at the beginning of text.
func hexEscape(text string) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	v, err := strconv.ParseUint(text[2:6], 16, 16)
	return rune(v), err == nil
}

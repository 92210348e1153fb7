package document

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ParseJSON reads exactly one JSON value (RFC 8259), strictly: no byte order mark, no comments, no trailing commas, UTF-8 only,
// no lone surrogates, no number beyond float64. It takes linear time. The error is a *[SyntaxError], or [Faults] for duplicate
// keys. The tree holds a copy of data.
func ParseJSON(data []byte, b Bounds) (*Node, error) {
	b = b.withDefaults()
	if len(data) > b.Bytes {
		return nil, &SyntaxError{Message: fmt.Sprintf("%d bytes, over the limit of %d", len(data), b.Bytes)}
	}
	text := string(data)
	if err := checkUTF8(text); err != nil {
		return nil, err
	}
	return parseJSON(text, 1, b)
}

// checkUTF8 is a *SyntaxError for text that isn't UTF-8.
func checkUTF8(text string) error {
	if utf8.ValidString(text) {
		return nil
	}
	for at := 0; ; {
		r, size := utf8.DecodeRuneInString(text[at:])
		if r == utf8.RuneError && size <= 1 {
			line, column := position(text, at)
			return &SyntaxError{line, column, fmt.Sprintf("not UTF-8: byte 0x%02x at offset %d", text[at], at)}
		}
		at += size
	}
}

// parseJSON reads text, which is UTF-8 and begins on a line.
func parseJSON(text string, line int, b Bounds) (*Node, error) {
	return newJSONParser(text, line, b).parse()
}

func newJSONParser(text string, line int, b Bounds) *jsonParser {
	return &jsonParser{text: text, bounds: b, line: line}
}

func (p *jsonParser) parse() (*Node, error) {
	root, err := p.document()
	if err != nil {
		return nil, err
	}
	if err := p.faults.err(); err != nil {
		return nil, err
	}
	return root, nil
}

// jsonParser reads a text by recursive descent, no deeper than its bounds.
type jsonParser struct {
	builder
	text   string
	at     int // the offset of the next byte
	line   int // from 1
	begin  int // the offset of the line's first byte
	wide   int // the bytes from begin on that continue a character
	bounds Bounds

	limited bool // whether there are more values than the bounds allow
}

func (p *jsonParser) column() int { return p.at - p.begin - p.wide + 1 }

func (p *jsonParser) fail(format string, args ...any) error {
	return &SyntaxError{p.line, p.column(), fmt.Sprintf(format, args...)}
}

func (p *jsonParser) document() (*Node, error) {
	p.space()
	root, err := p.value(0)
	if err != nil {
		return nil, err
	}
	p.space()
	if p.at < len(p.text) {
		return nil, p.fail("%s after the end of the value", p.found())
	}
	return root, nil
}

// found names the next character, for messages.
func (p *jsonParser) found() string { return p.foundAt(p.at) }

func (p *jsonParser) foundAt(at int) string {
	if at == len(p.text) {
		return "the end of the text"
	}
	r, _ := utf8.DecodeRuneInString(p.text[at:])
	return strconv.QuoteRune(r)
}

// space skips white space.
func (p *jsonParser) space() {
	for ; p.at < len(p.text); p.at++ {
		switch p.text[p.at] {
		case ' ', '\t':
		case '\n', '\r':
			if !strings.HasPrefix(p.text[p.at:], "\r\n") { // one break, which counts at its end
				p.line, p.begin, p.wide = p.line+1, p.at+1, 0
			}
		default:
			return
		}
	}
}

// skip takes one byte if it comes next.
func (p *jsonParser) skip(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

// value reads one value that stands inside depth arrays and objects.
func (p *jsonParser) value(depth int) (*Node, error) {
	if p.at == len(p.text) {
		return nil, p.fail("expected a value, found %s", p.found())
	}
	if p.values++; p.values > p.bounds.Values {
		p.limited = true
		return nil, p.fail("more than %d values: split the document, or put what it carries into one string", p.bounds.Values)
	}
	n := p.node()
	n.Line, n.Column = p.line, p.column()
	c := p.text[p.at]
	if (c == '[' || c == '{') && depth == p.bounds.Depth {
		return nil, p.fail("nested deeper than %d", p.bounds.Depth)
	}
	var err error
	switch {
	case c == '{':
		n.Kind = Object
		n.Fields, err = p.object(depth + 1)
	case c == '[':
		n.Kind = Array
		n.Items, err = p.array(depth + 1)
	case c == '"':
		n.Kind = String
		n.Text, err = p.string()
	case c == '-' || c >= '0' && c <= '9':
		n.Kind = Number
		n.Text, err = p.number()
	default:
		err = p.word(n)
	}
	return n, err
}

// word reads true, false or null into n.
func (p *jsonParser) word(n *Node) error {
	rest := p.text[p.at:]
	switch {
	case strings.HasPrefix(rest, "true"):
		n.Kind, n.Text = Bool, rest[:4]
	case strings.HasPrefix(rest, "false"):
		n.Kind, n.Text = Bool, rest[:5]
	case strings.HasPrefix(rest, "null"):
		n.Kind = Null
		p.at += 4
		return nil
	default:
		return p.fail("expected a value, found %s", p.found())
	}
	p.at += len(n.Text)
	return nil
}

// array reads the items after an opening bracket.
func (p *jsonParser) array(depth int) ([]*Node, error) {
	p.at++
	mark := p.beginItems()
	if p.space(); p.skip(']') {
		return p.endItems(mark), nil
	}
	for {
		p.space()
		p.enter(step{index: len(p.items) - mark})
		item, err := p.value(depth)
		if err != nil {
			return nil, err
		}
		p.leave()
		p.items = append(p.items, item)
		p.space()
		if p.skip(']') {
			return p.endItems(mark), nil
		}
		if !p.skip(',') {
			return nil, p.fail("expected ',' or ']' in the array, found %s", p.found())
		}
	}
}

// object reads the fields after an opening brace.
func (p *jsonParser) object(depth int) ([]Field, error) {
	p.at++
	mark, seen := p.beginFields(), keySet{}
	if p.space(); p.skip('}') {
		return p.endFields(mark), nil
	}
	for {
		p.space()
		f, err := p.member(depth)
		if err != nil {
			return nil, err
		}
		p.addField(f, mark, &seen)
		p.space()
		if p.skip('}') {
			return p.endFields(mark), nil
		}
		if !p.skip(',') {
			return nil, p.fail("expected ',' or '}' in the object, found %s", p.found())
		}
	}
}

// member reads one field: a key, a colon and a value.
func (p *jsonParser) member(depth int) (f Field, err error) {
	if p.at == len(p.text) || p.text[p.at] != '"' {
		return f, p.fail("expected a key in quotes, found %s", p.found())
	}
	f.Line, f.Column = p.line, p.column()
	if f.Key, err = p.string(); err != nil {
		return f, err
	}
	if p.space(); !p.skip(':') {
		return f, p.fail("expected ':' after the key, found %s", p.found())
	}
	p.space()
	p.enter(step{key: f.Key, isKey: true})
	f.Value, err = p.value(depth)
	p.leave()
	return f, err
}

// number reads a number, as RFC 8259, section 6 has it.
func (p *jsonParser) number() (string, error) {
	start := p.at
	p.skip('-')
	if !p.skip('0') && !p.digits() {
		return "", p.fail("expected a digit, found %s", p.found())
	}
	if p.skip('.') && !p.digits() {
		return "", p.fail("expected a digit after the point, found %s", p.found())
	}
	if p.skip('e') || p.skip('E') {
		if !p.skip('+') {
			p.skip('-')
		}
		if !p.digits() {
			return "", p.fail("expected a digit in the exponent, found %s", p.found())
		}
	}
	literal := p.text[start:p.at]
	number, ok := canonicalNumber(literal)
	if !ok {
		p.at = start // the place of the error
		return "", p.fail("the number %s is beyond 64-bit floating point", clip(literal, maxQuote))
	}
	return number, nil
}

// digits skips digits and says whether there were any.
func (p *jsonParser) digits() bool {
	start := p.at
	for p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
		p.at++
	}
	return p.at > start
}

package task

import (
	"fmt"
	"strings"
)

// ParseSelector reads the text form of a selector: requirements joined by commas, all of which must hold. "k=v" and
// "k==v" go to MatchLabels; "k!=v" (a NotIn of one value), "k in (a,b)", "k notin (a,b)", "k" and "!k" to
// MatchExpressions. Space, tab, CR and LF may stand between any two words. Empty text is an empty selector.
//
// What it returns is valid by [Selector.Validate]. An error names the column (in bytes, from 1), what was expected and
// what was found.
func ParseSelector(text string) (*Selector, error) {
	p := selectorParser{text: text}
	s := &Selector{}
	if p.peek() == "" {
		return s, nil
	}
	for {
		if err := p.requirement(s); err != nil {
			return nil, err
		}
		if p.peek() == "" {
			return s, nil
		}
		if !p.accept(",") {
			return nil, p.expected(`","`)
		}
	}
}

// selectorParser reads words one by one: "(", ")", ",", "!", "=", "==", "!=" and any run of other bytes.
type selectorParser struct {
	text string
	pos  int
}

const (
	selectorSpace = " \t\r\n"
	selectorMarks = "(),!="
)

// peek skips white space and returns the next word, empty at the end.
func (p *selectorParser) peek() string {
	for p.pos < len(p.text) && strings.IndexByte(selectorSpace, p.text[p.pos]) >= 0 {
		p.pos++
	}
	rest := p.text[p.pos:]
	switch {
	case rest == "":
		return ""
	case strings.HasPrefix(rest, "==") || strings.HasPrefix(rest, "!="):
		return rest[:2]
	case strings.IndexByte(selectorMarks, rest[0]) >= 0:
		return rest[:1]
	}
	if end := strings.IndexAny(rest, selectorSpace+selectorMarks); end >= 0 {
		return rest[:end]
	}
	return rest
}

// accept moves past the next word if it is this one.
func (p *selectorParser) accept(word string) bool {
	if p.peek() != word {
		return false
	}
	p.pos += len(word)
	return true
}

// operand moves past the next word and returns it, unless it is a mark or the end.
func (p *selectorParser) operand() string {
	word := p.peek()
	if word == "" || strings.IndexByte(selectorMarks, word[0]) >= 0 {
		return ""
	}
	p.pos += len(word)
	return word
}

func (p *selectorParser) requirement(s *Selector) error {
	absent := p.accept("!")
	key, err := p.key()
	if err != nil {
		return err
	}
	r := Requirement{Key: key, Operator: Exists}
	next := p.peek()
	switch {
	case absent:
		r.Operator = DoesNotExist
	case next == "" || next == ",":
	case p.accept("=") || p.accept("=="):
		value, err := p.value()
		if err != nil {
			return err
		}
		s.equal(key, value)
		return nil
	case p.accept("!="):
		value, err := p.value()
		if err != nil {
			return err
		}
		r.Operator, r.Values = NotIn, []string{value}
	case p.accept("in"):
		r.Operator = In
		r.Values, err = p.values()
	case p.accept("notin"):
		r.Operator = NotIn
		r.Values, err = p.values()
	default:
		return p.expected(`"=", "!=", "in", "notin" or "," after key ` + quote(key))
	}
	if err != nil {
		return err
	}
	s.MatchExpressions = append(s.MatchExpressions, r)
	return nil
}

// equal adds "key=value". MatchLabels holds one value a key; a second, which makes the selector match nothing, becomes
// an expression, so that it isn't lost.
func (s *Selector) equal(key, value string) {
	if old, ok := s.MatchLabels[key]; ok {
		if old != value {
			s.MatchExpressions = append(s.MatchExpressions, Requirement{Key: key, Operator: In, Values: []string{value}})
		}
		return
	}
	if s.MatchLabels == nil {
		s.MatchLabels = map[string]string{}
	}
	s.MatchLabels[key] = value
}

func (p *selectorParser) key() (string, error) {
	key := p.operand()
	if key == "" {
		return "", p.expected("a label key")
	}
	if fault := labelKeyFault(key); fault != "" {
		return "", p.errorAt(p.pos-len(key), "label key %s %s", quote(key), fault)
	}
	return key, nil
}

// value reads a label's value, which may be empty.
func (p *selectorParser) value() (string, error) {
	value := p.operand()
	if fault := labelValueFault(value); fault != "" {
		return "", p.errorAt(p.pos-len(value), "label value %s %s", quote(value), fault)
	}
	return value, nil
}

// values reads "(a,b)"; "()" is one empty value.
func (p *selectorParser) values() ([]string, error) {
	if !p.accept("(") {
		return nil, p.expected(`"("`)
	}
	var values []string
	for {
		value, err := p.value()
		if err != nil {
			return nil, err
		}
		values = append(values, value)
		if p.accept(")") {
			return values, nil
		}
		if !p.accept(",") {
			return nil, p.expected(`"," or ")"`)
		}
	}
}

// expected says what the next word is not.
func (p *selectorParser) expected(what string) error {
	found := "the end"
	if word := p.peek(); word != "" {
		found = quote(word)
	}
	return p.errorAt(p.pos, "expected %s, found %s", what, found)
}

func (p *selectorParser) errorAt(pos int, format string, args ...any) error {
	return fmt.Errorf("invalid label selector: column %d: %s", pos+1, fmt.Sprintf(format, args...))
}

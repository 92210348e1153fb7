package document

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// check refuses, in linear time, text that YAML doesn't allow and text that would cost the YAML library too much: it keeps
// some hundred bytes for each token of a flow collection until that ends, and more for each comment. So what may begin a
// token is counted first, without parsing: inside of quoted and plain texts too, and of block scalars but for the comments that
// they would be if they were none. What is refused needlessly is a document of more than a megabyte that is dense with
// brackets, quotes and commas outside of block scalars.
func (p *part) check(b Bounds) error {
	if err := p.checkDirectives(); err != nil {
		return err
	}
	tokens, blocks := 0, literals{header: -1}
	for at := 0; at < len(p.text); {
		line, next := cutLine(p.text, at)
		literal := blocks.content(line)
		for i := at; i < next; i++ {
			if c := p.text[i]; !literal || c == '#' {
				if tokens += tokenCost(p.text, i); tokens > b.Values {
					return p.refuse(i, fmt.Sprintf("the document may hold more than %d values, by its indicator characters: split it, put long texts into block scalars (|), or write it as JSON", b.Values))
				}
			}
			if c := p.text[i]; c < ' ' || c >= 0x80 {
				if problem := badCharacter(p.text[i:]); problem != "" {
					return p.refuse(i, problem)
				}
			}
		}
		at = next
	}
	return nil
}

// checkDirectives refuses all but %YAML 1.1 or 1.2 before a document. %TAG is only good for tags of one's own, and costs the
// YAML library quadratic time and space.
func (p *part) checkDirectives() error {
	switch {
	case p.directive > 0:
		return &SyntaxError{p.directive, 1, "a line that begins with %: of directives, one %YAML 1.2 or 1.1 before a document is supported"}
	case p.version >= 0 && !p.marked:
		return &SyntaxError{p.line, 0, "%YAML needs a document after it that begins with ---"}
	}
	return nil
}

// tokenCost is about how many tokens the indicator at an offset makes, if there is one: never too few by more than a small
// factor. A comment counts for four, since the library keeps several copies and places of each.
func tokenCost(text string, i int) int {
	switch c := text[i]; c {
	case ',', ']', '}':
		return 1
	case '[', '{', '"', '\'', '&', '*', '!':
		if tokenMayBegin(text, i) {
			return 1
		}
	case '-', '?', ':':
		next := i+1 == len(text) || strings.IndexByte(" \t\r\n,[]{}", text[i+1]) >= 0
		if next || c == ':' && tokenMayBegin(text, i) {
			return 1
		}
	case '#':
		if i == 0 || strings.IndexByte(" \t\r\n", text[i-1]) >= 0 {
			return 4
		}
	}
	return 0
}

// tokenMayBegin says whether the byte before an offset ends a token, or lies between two.
func tokenMayBegin(text string, i int) bool {
	return i == 0 || strings.IndexByte(" \t\r\n,[]{}:-?\"'", text[i-1]) >= 0
}

func (p *part) refuse(offset int, message string) error {
	line, column := position(p.text, offset)
	return &SyntaxError{p.line - 1 + line, column, message}
}

// badCharacter says what is wrong with the character at the beginning of text, which is beyond printable ASCII.
func badCharacter(text string) string {
	switch r, _ := utf8.DecodeRuneInString(text); r {
	case '\t', '\n', '\r':
		return ""
	case '\u0085', '\u2028', '\u2029':
		return fmt.Sprintf("%U, a line break for some readers and none for others: escape it inside of double quotes", r)
	case '\uFEFF':
		return "a byte order mark inside the stream"
	case '\uFFFE', '\uFFFF':
		return fmt.Sprintf("%U, which is no character: escape it inside of double quotes", r)
	default:
		if r < ' ' {
			return fmt.Sprintf("a control character (0x%02x): escape it inside of double quotes", r)
		}
		return ""
	}
}

package document

import (
	"strings"
	"unicode"
)

// AppendYAML appends n to dst as one YAML document in block style, its fields in their own order, and a line break. It reads
// back the same, as YAML 1.2 and, where words such as yes are strings, as YAML 1.1. A nil node is null.
func (n *Node) AppendYAML(dst []byte) []byte {
	return append(appendBlock(dst, n, 0), '\n')
}

// appendBlock appends n from where dst ends; further lines of it begin at indent.
func appendBlock(dst []byte, n *Node, indent int) []byte {
	switch {
	case !isBlock(n):
		return appendScalar(dst, n, max(indent, 2)) // at 0 a line of a text could be a marker
	case n.Kind == Array:
		for i, item := range n.Items {
			if i > 0 {
				dst = appendNewline(dst, indent)
			}
			dst = appendBlock(append(dst, "- "...), item, indent+2)
		}
		return dst
	}
	for i, f := range n.Fields {
		if i > 0 {
			dst = appendNewline(dst, indent)
		}
		dst = append(appendLine(dst, f.Key), ':')
		if isBlock(f.Value) {
			dst = appendNewline(dst, indent+2)
		} else {
			dst = append(dst, ' ')
		}
		dst = appendBlock(dst, f.Value, indent+2)
	}
	return dst
}

// isBlock says whether n takes lines of its own: a collection that isn't empty.
func isBlock(n *Node) bool {
	return n != nil && (n.Kind == Array && len(n.Items) > 0 || n.Kind == Object && len(n.Fields) > 0)
}

func appendNewline(dst []byte, indent int) []byte {
	dst = append(dst, '\n')
	for range indent {
		dst = append(dst, ' ')
	}
	return dst
}

// appendScalar appends a scalar or an empty collection; the lines of a literal text begin at indent.
func appendScalar(dst []byte, n *Node, indent int) []byte {
	if n == nil || n.Kind != String {
		return n.AppendJSON(dst)
	}
	if !isLiteral(n.Text) {
		return appendLine(dst, n.Text)
	}
	text, header := n.Text, "|-"
	if last, ok := strings.CutSuffix(text, "\n"); ok {
		text, header = last, "|"
		if strings.HasSuffix(last, "\n") {
			header = "|+"
		}
	}
	dst = append(dst, header...)
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" {
			dst = append(dst, '\n')
			continue
		}
		dst = append(appendNewline(dst, indent), line...)
	}
	return dst
}

// isLiteral says whether a text of several lines is written as a literal block. Those that would need an indentation indicator,
// or have lines of nothing but white space, are quoted: few readers agree on them.
func isLiteral(s string) bool {
	if !strings.Contains(s, "\n") || strings.ContainsAny(s[:1], " \t\n") || strings.ContainsFunc(s, needsYAMLEscape) {
		return false
	}
	for line := range strings.SplitSeq(s, "\n") {
		if line != "" && strings.TrimLeft(line, " \t") == "" {
			return false
		}
	}
	return true
}

// needsYAMLEscape says which characters of a text stand in YAML only escaped, are line breaks for some readers, or turn the
// direction of writing, which hides from people what the text says.
func needsYAMLEscape(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r < ' ', r >= 0x7F && r < 0xA0, r == '\u2028', r == '\u2029', r == '\uFEFF', r == '\uFFFE', r == '\uFFFF':
		return true
	case r == '\u061c', r == '\u200e', r == '\u200f', r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
		return true
	}
	return false
}

// appendLine appends a string on one line: plain when that is safe, else in double quotes.
func appendLine(dst []byte, s string) []byte {
	if isSafePlain(s) {
		return append(dst, s...)
	}
	start := len(dst)
	dst = appendString(dst, s)
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x7F && needsYAMLEscape(r) }) {
		return dst
	}
	quoted := string(dst[start:])
	dst = dst[:start]
	for _, r := range quoted {
		if r < 0x7F || !needsYAMLEscape(r) {
			dst = append(dst, string(r)...)
			continue
		}
		dst = append(dst, '\\', 'u', hexDigits[r>>12], hexDigits[r>>8&0xf], hexDigits[r>>4&0xf], hexDigits[r&0xf])
	}
	return dst
}

// isSafePlain says whether every reader of YAML takes s without quotes for this string: words and phrases of letters, digits
// and some signs that begin with a letter, and not the words of YAML 1.1 for null and booleans.
func isSafePlain(s string) bool {
	for i, r := range s {
		letter := r == '_' || unicode.IsLetter(r)
		switch {
		case letter, r == '/':
		case i > 0 && (r >= '0' && r <= '9' || r == '-' || r == '.' || r == '+' || r == '@' || r == '='):
		case i > 0 && i < len(s)-1 && r == ' ':
		case i > 0 && i < len(s)-1 && r == ':' && s[i+1] != ' ':
		default:
			return false
		}
	}
	switch strings.ToLower(s) {
	case "", "y", "n", "yes", "no", "on", "off", "true", "false", "null":
		return false
	}
	return true
}

package document

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// AppendJSON appends the canonical JSON of n to dst: object keys sorted by code point, no white space, no escapes but those
// that JSON requires (the short ones where there are any, else \u00xx in lower case). Numbers stand as they are in the tree:
// integers of int64 and uint64 with all their digits, others in the shortest form that reads back the same, written as
// ECMAScript does (RFC 8785, section 3.2.2.3). So the bytes read back to themselves. A nil node is null.
func (n *Node) AppendJSON(dst []byte) []byte {
	if n == nil {
		return append(dst, "null"...)
	}
	switch n.Kind {
	case String:
		return appendString(dst, n.Text)
	case Array:
		dst = append(dst, '[')
		for i, item := range n.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = item.AppendJSON(dst)
		}
		return append(dst, ']')
	case Object:
		dst = append(dst, '{')
		for i, f := range sortedFields(n.Fields) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendString(dst, f.Key), ':')
			dst = f.Value.AppendJSON(dst)
		}
		return append(dst, '}')
	}
	return appendWord(dst, n)
}

// appendWord appends a Null, Bool or Number.
func appendWord(dst []byte, n *Node) []byte {
	if n.Kind == Null {
		return append(dst, "null"...)
	}
	return append(dst, n.Text...)
}

// sortedFields are the fields in the order of their keys' bytes, which is that of their code points; fields itself where it is
// in this order.
func sortedFields(fields []Field) []Field {
	byKey := func(a, b Field) int { return strings.Compare(a.Key, b.Key) }
	if slices.IsSortedFunc(fields, byKey) {
		return fields
	}
	sorted := slices.Clone(fields)
	slices.SortFunc(sorted, byKey)
	return sorted
}

const hexDigits = "0123456789abcdef"

// needsEscape says which bytes of a string JSON requires to be escaped.
func needsEscape(c byte) bool { return c < 0x20 || c == '"' || c == '\\' }

// appendString appends s as a JSON string; s is UTF-8.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !needsEscape(c) {
			continue
		}
		dst = append(dst, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, `\b`...)
		case '\t':
			dst = append(dst, `\t`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\f':
			dst = append(dst, `\f`...)
		case '\r':
			dst = append(dst, `\r`...)
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
		}
	}
	return append(append(dst, s[from:]...), '"')
}

// stringSize is the number of bytes that appendString appends.
func stringSize(s string) int {
	size := len(s) + 2
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case !needsEscape(c):
		case strings.IndexByte("\"\\\b\t\n\f\r", c) >= 0:
			size++
		default:
			size += len(`\u00xx`) - 1
		}
	}
	return size
}

// scalarSize is the number of bytes of a scalar's JSON.
func (n *Node) scalarSize() int {
	switch n.Kind {
	case Null:
		return len("null")
	case String:
		return stringSize(n.Text)
	}
	return len(n.Text)
}

// appendFloat appends the shortest digits that read back as f, with an exponent below 1e-6 and from 1e21 on, as ECMAScript
// does. Minus zero is 0 there and here, so that a number has one form.
func appendFloat(dst []byte, f float64) []byte {
	if f == 0 {
		return append(dst, '0')
	}
	if abs := math.Abs(f); abs >= 1e-6 && abs < 1e21 {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	// strconv pads the exponent to two digits: 1e-07 is 1e-7.
	if n := len(dst); dst[n-4] == 'e' && dst[n-2] == '0' {
		dst = append(dst[:n-2], dst[n-1])
	}
	return dst
}

// canonicalNumber is the canonical form of a JSON number literal; false when it is beyond float64. Integers beyond int64 and
// uint64 become floats.
func canonicalNumber(literal string) (string, bool) {
	if !strings.ContainsAny(literal, ".eE") {
		if len(literal) <= 18 && literal != "-0" {
			return literal, true
		}
		if _, err := strconv.ParseInt(literal, 10, 64); err == nil && literal != "-0" {
			return literal, true
		}
		if _, err := strconv.ParseUint(literal, 10, 64); err == nil {
			return literal, true
		}
	}
	f, err := strconv.ParseFloat(literal, 64)
	if err != nil {
		return "", false
	}
	return string(appendFloat(nil, f)), true
}

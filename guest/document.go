package guest

import (
	"strconv"
	"strings"
)

// Document is a JSON document of the host's, read by JSON Pointer (RFC 6901): "/kind/hello/name" is a member of
// a member, "" the whole.
//
// The host hands over a string as its bare text and anything else as canonical JSON, and doesn't say which it was. So
// the string "5" reads as the number 5 too, and a string may read as the list or object whose JSON it is.
type Document struct {
	call *call
	get  getter
}

// Has tells whether there is a value, null included.
func (d Document) Has(pointer string) bool { return d.get(pointer, nil, 0) >= 0 }

// Text returns a string's text, or the canonical JSON of anything else, and whether there is a value.
func (d Document) Text(pointer string) (string, bool) {
	text, n := d.call.text(d.get, pointer)
	return text, n >= 0
}

// Int returns a whole number, and whether there is one of 64 bits.
func (d Document) Int(pointer string) (int64, bool) {
	b, n := d.call.read(d.get, pointer)
	if n <= 0 || len(b) > 20 || b[0] == '+' { // as long as -9223372036854775808
		return 0, false
	}
	v, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil {
		return 0, false
	}
	return v, true
}

// Float returns a number, and whether there is one.
func (d Document) Float(pointer string) (float64, bool) {
	b, n := d.call.read(d.get, pointer)
	if n <= 0 || len(b) > 32 || b[0] != '-' && (b[0] < '0' || b[0] > '9') {
		return 0, false
	}
	for _, c := range b[1:] {
		if (c < '0' || c > '9') && c != '+' && c != '-' && c != '.' && c != 'e' && c != 'E' {
			return 0, false // strconv takes more than JSON does, such as 0x10 and 1_0
		}
	}
	v, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return 0, false
	}
	return v, true
}

// Bool returns true or false, and whether there is one of them.
func (d Document) Bool(pointer string) (value, ok bool) {
	b, _ := d.call.read(d.get, pointer)
	value = string(b) == "true"
	return value, value || string(b) == "false"
}

// Texts returns a list's items as Text does each, and whether there is a list.
func (d Document) Texts(pointer string) ([]string, bool) {
	text, _ := d.Text(pointer)
	return list(text)
}

// Pairs returns an object's members, sorted by key, with values as Text returns them; and whether there is an object.
func (d Document) Pairs(pointer string) ([]Pair, bool) {
	text, _ := d.Text(pointer)
	return object(text)
}

// Pair is a member of an object, or a variable.
type Pair struct{ Key, Value string }

// Pointer returns the JSON Pointer that names the keys and indices one after the other, each escaped: the label
// "example.com/team" is at Pointer("labels", "example.com/team").
func Pointer(tokens ...string) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteByte('/')
		b.WriteString(strings.ReplaceAll(strings.ReplaceAll(t, "~", "~0"), "/", "~1"))
	}
	return b.String()
}

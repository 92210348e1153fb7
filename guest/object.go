package guest

import (
	"slices"
	"strconv"
	"unicode/utf8"
)

// Object is a JSON object being written, member after member. The zero value is empty. A key is given once: the host
// refuses duplicates. A copy is an object of its own: what is added to the one doesn't show in the other.
type Object struct {
	text *[]byte // without the final brace, empty for {}; shared by copies, and as long as the longest
	n    int     // how much of text is this object's
}

// members is the text that the next member is appended to.
func (o *Object) members() []byte {
	if o.text == nil {
		o.text = new([]byte)
	}
	if o.n < len(*o.text) { // another copy has gone on
		text := slices.Clone((*o.text)[:o.n])
		o.text = &text
	}
	return *o.text
}

// set takes what members became.
func (o *Object) set(text []byte) { *o.text, o.n = text, len(text) }

// key begins a member.
func (o *Object) key(key string) []byte { return appendKey(o.members(), key) }

// Text adds a string.
func (o *Object) Text(key, value string) { o.set(appendString(o.key(key), value)) }

// Int adds a whole number.
func (o *Object) Int(key string, value int64) { o.set(strconv.AppendInt(o.key(key), value, 10)) }

// Float adds a number. It panics if the number is not finite, which JSON can't say.
func (o *Object) Float(key string, value float64) {
	if value-value != 0 {
		panic("guest: the number of " + key + " is not finite")
	}
	o.set(strconv.AppendFloat(o.key(key), value, 'g', -1, 64))
}

// Bool adds true or false.
func (o *Object) Bool(key string, value bool) { o.set(strconv.AppendBool(o.key(key), value)) }

// Texts adds a list of strings.
func (o *Object) Texts(key string, values []string) {
	b := append(o.key(key), '[')
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, v)
	}
	o.set(append(b, ']'))
}

// Pairs adds an object of strings. Of a key that is there twice the later value counts.
func (o *Object) Pairs(key string, pairs []Pair) {
	last := make(map[string]int, len(pairs))
	for i, p := range pairs {
		last[p.Key] = i
	}
	var inner Object
	for i, p := range pairs {
		if last[p.Key] == i {
			inner.Text(p.Key, p.Value)
		}
	}
	o.Object(key, inner)
}

// Object adds an object.
func (o *Object) Object(key string, value Object) { o.set(value.append(o.key(key))) }

// JSON adds a value as it is, such as one that [Document].Text returned for a list or object. It has to be JSON.
func (o *Object) JSON(key, value string) { o.set(append(o.key(key), value...)) }

// String returns the object as JSON.
func (o Object) String() string { return string(o.append(nil)) }

func (o Object) append(b []byte) []byte {
	if o.n == 0 {
		return append(b, "{}"...)
	}
	return append(append(b, (*o.text)[:o.n]...), '}')
}

// appendKey begins the next member of the object that b is.
func appendKey(b []byte, key string) []byte {
	if len(b) == 0 {
		b = append(b, '{')
	} else {
		b = append(b, ',')
	}
	return append(appendString(b, key), ':')
}

// appendString appends s as a JSON string with no escapes but those that JSON requires. Bytes that aren't UTF-8, which
// the host traps, become U+FFFD.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	done := 0 // what is before it is appended
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r >= ' ' && r != '"' && r != '\\' && (r != utf8.RuneError || size > 1) {
			i += size
			continue
		}
		b = append(b, s[done:i]...)
		switch {
		case r == utf8.RuneError:
			b = append(b, "\ufffd"...)
		case r < ' ':
			b = append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			b = append(b, '\\', byte(r))
		}
		i += size
		done = i
	}
	return append(append(b, s[done:]...), '"')
}

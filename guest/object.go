package guest

import (
	"strconv"
	"unicode/utf8"
)

// Object is a JSON object being written, member after member. The zero value is empty. A key is given once: the host
// refuses duplicates.
type Object struct{ b []byte } // without the final brace; empty for {}

// Text adds a string.
func (o *Object) Text(key, value string) { o.b = appendString(appendKey(o.b, key), value) }

// Int adds a whole number.
func (o *Object) Int(key string, value int64) {
	o.b = strconv.AppendInt(appendKey(o.b, key), value, 10)
}

// Float adds a number. It panics if the number is not finite, which JSON can't say.
func (o *Object) Float(key string, value float64) {
	if value-value != 0 {
		panic("guest: the number of " + key + " is not finite")
	}
	o.b = strconv.AppendFloat(appendKey(o.b, key), value, 'g', -1, 64)
}

// Bool adds true or false.
func (o *Object) Bool(key string, value bool) { o.b = strconv.AppendBool(appendKey(o.b, key), value) }

// Texts adds a list of strings.
func (o *Object) Texts(key string, values []string) {
	o.b = append(appendKey(o.b, key), '[')
	for i, v := range values {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		o.b = appendString(o.b, v)
	}
	o.b = append(o.b, ']')
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
func (o *Object) Object(key string, value Object) { o.b = value.append(appendKey(o.b, key)) }

// JSON adds a value as it is, such as one that [Document].Text returned for a list or object. It has to be JSON.
func (o *Object) JSON(key, value string) { o.b = append(appendKey(o.b, key), value...) }

// String returns the object as JSON.
func (o Object) String() string { return string(o.append(nil)) }

func (o Object) append(b []byte) []byte {
	if len(o.b) == 0 {
		return append(b, "{}"...)
	}
	return append(append(b, o.b...), '}')
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

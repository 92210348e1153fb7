package document

import (
	"strconv"
	"strings"
	"time"
)

// Value is one value on its way into Go. Its getters record a fault when it is of another type (`expected a string, found the
// number 8080: quote it`) and return the zero value then; of an absent value they return the zero value without a fault.
// Null is a value of its own, of none of the getters' types.
type Value struct {
	Node *Node  // nil when absent
	Path string // as [Key] and [Item] make it
	d    *Decoder
	at   *Node // where faults are placed: Node, or the object that lacks it
}

// Present says whether the value is there; null is.
func (v Value) Present() bool { return v.Node != nil }

// IsNull says whether the value is there and null.
func (v Value) IsNull() bool { return v.Node != nil && v.Node.Kind == Null }

// Fault records a fault about the value; about an absent one, at the place of the object that lacks it.
func (v Value) Fault(format string, args ...any) { v.d.Fault(v.at, v.Path, format, args...) }

// Text is a String's text.
func (v Value) Text() string {
	if !v.expect(String, aString) {
		return ""
	}
	return v.Node.Text
}

// OneOf is a String's text that is one of words.
func (v Value) OneOf(words ...string) string {
	if !v.expect(String, aString) {
		return ""
	}
	for _, w := range words {
		if w == v.Node.Text {
			return w
		}
	}
	v.Fault("%s is none of %s%s", quote(v.Node.Text), strings.Join(words, ", "), DidYouMean(v.Node.Text, words))
	return ""
}

// Bool is a Bool's value.
func (v Value) Bool() bool { return v.expect(Bool, "true or false") && v.Node.Text == "true" }

// Int64 is a Number's value, whole and within int64.
func (v Value) Int64() int64 {
	const integer = "an integer"
	if !v.expect(Number, integer) {
		return 0
	}
	i, err := strconv.ParseInt(v.Node.Text, 10, 64)
	if err != nil {
		v.mismatch(Number, integer+" of 64 bits")
		return 0
	}
	return i
}

// Float is a Number's value, the nearest float64.
func (v Value) Float() float64 {
	if !v.expect(Number, "a number") {
		return 0
	}
	f, _ := strconv.ParseFloat(v.Node.Text, 64) // canonical digits are within float64
	return f
}

// Duration is a String such as 100ms or 1m30s, as [time.ParseDuration] reads it, and not negative.
func (v Value) Duration() time.Duration {
	const duration = "a duration such as 100ms or 1m30s"
	if !v.expect(String, duration) {
		return 0
	}
	d, err := time.ParseDuration(v.Node.Text)
	if err != nil || d < 0 {
		v.Fault("expected %s, found %s", duration, quote(v.Node.Text))
		return 0
	}
	return d
}

// Strings are the texts of an Array of strings, those that are; nil when the array is absent and only then.
func (v Value) Strings() []string {
	if !v.expect(Array, "an array of strings") {
		return nil
	}
	texts := make([]string, 0, len(v.Node.Items))
	for _, item := range v.Items() {
		if item.expect(String, aString) {
			texts = append(texts, item.Node.Text)
		}
	}
	return texts
}

// StringMap is an Object of strings, the members that are; nil when the object is absent and only then.
func (v Value) StringMap() map[string]string {
	if !v.expect(Object, "an object of strings") {
		return nil
	}
	texts := make(map[string]string, len(v.Node.Fields))
	for _, f := range v.Node.Fields {
		member := v.d.Value(f.Value, Key(v.Path, f.Key))
		if member.expect(String, aString) {
			texts[f.Key] = f.Value.Text
		}
	}
	return texts
}

// Items are the values of an Array.
func (v Value) Items() []Value {
	if !v.expect(Array, "an array") {
		return nil
	}
	items := make([]Value, len(v.Node.Items))
	for i, n := range v.Node.Items {
		items[i] = v.d.Value(n, Item(v.Path, i))
	}
	return items
}

// Object is an Object, to be read field by field. It is never nil: of one that is absent or of another type every field is
// absent, and none is missed.
func (v Value) Object() *ObjectDecoder {
	o := &ObjectDecoder{Path: v.Path, d: v.d}
	if v.expect(Object, "an object") {
		o.Node = v.Node
	}
	return o
}

// expect says whether the value is there and of a kind, and records a fault when it is of another.
func (v Value) expect(kind Kind, expected string) bool {
	if v.Node == nil {
		return false
	}
	if v.Node.Kind != kind {
		v.mismatch(kind, expected)
		return false
	}
	return true
}

// mismatch records what was expected and what was found. A string's text is left out: it may be long, or a secret.
func (v Value) mismatch(kind Kind, expected string) {
	found := "null"
	switch n := v.Node; n.Kind {
	case Bool:
		found = n.Text
	case Number:
		found = "the number " + clip(n.Text, maxQuote)
	case String:
		found = aString
	case Array:
		found = "an array"
	case Object:
		found = "an object"
	}
	v.Fault("expected %s, found %s%s", expected, found, v.remedy(kind, expected))
}

const aString = "a string"

// remedy is what to do about a mismatch where quotes are the likely cause.
func (v Value) remedy(kind Kind, expected string) string {
	found := v.Node.Kind
	if expected == aString && (found == Bool || found == Number) {
		return ": quote it"
	}
	if found == String && kind != String {
		if plain, _, problem := resolvePlain(v.Node.Text); plain == kind && problem == "" {
			return ": remove the quotes"
		}
	}
	return ""
}

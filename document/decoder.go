package document

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Decoder reads a tree strictly into Go values and collects every fault on the way, so that a person sees all of them at
// once. The zero value is ready. It is for one goroutine.
//
//	var d document.Decoder
//	o := d.Object(root, "")
//	spec.Slot = o.Require("slot").Text()
//	for _, item := range o.Get("env").Items() {
//		e := item.Object()
//		spec.Env = append(spec.Env, Pair{e.Require("key").Text(), e.Require("value").Text()})
//		e.Close()
//	}
//	o.Close()
//	if err := d.Err(); err != nil { … }
type Decoder struct {
	list faultList
}

// Fault records a fault at the place of n; nil stands for an unknown place. It keeps the first 100.
func (d *Decoder) Fault(n *Node, path, format string, args ...any) {
	f := Fault{Path: path, Message: fmt.Sprintf(format, args...)}
	if n != nil {
		f.Line, f.Column = n.Line, n.Column
	}
	d.list.add(f)
}

// Err is nil, or all [Faults] so far, sorted by position.
func (d *Decoder) Err() error { return d.list.err() }

// Value makes a [Value] of n; a nil n is an absent one.
func (d *Decoder) Value(n *Node, path string) Value { return Value{Node: n, Path: path, d: d, at: n} }

// Object is Value(n, path).Object(): the usual beginning.
func (d *Decoder) Object(n *Node, path string) *ObjectDecoder { return d.Value(n, path).Object() }

// ObjectDecoder reads the fields of one object. Close it after the last one.
type ObjectDecoder struct {
	Node  *Node // nil when there is no object: absent, or of another type
	Path  string
	d     *Decoder
	known []string // the keys asked for
}

// Get is the value of a field, which may be absent. The key is known to Close from now on.
func (o *ObjectDecoder) Get(key string) Value {
	o.known = append(o.known, key)
	v := Value{Node: o.Node.Get(key), Path: Key(o.Path, key), d: o.d, at: o.Node}
	if v.Node != nil {
		v.at = v.Node
	}
	return v
}

// Require is Get for a field that must be there: it records a fault when it is not, unless there is no object either.
func (o *ObjectDecoder) Require(key string) Value {
	v := o.Get(key)
	if !v.Present() && o.Node != nil {
		o.Fault("missing field %s", quote(key))
	}
	return v
}

// Fault records a fault about the object itself.
func (o *ObjectDecoder) Fault(format string, args ...any) { o.d.Fault(o.Node, o.Path, format, args...) }

// Close records a fault for every field that nobody asked for: `unknown field "timout", did you mean "timeout"?`. It
// suggests a near miss among the fields that were asked for and are absent, or names all of these where they are few.
func (o *ObjectDecoder) Close() {
	if o.Node == nil {
		return
	}
	absent := slices.DeleteFunc(slices.Clone(o.known), func(key string) bool { return o.Node.Get(key) != nil })
	for _, f := range o.Node.Fields {
		if slices.Contains(o.known, f.Key) {
			continue
		}
		message := "unknown field " + quote(f.Key)
		if !o.d.list.full() { // else it is only counted
			message += cmp.Or(DidYouMean(f.Key, absent), expected(absent))
		}
		o.d.list.add(Fault{Line: f.Line, Column: f.Column, Path: o.Path, Message: message})
	}
}

// expected is `, expected "key" or "value"` for a few fields, and nothing for none or many.
func expected(fields []string) string {
	if len(fields) == 0 || len(fields) > 4 {
		return ""
	}
	quoted := make([]string, len(fields))
	for i, field := range fields {
		quoted[i] = quote(field)
	}
	return ", expected " + strings.Join(quoted, " or ")
}

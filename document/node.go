// Package document turns YAML or JSON bytes into trees with positions, trees into canonical JSON, and canonical JSON
// into answers to JSON Pointers. It is the only importer of YAML. Every function takes hostile bytes: sizes and nesting
// are bounded by the caller's [Bounds], and nothing is expanded beyond them.
//
// The usual way of a document: [ParseYAML] or [ParseJSON] makes a tree of [Node], a [Decoder] reads it strictly into Go
// values and collects every [Fault] with its place, and an [Index] of the tree answers JSON Pointers.
package document

import (
	"math"
	"strconv"
	"strings"
)

// Kind is what a Node is.
type Kind uint8

// The kinds, those of JSON.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// Node is one value of a document, with the place where it stands. A Node is not changed once it is made and may be
// shared, as it is where YAML uses an alias. Programs make nodes with [NewString] and its sisters.
type Node struct {
	Kind   Kind
	Line   int    // from 1; 0 for a value that no text holds
	Column int    // from 1, in characters (Unicode code points)
	Text   string // a String's text; a Number's canonical digits; "true" or "false" of a Bool
	Items  []*Node
	Fields []Field // in the text's order; keys are unique
}

// Field is one member of an Object.
type Field struct {
	Key    string
	Line   int
	Column int
	Value  *Node
}

// NewString makes a String. Bytes of s that aren't UTF-8 become U+FFFD.
func NewString(s string) *Node { return &Node{Kind: String, Text: strings.ToValidUTF8(s, "\uFFFD")} }

// NewInt makes a Number.
func NewInt(i int64) *Node { return &Node{Kind: Number, Text: strconv.FormatInt(i, 10)} }

// NewFloat makes a Number. NaN and the infinities, which JSON lacks, become Null, as in ECMAScript.
func NewFloat(f float64) *Node {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return NewNull()
	}
	return &Node{Kind: Number, Text: string(appendFloat(nil, f))}
}

// NewBool makes a Bool.
func NewBool(b bool) *Node { return &Node{Kind: Bool, Text: strconv.FormatBool(b)} }

// NewNull makes a Null.
func NewNull() *Node { return &Node{Kind: Null} }

// NewArray makes an Array of items, which it keeps.
func NewArray(items ...*Node) *Node { return &Node{Kind: Array, Items: items} }

// NewField makes a member for [NewObject]. Bytes of key that aren't UTF-8 become U+FFFD.
func NewField(key string, value *Node) Field {
	return Field{Key: strings.ToValidUTF8(key, "\uFFFD"), Value: value}
}

// NewObject makes an Object. Of two fields with one key the later one counts, at the place of the earlier.
func NewObject(fields ...Field) *Node {
	n := &Node{Kind: Object, Fields: make([]Field, 0, len(fields))}
	seen := make(map[string]int, len(fields))
	for _, f := range fields {
		if i, ok := seen[f.Key]; ok {
			n.Fields[i] = f
			continue
		}
		seen[f.Key] = len(n.Fields)
		n.Fields = append(n.Fields, f)
	}
	return n
}

// Get is the value of an Object's field; nil when n is nil, no Object, or has no such field.
func (n *Node) Get(key string) *Node {
	if n == nil || n.Kind != Object {
		return nil
	}
	for i := range n.Fields {
		if n.Fields[i].Key == key {
			return n.Fields[i].Value
		}
	}
	return nil
}

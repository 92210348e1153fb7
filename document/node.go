// Package document turns YAML or JSON bytes into trees with positions, trees into canonical JSON, and canonical JSON
// into answers to JSON Pointers. It is the only importer of YAML. Every function takes hostile bytes: sizes and nesting
// are bounded by the caller's [Bounds], and nothing is expanded beyond them.
package document

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
// shared, as it is where YAML uses an alias.
type Node struct {
	Kind   Kind
	Line   int    // from 1; 0 for a value that no text holds
	Column int    // from 1, in bytes
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

package document

import (
	"fmt"
	"math"
	"strconv"
)

// Index answers JSON Pointers into one document from its canonical JSON, without parsing it again. It is never changed and
// safe for concurrent use.
type Index struct {
	json     []byte  // the canonical form
	text     []byte  // strings that differ from their JSON, and parts of pointers
	entries  []entry // [0] is the root
	pointers pointers
}

// entry is one value. It holds offsets, no pointers: the garbage collector has nothing to follow.
type entry struct {
	value  span   // a string's bare text, of anything else the JSON
	end    span   // of its JSON Pointer, and
	prefix uint32 // what is before it, as prefix.before has it
	kind   Kind
}

// span is a range of Index.json, or of Index.text when aside is set.
type span struct {
	start, end uint32
	aside      bool
}

// NewIndex makes the index of root, in time and space proportional to its canonical form. It panics when what it keeps of
// that, or of pointers, is 4 GiB or more, which no document within the default [Bounds] reaches.
func NewIndex(root *Node) *Index {
	var size extent
	size.add(root, 0, 0)
	x := &Index{
		json: make([]byte, 0, size.json), text: make([]byte, 0, size.text),
		entries: make([]entry, 0, size.values), pointers: newPointers(size.values, size.prefixes),
	}
	(&indexer{Index: x, trail: trail{pointer: make([]byte, 0, 2*block)}}).add(root)
	if n := max(len(x.json), len(x.text)); uint64(n) > math.MaxUint32 { // there are fewer entries than bytes
		panic(fmt.Sprintf("document: %d bytes are too many for an index", n))
	}
	return x
}

// extent is how much an Index will have, if nothing needs an escape, or a little more.
type extent struct{ values, json, text, prefixes int }

// add counts n, to which a pointer of so many bytes leads, and one of so many to its parent.
func (e *extent) add(n *Node, pointer, parent int) {
	const marks = 3 // two quotes or brackets, and what separates it from the next
	e.values++
	e.prefixes += blocks(pointer) - blocks(parent)
	e.text += pointer - block*blocks(parent)
	if n == nil || n.Kind == Null {
		e.json += len("null,")
		return
	}
	e.json += len(n.Text) + marks
	for i, item := range n.Items {
		e.add(item, pointer+len("/")+digits(i), pointer)
	}
	for i := range n.Fields {
		f := &n.Fields[i]
		e.json += len(f.Key) + marks
		e.add(f.Value, pointer+len("/")+len(f.Key), pointer)
	}
}

// digits is how many i has.
func digits(i int) int {
	n := 1
	for ; i > 9; i /= 10 {
		n++
	}
	return n
}

// indexer fills an Index.
type indexer struct {
	*Index
	trail trail
}

// add appends an entry for n, where the trail is, and its canonical JSON.
func (x *indexer) add(n *Node) {
	if n == nil {
		n = NewNull()
	}
	at := len(x.entries)
	x.entries = append(x.entries, entry{kind: n.Kind})
	x.point(at)
	start := len(x.json)
	switch n.Kind {
	case String:
		x.entries[at].value = x.addString(n.Text)
		return
	case Array:
		x.json = append(x.json, '[')
		for i, item := range n.Items {
			x.comma(i)
			parent := len(x.trail.pointer)
			x.trail.pointer = strconv.AppendInt(append(x.trail.pointer, '/'), int64(i), 10)
			x.addChild(item, parent)
		}
		x.json = append(x.json, ']')
	case Object:
		x.json = append(x.json, '{')
		for i, f := range sortedFields(n.Fields) {
			x.comma(i)
			x.json = append(appendString(x.json, f.Key), ':')
			parent := len(x.trail.pointer)
			x.trail.pointer = appendToken(append(x.trail.pointer, '/'), f.Key)
			x.addChild(f.Value, parent)
		}
		x.json = append(x.json, '}')
	default:
		x.json = appendWord(x.json, n)
	}
	x.entries[at].value = span{start: uint32(start), end: uint32(len(x.json))}
}

func (x *indexer) comma(i int) {
	if i > 0 {
		x.json = append(x.json, ',')
	}
}

// addString appends a JSON string and is the span of its bare text.
func (x *indexer) addString(s string) span {
	start := len(x.json)
	x.json = appendString(x.json, s)
	if len(x.json) == start+len(s)+2 {
		return span{start: uint32(start + 1), end: uint32(len(x.json) - 1)}
	}
	x.text = append(x.text, s...)
	return x.aside(len(s))
}

// aside is the span of the last n bytes of Index.text.
func (x *indexer) aside(n int) span {
	return span{start: uint32(len(x.text) - n), end: uint32(len(x.text)), aside: true}
}

// JSON is the canonical JSON of the document. It must not be modified.
func (x *Index) JSON() []byte { return x.json }

// Lookup finds the value that a JSON Pointer (RFC 6901) names: a string's bare text, the canonical JSON of anything else. The
// empty pointer names the whole document. A pointer that doesn't begin with a slash, has a bad escape or is longer than
// 4 KiB finds nothing, and so do `-` and an array index with leading zeros. The value must not be modified; it stays valid as
// long as the Index. Lookup doesn't allocate.
func (x *Index) Lookup(pointer []byte) (value []byte, ok bool) {
	e := x.find(pointer)
	if e == nil {
		return nil, false
	}
	return x.bytes(e.value), true
}

// LookupString is Lookup of a value that is a string; anything else is not found.
func (x *Index) LookupString(pointer []byte) (text []byte, ok bool) {
	e := x.find(pointer)
	if e == nil || e.kind != String {
		return nil, false
	}
	return x.bytes(e.value), true
}

func (x *Index) bytes(s span) []byte {
	if s.aside {
		return x.text[s.start:s.end:s.end]
	}
	return x.json[s.start:s.end:s.end]
}

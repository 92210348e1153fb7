package document

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Index answers JSON Pointers into one document from its canonical JSON, without parsing it again. It is never changed and
// safe for concurrent use.
type Index struct {
	json     []byte  // the canonical form
	text     []byte  // strings and tokens that differ from their JSON
	entries  []entry // [0] is the root
	pointers pointers
}

// entry is one value. It holds offsets, no pointers: the garbage collector has nothing to follow.
type entry struct {
	token  span   // of a JSON Pointer: the last one of those that lead here, as it is written in them
	value  span   // a string's bare text, of anything else the JSON
	parent uint32 // the entry that the token leads here from
	kind   Kind
}

// span is a range of Index.json, or of Index.text when aside is set.
type span struct {
	start, end uint32
	aside      bool
}

// NewIndex makes the index of root, in time and space proportional to its canonical form. It panics when that, or the
// numbers of its items and the strings that differ from it, are 4 GiB or more, which no document within the default [Bounds] reaches.
func NewIndex(root *Node) *Index {
	values, size := extent(root)
	x := &Index{
		json: make([]byte, 0, size), text: make([]byte, 0, size/4),
		entries: make([]entry, 1, values), pointers: newPointers(values),
	}
	(&indexer{Index: x}).add(root, 0)
	if n := max(len(x.json), len(x.text)); uint64(n) > math.MaxUint32 { // there are fewer entries than bytes
		panic(fmt.Sprintf("document: %d bytes of JSON are too many for an index", n))
	}
	return x
}

// extent counts the values of a tree, and the bytes of its JSON as if no string needed an escape, or a few more.
func extent(n *Node) (values, size int) {
	const marks = 3 // two quotes or brackets, and what separates it from the next
	if n == nil || n.Kind == Null {
		return 1, len("null,")
	}
	values, size = 1, len(n.Text)+marks
	for _, item := range n.Items {
		v, s := extent(item)
		values, size = values+v, size+s
	}
	for i := range n.Fields {
		v, s := extent(n.Fields[i].Value)
		values, size = values+v, size+s+len(n.Fields[i].Key)+marks
	}
	return values, size
}

// indexer fills an Index.
type indexer struct {
	*Index
	trail trail // the pointer of the value that is being added
}

// add appends the canonical JSON of n and fills its entry, the at-th.
func (x *indexer) add(n *Node, at int) {
	if n == nil {
		n = NewNull()
	}
	if len(x.trail.pointer) <= maxPointer {
		x.pointers.insert(x.trail.sum(&x.pointers), at)
	}
	value := span{start: uint32(len(x.json))}
	switch n.Kind {
	case String:
		value = x.addString(n.Text)
	case Array:
		x.json = append(x.json, '[')
		for i, item := range n.Items {
			x.comma(i)
			start := len(x.text)
			x.text = strconv.AppendInt(x.text, int64(i), 10)
			x.addChild(item, at, x.aside(start))
		}
		x.json = append(x.json, ']')
	case Object:
		x.json = append(x.json, '{')
		for i, f := range sortedFields(n.Fields) {
			x.comma(i)
			token := x.addKey(f.Key)
			x.json = append(x.json, ':')
			x.addChild(f.Value, at, token)
		}
		x.json = append(x.json, '}')
	default:
		x.json = appendWord(x.json, n)
	}
	if n.Kind != String {
		value.end = uint32(len(x.json))
	}
	x.entries[at].kind, x.entries[at].value = n.Kind, value
}

// addChild adds n, to which token leads from the parent-th entry.
func (x *indexer) addChild(n *Node, parent int, token span) {
	at := len(x.entries)
	x.entries = append(x.entries, entry{token: token, parent: uint32(parent)})
	back := x.trail.enter(&x.pointers, x.bytes(token))
	x.add(n, at)
	x.trail.leave(back)
}

func (x *indexer) comma(i int) {
	if i > 0 {
		x.json = append(x.json, ',')
	}
}

// addString appends a JSON string and is the span of its bare text.
func (x *indexer) addString(s string) span {
	if bare, same := x.quote(s); same {
		return bare
	}
	start := len(x.text)
	x.text = append(x.text, s...)
	return x.aside(start)
}

// addKey appends a JSON string and is the span of it as a token.
func (x *indexer) addKey(key string) span {
	bare, same := x.quote(key)
	if same && strings.IndexByte(key, '~') < 0 && strings.IndexByte(key, '/') < 0 {
		return bare
	}
	start := len(x.text)
	for i := range len(key) {
		switch c := key[i]; c {
		case '~':
			x.text = append(x.text, "~0"...)
		case '/':
			x.text = append(x.text, "~1"...)
		default:
			x.text = append(x.text, c)
		}
	}
	return x.aside(start)
}

// quote appends a JSON string. It is the span between the quotes, and whether that is s itself.
func (x *indexer) quote(s string) (bare span, same bool) {
	start := len(x.json)
	x.json = appendString(x.json, s)
	bare = span{start: uint32(start + 1), end: uint32(len(x.json) - 1)}
	return bare, len(x.json) == start+len(s)+2
}

// aside is the span of Index.text from start on.
func (x *indexer) aside(start int) span {
	return span{start: uint32(start), end: uint32(len(x.text)), aside: true}
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

package document

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
)

// maxPointer is the longest JSON Pointer that finds something, in bytes.
const maxPointer = 4 << 10

// Index answers JSON Pointers into one document from its canonical JSON, without parsing it again. It is never changed and
// safe for concurrent use.
type Index struct {
	json    []byte  // the canonical form
	text    []byte  // keys and strings whose text differs from their JSON
	entries []entry // [0] is the root; the children of a value stand side by side, an object's by key
}

// entry is one value. It holds offsets, no pointers: the garbage collector has nothing to follow.
type entry struct {
	key, value span   // key of an object's member; a string's bare text, of anything else the JSON
	first      uint32 // of the children
	count      uint32
	kind       Kind
}

// span is a range of Index.json, or of Index.text when aside is set.
type span struct {
	start, end uint32
	aside      bool
}

// NewIndex makes the index of root, in time and space proportional to its canonical form. It panics when that is 4 GiB or
// more, which no document within [Bounds] of less reaches.
func NewIndex(root *Node) *Index {
	x := &Index{entries: make([]entry, 1)}
	x.add(root, 0)
	if uint64(len(x.json)) > math.MaxUint32 { // there are fewer entries than bytes, and less text
		panic(fmt.Sprintf("document: %d bytes of JSON are too many for an index", len(x.json)))
	}
	return x
}

// add appends the canonical JSON of n and fills its entry, the at-th.
func (x *Index) add(n *Node, at int) {
	if n == nil {
		n = NewNull()
	}
	start, first, count := len(x.json), len(x.entries), 0
	switch n.Kind {
	case String:
		x.entries[at].kind = String
		x.entries[at].value = x.addString(n.Text)
		return
	case Array:
		count = len(n.Items)
		x.entries = append(x.entries, make([]entry, count)...)
		x.json = append(x.json, '[')
		for i, item := range n.Items {
			x.comma(i)
			x.add(item, first+i)
		}
		x.json = append(x.json, ']')
	case Object:
		count = len(n.Fields)
		x.entries = append(x.entries, make([]entry, count)...)
		x.json = append(x.json, '{')
		for i, f := range sortedFields(n.Fields) {
			x.comma(i)
			x.entries[first+i].key = x.addString(f.Key)
			x.json = append(x.json, ':')
			x.add(f.Value, first+i)
		}
		x.json = append(x.json, '}')
	default:
		x.json = appendWord(x.json, n)
	}
	e := &x.entries[at]
	e.kind, e.first, e.count = n.Kind, uint32(first), uint32(count)
	e.value = span{start: uint32(start), end: uint32(len(x.json))}
}

func (x *Index) comma(i int) {
	if i > 0 {
		x.json = append(x.json, ',')
	}
}

// addString appends a JSON string and is the span of its bare text.
func (x *Index) addString(s string) span {
	start := len(x.json)
	x.json = appendString(x.json, s)
	if len(x.json) == start+len(s)+2 {
		return span{start: uint32(start + 1), end: uint32(len(x.json) - 1)}
	}
	start = len(x.text)
	x.text = append(x.text, s...)
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

// find returns the entry at a pointer, or nil.
func (x *Index) find(pointer []byte) *entry {
	if len(pointer) > maxPointer {
		return nil
	}
	e := &x.entries[0]
	for len(pointer) > 0 {
		if pointer[0] != '/' {
			return nil
		}
		token := pointer[1:]
		if i := bytes.IndexByte(token, '/'); i >= 0 {
			token = token[:i]
		}
		pointer = pointer[1+len(token):]
		if e = x.child(e, token); e == nil {
			return nil
		}
	}
	return e
}

// child is the child of e that one reference token names, or nil.
func (x *Index) child(e *entry, token []byte) *entry {
	children := x.entries[e.first : e.first+e.count]
	switch e.kind {
	case Array:
		if i, ok := arrayIndex(token, len(children)); ok {
			return &children[i]
		}
	case Object:
		return x.member(children, token)
	}
	return nil
}

// member finds a key among the sorted members of an object by binary search.
func (x *Index) member(members []entry, token []byte) *entry {
	escaped := bytes.IndexByte(token, '~') >= 0
	if escaped && !validEscapes(token) {
		return nil
	}
	low, high := 0, len(members)
	for low < high {
		middle := int(uint(low+high) / 2)
		key := x.bytes(members[middle].key)
		var order int
		if escaped {
			order = compareEscaped(token, key)
		} else {
			order = bytes.Compare(token, key)
		}
		switch {
		case order == 0:
			return &members[middle]
		case order < 0:
			high = middle
		default:
			low = middle + 1
		}
	}
	return nil
}

func (x *Index) bytes(s span) []byte {
	if s.aside {
		return x.text[s.start:s.end:s.end]
	}
	return x.json[s.start:s.end:s.end]
}

// validEscapes says whether each ~ of a reference token is followed by 0 or 1.
func validEscapes(token []byte) bool {
	for i := 0; i < len(token); i++ {
		if token[i] != '~' {
			continue
		}
		if i++; i == len(token) || token[i] != '0' && token[i] != '1' {
			return false
		}
	}
	return true
}

// compareEscaped orders a reference token with valid escapes against a key, by bytes, as bytes.Compare would after unescaping.
func compareEscaped(token, key []byte) int {
	for {
		i := bytes.IndexByte(token, '~')
		if i < 0 {
			return bytes.Compare(token, key)
		}
		if len(key) <= i {
			return cmp.Or(bytes.Compare(token[:i], key), 1)
		}
		c := "~/"[token[i+1]-'0']
		if order := cmp.Or(bytes.Compare(token[:i], key[:i]), cmp.Compare(c, key[i])); order != 0 {
			return order
		}
		token, key = token[i+2:], key[i+1:]
	}
}

// arrayIndex reads a reference token as an index into an array of length n: digits without leading zeros (RFC 6901, section 4).
func arrayIndex(token []byte, n int) (int, bool) {
	if len(token) == 0 || token[0] == '0' && len(token) > 1 {
		return 0, false
	}
	i := 0
	for _, c := range token {
		if c < '0' || c > '9' {
			return 0, false
		}
		if i = i*10 + int(c-'0'); i >= n { // before it can overflow
			return 0, false
		}
	}
	return i, true
}

package document

import (
	"hash/maphash"
	"math"
	"math/bits"
	"strings"
)

// maxPointer is the longest JSON Pointer that finds something, in bytes.
const maxPointer = 4 << 10

// pointers finds the entries of an Index by their JSON Pointers. It is a hash table, by open addressing and at most half
// full, with a random seed, so that nobody can write a document whose pointers collide.
type pointers struct {
	seed     maphash.Seed
	slots    []uint64 // a power of two of them: 0, or the upper half of a hash and the number of the entry plus 1
	prefixes []prefix
}

// Pointers are hashed, kept and compared in blocks, so that those below a long one share its blocks. What is behind the last
// whole block, one byte or more unless the pointer is empty, is its end, which is the entry's own.
const block = 64

// prefix is the whole blocks of pointers.
type prefix struct {
	last   span   // block
	before uint32 // the blocks before it: the number of a prefix plus 1, or 0
}

const upper = math.MaxUint64 &^ math.MaxUint32

func newPointers(entries int) pointers {
	return pointers{seed: maphash.MakeSeed(), slots: make([]uint64, 1<<bits.Len(uint(2*entries-1)))}
}

func (p *pointers) hash(pointer []byte) (hash uint64) {
	for len(pointer) > block {
		hash = p.mix(hash, pointer[:block])
		pointer = pointer[block:]
	}
	return p.mix(hash, pointer)
}

// mix goes on with the next block.
func (p *pointers) mix(hash uint64, block []byte) uint64 {
	const odd = 0x9e3779b97f4a7c15
	return hash*odd + maphash.Bytes(p.seed, block)
}

func (p *pointers) insert(hash uint64, entry int) {
	i := hash
	for *p.slot(i) != 0 {
		i++
	}
	*p.slot(i) = hash&upper | uint64(entry+1)
}

func (p *pointers) slot(hash uint64) *uint64 { return &p.slots[hash&uint64(len(p.slots)-1)] }

// trail is the pointer of the value that an indexer adds.
type trail struct {
	pointer []byte
	whole   int    // bytes of whole blocks
	prefix  uint32 // the same blocks, as prefix.before has them
	hash    uint64 // of them
}

// addChild adds a value to which a token leads from where the trail is.
func (x *indexer) addChild(n *Node, key string) {
	t := &x.trail
	length, whole, prefix, hash := len(t.pointer), t.whole, t.prefix, t.hash
	t.pointer = appendToken(append(t.pointer, '/'), key)
	for len(t.pointer)-t.whole > block {
		x.addPrefix(t.pointer[t.whole : t.whole+block])
	}
	x.add(n)
	t.pointer = t.pointer[:length] // it keeps the room that it has grown to
	t.whole, t.prefix, t.hash = whole, prefix, hash
}

// addPrefix makes the trail's next block a whole one.
func (x *indexer) addPrefix(b []byte) {
	x.text = append(x.text, b...)
	x.pointers.prefixes = append(x.pointers.prefixes, prefix{last: x.aside(block), before: x.trail.prefix})
	x.trail.whole += block
	x.trail.prefix = uint32(len(x.pointers.prefixes))
	x.trail.hash = x.pointers.mix(x.trail.hash, b)
}

// point makes the trail lead to an entry.
func (x *indexer) point(entry int) {
	t := &x.trail
	if len(t.pointer) > maxPointer {
		return
	}
	end := t.pointer[t.whole:]
	x.text = append(x.text, end...)
	x.entries[entry].end, x.entries[entry].prefix = x.aside(len(end)), t.prefix
	x.pointers.insert(x.pointers.mix(t.hash, end), entry)
}

// appendToken appends a key as a reference token.
func appendToken(dst []byte, key string) []byte {
	if strings.IndexByte(key, '~') < 0 && strings.IndexByte(key, '/') < 0 {
		return append(dst, key...)
	}
	for i := range len(key) {
		switch c := key[i]; c {
		case '~':
			dst = append(dst, "~0"...)
		case '/':
			dst = append(dst, "~1"...)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// find returns the entry at a pointer, or nil. An entry has one pointer, since a token is written in one way.
func (x *Index) find(pointer []byte) *entry {
	if len(pointer) > maxPointer {
		return nil
	}
	hash := x.pointers.hash(pointer)
	for i := hash; ; i++ {
		slot := *x.pointers.slot(i)
		if slot == 0 {
			return nil
		}
		if e := &x.entries[uint32(slot)-1]; slot&upper == hash&upper && x.leads(pointer, e) {
			return e
		}
	}
}

// leads says whether a pointer leads to an entry, block by block from the end.
func (x *Index) leads(pointer []byte, e *entry) bool {
	end := x.bytes(e.end)
	n := len(pointer) - len(end)
	if n < 0 || string(pointer[n:]) != string(end) {
		return false
	}
	for p := e.prefix; p != 0; n -= block {
		prefix := &x.pointers.prefixes[p-1]
		if n < block || string(pointer[n-block:n]) != string(x.bytes(prefix.last)) {
			return false
		}
		p = prefix.before
	}
	return n == 0
}

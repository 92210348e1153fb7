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

func newPointers(entries, prefixes int) pointers {
	return pointers{
		seed:  maphash.MakeSeed(),
		slots: make([]uint64, 1<<bits.Len(uint(2*entries-1))), prefixes: make([]prefix, 0, prefixes),
	}
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
	whole   whole
}

// whole are the whole blocks of a trail.
type whole struct {
	length int    // in bytes
	prefix uint32 // as prefix.before has them
	hash   uint64
}

// blocks is how many whole blocks a pointer of so many bytes has.
func blocks(length int) int { return max(length-1, 0) / block }

// addChild adds a value to which the trail leads already, and goes back to its parent, whose pointer has so many bytes.
func (x *indexer) addChild(n *Node, parent int) {
	before := x.trail.whole
	for range blocks(len(x.trail.pointer)) - blocks(parent) {
		x.addPrefix()
	}
	x.add(n)
	x.trail.pointer = x.trail.pointer[:parent] // it keeps the room that it has grown to
	x.trail.whole = before
}

// addPrefix makes the trail's next block a whole one.
func (x *indexer) addPrefix() {
	w := &x.trail.whole
	b := x.trail.pointer[w.length:][:block]
	x.text = append(x.text, b...)
	x.pointers.prefixes = append(x.pointers.prefixes, prefix{last: x.aside(block), before: w.prefix})
	*w = whole{length: w.length + block, prefix: uint32(len(x.pointers.prefixes)), hash: x.pointers.mix(w.hash, b)}
}

// point makes the trail lead to an entry.
func (x *indexer) point(entry int) {
	if len(x.trail.pointer) > maxPointer {
		return
	}
	w := &x.trail.whole
	end := x.trail.pointer[w.length:]
	x.text = append(x.text, end...)
	x.entries[entry].end, x.entries[entry].prefix = x.aside(len(end)), w.prefix
	x.pointers.insert(x.pointers.mix(w.hash, end), entry)
}

// appendToken appends a key as a reference token (RFC 6901, section 3).
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

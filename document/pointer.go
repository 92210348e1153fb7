package document

import (
	"hash/maphash"
	"math"
	"math/bits"
)

// maxPointer is the longest JSON Pointer that finds something, in bytes.
const maxPointer = 4 << 10

// pointers is a hash table from JSON Pointers to the entries of an Index, by open addressing and at most half full. Its
// seed is random, so that nobody can write a document whose pointers collide.
type pointers struct {
	seed  maphash.Seed
	slots []uint64 // a power of two of them: 0, or the upper half of a hash and the number of the entry plus 1
}

func newPointers(entries int) pointers {
	return pointers{seed: maphash.MakeSeed(), slots: make([]uint64, 1<<bits.Len(uint(2*entries-1)))}
}

const (
	block = 64 // bytes that are hashed at a time, so that the pointers below a long one need not hash it again
	upper = math.MaxUint64 &^ math.MaxUint32
)

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
	hashed  int    // bytes of whole blocks
	hash    uint64 // of them
}

// enter goes to a child, and returns the way back.
func (t *trail) enter(p *pointers, token []byte) (back trail) {
	back = *t
	t.pointer = append(append(t.pointer, '/'), token...)
	for len(t.pointer)-t.hashed > block {
		t.hash = p.mix(t.hash, t.pointer[t.hashed:t.hashed+block])
		t.hashed += block
	}
	return back
}

// leave goes back to the parent. A pointer that has grown keeps its room.
func (t *trail) leave(back trail) {
	back.pointer = t.pointer[:len(back.pointer)]
	*t = back
}

func (t *trail) sum(p *pointers) uint64 { return p.mix(t.hash, t.pointer[t.hashed:]) }

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
		if entry := uint32(slot) - 1; slot&upper == hash&upper && x.leads(pointer, entry) {
			return &x.entries[entry]
		}
	}
}

// leads says whether a pointer leads to an entry: its tokens, from the last on, are those of the entries up to the root.
func (x *Index) leads(pointer []byte, entry uint32) bool {
	for entry != 0 {
		e := &x.entries[entry]
		token := x.bytes(e.token)
		slash := len(pointer) - len(token) - 1
		if slash < 0 || pointer[slash] != '/' || string(pointer[slash+1:]) != string(token) {
			return false
		}
		pointer, entry = pointer[:slash], e.parent
	}
	return len(pointer) == 0
}

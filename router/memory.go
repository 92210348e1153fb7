package router

import (
	"bytes"
	"hash/maphash"
	"sync/atomic"
)

// memory holds the decisions about the specs that came lately, by their documents: supports depends on nothing else, so
// that the same document gets the same answers from the same table. Only decisions without a fault are remembered. A
// document is remembered when it comes for the second time; one that comes once costs no memory.
type memory struct {
	seed  maphash.Seed
	seen  [memorySlots]atomic.Uint64 // the hash of the document that came last
	slots [memorySlots]atomic.Pointer[remembered]
}

const (
	memorySlots = 1024
	// largestRemembered bounds the documents, in bytes, and so a table's memory to 8 MiB.
	largestRemembered = 8 << 10
)

type remembered struct {
	doc      []byte
	selected int // -1: nobody takes it
}

func newMemory() *memory { return &memory{seed: maphash.MakeSeed()} }

// recall finds what became of a document. The hash is for learn.
func (m *memory) recall(doc []byte) (selected int, ok bool, hash uint64) {
	if len(doc) > largestRemembered {
		return 0, false, 0
	}
	hash = maphash.Bytes(m.seed, doc)
	if r := m.slots[hash%memorySlots].Load(); r != nil && bytes.Equal(r.doc, doc) {
		return r.selected, true, hash
	}
	return 0, false, hash
}

// learn notes what became of a document that recall did not find.
func (m *memory) learn(doc []byte, hash uint64, selected int) {
	if len(doc) > largestRemembered {
		return
	}
	slot := hash % memorySlots
	if m.seen[slot].Swap(hash) == hash {
		m.slots[slot].Store(&remembered{bytes.Clone(doc), selected})
	}
}

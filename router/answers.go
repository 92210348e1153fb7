package router

import (
	"cmp"
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/soltihq/soltiwasm/document"
)

// answers remembers what runners said, by what they had looked up in the spec: supports depends on nothing else, so that
// a runner which looked up a few values says the same of every spec with those values. So it isn't asked again about, say,
// another kind than its own, though it declares nothing.
//
// They are a tree. A node is a state of knowledge about a spec, the root that of none. It has the runners that answer in
// that state, and a question for each look-up that some runner makes next; what it is told leads to another node.
type answers struct {
	entries  int
	seed     maphash.Seed
	root     atomic.Pointer[node]
	recalled sync.Pool // of *recollection

	mu   sync.Mutex // of what changes the tree
	size int        // nodes and questions
}

// Bounds of the tree. When it is larger it begins anew, and so does what a question was told.
const (
	baseSize      = 512
	sizePerRunner = 4
	mostTold      = 64
)

// node is a state of knowledge.
type node struct {
	said      [2]atomic.Pointer[[]growingBlock] // the entries that say no here, and yes: their blocks ascend
	questions atomic.Pointer[[]*question]       // appended to
	index     map[look]*question                // the same, for who holds the mutex
}

// growingBlock is the part of a growing set of entries from entry 64*at on. Sets with the same block share its bits.
type growingBlock struct {
	at   int
	bits *atomic.Uint64
}

// question is a look-up that runners make in a state of knowledge.
type question struct {
	pointer []byte
	limit   uint32
	told    atomic.Pointer[told]
	seen    [16]uint64 // hashes of what was told lately and is not remembered; for who holds the mutex
}

// look tells questions apart.
type look struct {
	pointer string
	limit   uint32
}

// told is where each thing that a question was told leads. It is never changed.
type told struct {
	nothing *node
	lengths map[int]*node // of values over the limit
	values  map[string]*node
}

// recollection is what is remembered of a document, and room to note what is not.
type recollection struct {
	trace document.Trace
	known []*node
	said  [2][]uint64 // the entries that say no, and yes: a bit each
}

func newAnswers(entries int) *answers {
	a := &answers{entries: entries, seed: maphash.MakeSeed()}
	a.recalled.New = func() any {
		r := &recollection{}
		for i := range r.said {
			r.said[i] = make([]uint64, (entries+63)/64)
		}
		return r
	}
	a.root.Store(&node{})
	return a
}

// recall finds what is remembered of a document. It is to be put back.
func (a *answers) recall(doc *document.Index) *recollection {
	r := a.recalled.Get().(*recollection)
	r.known = append(r.known[:0], a.root.Load())
	clear(r.said[0])
	clear(r.said[1])
	for i := 0; i < len(r.known); i++ {
		n := r.known[i]
		for yes := range n.said {
			if s := n.said[yes].Load(); s != nil {
				for _, b := range *s {
					r.said[yes][b.at] |= b.bits.Load()
				}
			}
		}
		if questions := n.questions.Load(); questions != nil {
			for _, q := range *questions {
				if next := q.told.Load().next(doc.Tell(q.pointer, q.limit), q.limit); next != nil {
					r.known = append(r.known, next)
				}
			}
		}
	}
	return r
}

func (a *answers) putBack(r *recollection) {
	clear(r.known) // a tree that was given up is not to be kept alive
	a.recalled.Put(r)
}

// next is the node that something told leads to, or nil.
func (t *told) next(what document.Told, limit uint32) *node {
	switch {
	case !what.Found:
		return t.nothing
	case uint64(what.Length) > uint64(limit):
		return t.lengths[what.Length]
	}
	return t.values[string(what.Value)]
}

// learn notes what an entry said that looked up what the trace says.
func (a *answers) learn(entry int, yes bool, trace *document.Trace) {
	looks, whole := trace.Looks()
	if !whole {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.size > baseSize+sizePerRunner*a.entries { // first, since not every look-up below is followed to its end
		a.size = 0
		a.root.Store(&node{})
	}
	n := a.root.Load()
	for _, look := range looks {
		if n = a.follow(n, look); n == nil {
			return
		}
	}
	said := &n.said[0]
	if yes {
		said = &n.said[1]
	}
	addTo(said, entry)
}

// follow returns the node that a look-up leads to from n. It is made when the same was told twice: a value that no two
// specs share isn't worth its memory. The mutex is held.
func (a *answers) follow(n *node, look document.Look) *node {
	q := a.question(n, look)
	t := q.told.Load()
	if next := t.next(look.Told, look.Limit); next != nil {
		return next
	}
	if look.Told.Found {
		hash := maphash.Comparable(a.seed, look.Told.Length) ^ maphash.Bytes(a.seed, look.Told.Value)
		if seen := &q.seen[hash%uint64(len(q.seen))]; *seen != hash {
			*seen = hash
			return nil
		}
	}
	next := &node{}
	q.told.Store(t.with(look, next))
	a.size++
	return next
}

// question finds or makes the one that a look-up asks at n. The mutex is held.
func (a *answers) question(n *node, l document.Look) *question {
	key := look{string(l.Pointer), l.Limit}
	if q := n.index[key]; q != nil {
		return q
	}
	q := &question{pointer: []byte(key.pointer), limit: l.Limit}
	q.told.Store(&told{})
	if n.index == nil {
		n.index = map[look]*question{}
		n.questions.Store(new([]*question))
	}
	n.index[key] = q
	more := append(*n.questions.Load(), q) // past the end of what others read
	n.questions.Store(&more)
	a.size++
	return q
}

// addTo adds an entry to a set that others read. The mutex is held.
func addTo(place *atomic.Pointer[[]growingBlock], entry int) {
	var s []growingBlock
	if old := place.Load(); old != nil {
		s = *old
	}
	i, found := slices.BinarySearchFunc(s, entry/64, func(b growingBlock, at int) int { return cmp.Compare(b.at, at) })
	if !found {
		s = slices.Insert(slices.Clone(s), i, growingBlock{entry / 64, new(atomic.Uint64)})
		defer place.Store(&s)
	}
	s[i].bits.Or(1 << (entry % 64))
}

// with is t and where one more thing leads.
func (t *told) with(look document.Look, next *node) *told {
	more := *t
	if len(t.lengths)+len(t.values) == mostTold {
		more = told{nothing: t.nothing}
	}
	switch {
	case !look.Told.Found:
		more.nothing = next
	case uint64(look.Told.Length) > uint64(look.Limit):
		more.lengths = plus(more.lengths, look.Told.Length, next)
	default:
		more.values = plus(more.values, string(look.Told.Value), next)
	}
	return &more
}

// plus is a copy of m with one more entry.
func plus[K comparable](m map[K]*node, key K, n *node) map[K]*node {
	more := make(map[K]*node, len(m)+1)
	for k, v := range m {
		more[k] = v
	}
	more[key] = n
	return more
}

package document

// Bounds of what a [Trace] holds.
const (
	maxLooks     = 4
	maxLookBytes = 128 // of a pointer, and of a value
)

// Trace is what a reader learned of a document from its Index: the pointers that it looked up, and what it was told. A
// reader whose answer depends on nothing else gives the same answer for every document that would have told the same. It
// holds 4 look-ups, of pointers and values of at most 128 bytes; a Trace of more is not whole. It is used by one
// goroutine at a time, and keeps nothing of the Index.
type Trace struct {
	looks [maxLooks]Look
	count int
	over  bool
	text  [maxLooks * 2 * maxLookBytes]byte
	used  int
}

// Look is one look-up. It is valid until the Trace is reset.
type Look struct {
	Pointer []byte
	Limit   uint32 // the longest value that the reader would have seen, in bytes
	Told    Told
}

// Told is what a look-up told the reader.
type Told struct {
	Found  bool
	Length int    // of the value, in bytes
	Value  []byte // empty if Length is over the limit: the reader saw that alone
}

// Tell is what a look-up of the pointer tells a reader who takes at most limit bytes. See [Index.Lookup].
func (x *Index) Tell(pointer []byte, limit uint32) Told {
	value, found := x.Lookup(pointer)
	return tell(value, found, limit)
}

func tell(value []byte, found bool, limit uint32) Told {
	t := Told{Found: found, Length: len(value)}
	if found && uint64(len(value)) <= uint64(limit) {
		t.Value = value
	}
	return t
}

// Reset empties the Trace.
func (t *Trace) Reset() { t.count, t.used, t.over = 0, 0, false }

// Note adds a look-up and what it found. A nil Trace notes nothing.
func (t *Trace) Note(pointer []byte, limit uint32, value []byte, found bool) {
	if t == nil || t.over {
		return
	}
	told := tell(value, found, limit)
	if t.count == maxLooks || len(pointer) > maxLookBytes || len(told.Value) > maxLookBytes {
		t.over = true
		return
	}
	told.Value = t.keep(told.Value)
	t.looks[t.count] = Look{Pointer: t.keep(pointer), Limit: limit, Told: told}
	t.count++
}

// keep copies b.
func (t *Trace) keep(b []byte) []byte {
	start := t.used
	t.used += copy(t.text[start:], b)
	return t.text[start:t.used:t.used]
}

// Looks are the look-ups in their order, and whether they are all that there were.
func (t *Trace) Looks() (looks []Look, whole bool) { return t.looks[:t.count], !t.over }

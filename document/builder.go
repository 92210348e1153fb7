package document

import "strings"

// builder is what the readers of JSON and of YAML share: it makes nodes, knows the way from the root for faults, and refuses
// a key that an object already has.
type builder struct {
	values int // counted against Bounds.Values by the readers
	path   []step
	faults faultList
	slab   []Node  // nodes to come: one allocation for many
	items  []*Node // of the arrays being read, the innermost last
	fields []Field // of the objects being read, the innermost last
}

// step is one step of the way from the root.
type step struct {
	key   string
	isKey bool
	index int
}

// node is a new node.
func (b *builder) node() *Node {
	const most = 128
	if len(b.slab) == 0 {
		b.slab = make([]Node, min(max(b.values, 4), most))
	}
	n := &b.slab[0]
	b.slab = b.slab[1:]
	return n
}

func (b *builder) enter(s step) { b.path = append(b.path, s) }

func (b *builder) leave() { b.path = b.path[:len(b.path)-1] }

// fault records a fault at the way's end.
func (b *builder) fault(line, column int, message string) {
	path := ""
	for _, s := range b.path {
		if s.isKey {
			path = Key(path, s.key)
		} else {
			path = Item(path, s.index)
		}
	}
	b.faults.add(Fault{Line: line, Column: column, Path: path, Message: message})
}

// beginItems begins an array: its items are appended to b.items until endItems, which gets what beginItems gave.
func (b *builder) beginItems() (mark int) { return len(b.items) }

// endItems makes the array's list, of exactly its length.
func (b *builder) endItems(mark int) []*Node {
	items := make([]*Node, len(b.items)-mark)
	copy(items, b.items[mark:])
	b.items = b.items[:mark]
	return items
}

// beginFields begins an object: its fields are added with addField until endFields.
func (b *builder) beginFields() (mark int) { return len(b.fields) }

// addField adds a field to the object that began at mark, or a fault where it has one of that key.
func (b *builder) addField(f Field, mark int, seen *keySet) {
	if i, ok := seen.add(b.fields[mark:], f.Key); ok {
		first := b.fields[mark+i]
		b.fault(f.Line, f.Column, "duplicate field "+quote(f.Key)+", first given at "+strings.TrimSuffix(place(first.Line, first.Column), ": "))
		return
	}
	b.fields = append(b.fields, f)
}

func (b *builder) endFields(mark int) []Field {
	fields := make([]Field, len(b.fields)-mark)
	copy(fields, b.fields[mark:])
	b.fields = b.fields[:mark]
	return fields
}

// keySet finds a key among an object's fields in constant time, and without a map as long as they are few.
type keySet struct {
	index map[string]int
}

// add is the index of the field with this key. Where there is none, the caller appends one.
func (s *keySet) add(fields []Field, key string) (int, bool) {
	const few = 8
	if len(fields) < few {
		for i := range fields {
			if fields[i].Key == key {
				return i, true
			}
		}
		return 0, false
	}
	if s.index == nil {
		s.index = make(map[string]int, 2*few)
		for i := range fields {
			s.index[fields[i].Key] = i
		}
	}
	if i, ok := s.index[key]; ok {
		return i, true
	}
	s.index[key] = len(fields)
	return 0, false
}

package sandbox

// localSet is a set of a function's locals. It is used for one function after the other without being cleared, so that
// a function which declares many locals and uses none costs nothing.
type localSet struct {
	marks []uint32 // by local, the function that it was last added in
	round uint32
	len   int
}

// reset empties the set for a function of n locals.
func (s *localSet) reset(n int) {
	if n > len(s.marks) {
		s.marks = make([]uint32, n)
		s.round = 0
	}
	s.round++
	s.len = 0
}

// add adds a local.
func (s *localSet) add(local uint32) {
	if s.marks[local] != s.round {
		s.marks[local] = s.round
		s.len++
	}
}

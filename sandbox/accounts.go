package sandbox

// accounts decides which functions take account of the stack. Not all need to: it is enough that of functions that call
// one another in a circle one does, and that those between it and the next one are few. What these take is added to its
// account.
//
// It goes through the functions once, in an order in which callees come first where they can. A circle has to lead somewhere
// from a function to itself or to a later one, of which one takes account then, or through a table or the host, and who
// calls those takes account.
type accounts struct {
	done  []bool  // by defined function, whether it was planned
	taken []int64 // by defined function, bytes that it and those that it calls take without an account, if it was planned
	must  []bool  // by defined function, whether it takes account because an earlier one calls it

	self  int   // the function that is being planned
	below int64 // bytes that what it calls takes without an account
	open  bool  // whether it calls what is not known here, or itself
	later []int // later functions that it calls

	recursive bool // whether it calls itself, and so takes account
}

const (
	// unaccounted is how many bytes of stack calls that are in one another may take without an account.
	unaccounted = 1024
	// lastFrame is how many bytes a function may take so that calls no other: there is only one such at a time.
	lastFrame = 4096
)

func newAccounts(functions int) accounts {
	return accounts{done: make([]bool, functions), taken: make([]int64, functions), must: make([]bool, functions)}
}

// begin starts with a function.
func (a *accounts) begin(function int) {
	a.self, a.below, a.open, a.later, a.recursive = function, 0, false, a.later[:0], false
}

// instruction takes note of calls.
func (a *accounts) instruction(in *instruction, l *layout) {
	switch in.op {
	case opCall:
		callee := int(in.index) - l.importedFuncs
		switch {
		case callee < 0:
			a.open = true
		case callee == a.self:
			a.open, a.recursive = true, true
		case a.done[callee]:
			a.below = max(a.below, a.taken[callee])
		default:
			a.later = append(a.later, callee)
		}
	case opCallIndirect:
		a.open = true
		a.below = unaccounted
	}
}

// account ends the function and returns the bytes that it has to take account of, 0 if it need not.
func (a *accounts) account(s *stackFrame) int64 {
	a.done[a.self] = true
	if !s.calls && s.bytes() <= lastFrame {
		return 0
	}
	bytes := s.bytes() + a.below
	if !a.open && !a.must[a.self] && bytes <= unaccounted {
		for _, callee := range a.later {
			a.must[callee] = true
		}
		a.taken[a.self] = bytes
		return 0
	}
	for _, callee := range a.later {
		if !a.must[callee] { // it may take some without an account
			return s.bytes() + unaccounted
		}
	}
	return bytes
}

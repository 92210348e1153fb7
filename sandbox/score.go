package sandbox

import "math"

// bodyFigures is what compiling a function depends on.
type bodyFigures struct {
	bytes       int
	locals      int   // with parameters
	used        int   // locals that instructions name, and parameters
	merges      int   // places where control flow merges
	headers     int   // loops
	edges       int   // branches, each label of a br_table for itself
	carried     int64 // values that branches take along
	walks       int64 // blocks that are passed on the way back from where branches begin to where paths merged last
	reads       int64 // blocks that are passed on the way back from each local.get
	live        int64 // values on the stack where a block ends
	branches    int   // blocks, loops, ifs and br_ifs
	loops       int   // open at present
	deepestLoop int   // nesting of loops at most
	targets     int   // labels of br_tables
	results     int   // of the function or its blocks at most
	calls       int
	checks      int   // places where the meter adds a call
	work        int64 // of the instructions each for itself, in microseconds
	added       int   // blocks, ifs and branches that the meter or the engine's compiler adds
}

// pairs is how many values may have to be followed along how many ways.
func (f *bodyFigures) pairs() int64 {
	return int64(f.used)*int64(max(f.merges, f.edges)) + f.carried
}

// ways counts where ways merge in what becomes of a bulk instruction: the meter asks for the length of a copy or fill, and the
// engine's compiler makes a loop of a fill, which it may leave out. All that is live is followed along them.
func (b *body) ways(op opcode) {
	merges := 0
	switch op {
	case opMemoryCopy:
		merges = 1
	case opMemoryFill, opTableFill:
		merges = 3
		b.figures.headers++
	}
	b.figures.merges += merges
	b.figures.live += int64(merges) * int64(b.flow.height)
}

// measure compares a function with the limits and adds what it costs to the score.
func (in *inspector) measure(offset int) {
	f := &in.body.figures
	in.use(qBranches, int64(f.branches), offset)
	in.use(qLoops, int64(f.deepestLoop), offset)
	in.use(qMerges, f.pairs(), offset)
	in.use(qWork, f.work+(f.live+2)/4+f.pairs(), offset)
	in.use(qReloads, in.mutable*int64(f.calls+f.checks), offset)
	in.addScore(f.score(in.mutable + meterGlobals))
}

// addScore adds to the module's score, and refuses it as soon as it is too high.
func (in *inspector) addScore(seconds float64) {
	in.score += seconds
	in.Score = int64(math.Ceil(in.score * 1000))
	in.use(qScore, in.Score, in.pos)
}

// The blocks, ifs and branches that the meter adds to a loop and to a bulk instruction, at most, and those that the
// compiler makes of the checks of an indirect call; an exit of the function costs it as much.
const (
	addedToLoop     = 4
	addedToBulk     = 2
	addedToIndirect = 2
	addedToExit     = 2
)

// meterGlobals is the number of mutable globals that the meter adds.
const meterGlobals = 2

// score estimates the seconds that compiling the function takes. The terms were fitted to wazero 1.12 on one machine
// and are each the worst that was seen; the exponents come from its algorithms.
func (f *bodyFigures) score(mutable int64) float64 {
	square := func(n int) float64 { return float64(n) * float64(n) }
	s := 5e-6 + 2e-7*float64(f.bytes) + 1.5e-7*float64(f.locals)
	s += 1e-6*float64(f.work) + 2.7e-7*float64(f.live)
	s += 2.5e-8 * square(f.branches+f.added)
	s += 1.5e-6 * (float64(f.used)*math.Max(float64(f.merges), 1.6*float64(f.edges)) + 1.6*float64(f.carried))
	s += square(f.used) * (1e-9*float64(f.merges+f.edges) + 8e-9*float64(f.headers))
	s += 1.4e-8 * (float64(f.used)*float64(f.walks) + float64(f.reads))
	if f.deepestLoop >= 2 {
		s += 4.2e-9 * square(f.deepestLoop*f.used)
	}
	s += 4e-10*square(f.targets) + 3.5e-7*float64(f.targets)*float64(f.results)
	s += 0.6e-6 * float64(mutable) * float64(f.calls+f.checks+1)
	return s
}

// scoreModule adds what is not in the functions' bodies.
func (in *inspector) scoreModule() {
	types, funcs := float64(len(in.layout.types)), float64(len(in.layout.funcs))
	in.addScore(3e-5*types + 5e-8*types*funcs)
}

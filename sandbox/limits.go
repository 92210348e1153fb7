package sandbox

// Limits bound what a module may contain, so that no engine can be made to take minutes or gigabytes over it, and what
// an instance of it may use. Start from [DefaultLimits]: a limit of zero grants nothing.
//
// The bounds on structure come from measurements of wazero 1.12, whose compiler takes more than linear time in some of
// them. Each lies well above what real plugins contain.
type Limits struct {
	Memory int64 // bytes of linear memory, tables and stack of one instance together; see [Protect] for its division

	Bytes    int64 // of the module
	Customs  int64 // custom sections
	Types    int64
	Params   int64 // of one type
	Results  int64 // of one type
	Imports  int64
	Funcs    int64 // functions that the module defines
	Tables   int64
	Entries  int64 // of all tables together, at their least size
	Globals  int64
	Mutable  int64 // mutable globals
	Exports  int64
	Slots    int64 // locals of all functions together, without parameters
	Elements int64 // entries of all element segments together, and segments
	Data     int64 // data segments

	Body     int64 // bytes of one function
	Locals   int64 // of one function, without parameters
	Nesting  int64 // of blocks in one function
	Loops    int64 // nesting of loops in one function
	Branches int64 // blocks, loops, ifs and br_ifs of one function
	Targets  int64 // of all br_tables of one function
	Merges   int64 // of one function: locals, times places where control flow merges or branches; and values carried there
	Work     int64 // microseconds that compiling one function should take at most, what grows faster than its size left out
	Reloads  int64 // mutable globals, times calls of one function
	Score    int64 // milliseconds that compiling should take at most on the reference machine; see [Module.Score]
}

// DefaultLimits returns limits that admit what compiles in about 15 seconds, which is every plugin of a few megabytes.
// The memory is 64 MiB.
func DefaultLimits() Limits {
	return Limits{
		Memory: 64 << 20,

		Bytes:    32 << 20,
		Customs:  1_000,
		Types:    10_000,
		Params:   255,
		Results:  16,
		Imports:  10_000,
		Funcs:    100_000,
		Tables:   16,
		Entries:  100_000,
		Globals:  100_000,
		Mutable:  256,
		Exports:  100_000,
		Slots:    20_000_000,
		Elements: 100_000,
		Data:     100_000,

		Body:     384 << 10,
		Locals:   10_000,
		Nesting:  10_000,
		Loops:    64,
		Branches: 20_000,
		Targets:  16_384,
		Merges:   1_000_000,
		Work:     1_100_000,
		Reloads:  1_000_000,
		Score:    15_000,
	}
}

// Figure is how much of a limit a module uses.
type Figure struct {
	Name  string // of the limit, as in the codes of errors
	Value int64  // the largest of any one item, or the sum
	Limit int64
}

// quantity is one thing that Limits bound in a module's structure, in the order of the struct.
type quantity int

const (
	qBytes quantity = iota
	qCustoms
	qTypes
	qParams
	qResults
	qImports
	qFuncs
	qTables
	qEntries
	qGlobals
	qMutable
	qExports
	qSlots
	qElements
	qData
	qBody
	qLocals
	qNesting
	qLoops
	qBranches
	qTargets
	qMerges
	qWork
	qReloads
	qScore
	quantities
)

// names are what figures and codes call each quantity.
var names = [quantities]string{
	qBytes:    "bytes",
	qCustoms:  "customs",
	qTypes:    "types",
	qParams:   "params",
	qResults:  "results",
	qImports:  "imports",
	qFuncs:    "funcs",
	qTables:   "tables",
	qEntries:  "entries",
	qGlobals:  "globals",
	qMutable:  "mutable",
	qExports:  "exports",
	qSlots:    "slots",
	qElements: "elements",
	qData:     "data",
	qBody:     "body",
	qLocals:   "locals",
	qNesting:  "nesting",
	qLoops:    "loops",
	qBranches: "branches",
	qTargets:  "targets",
	qMerges:   "merges",
	qWork:     "work",
	qReloads:  "reloads",
	qScore:    "score",
}

// descriptions say what is counted.
var descriptions = [quantities]string{
	qBytes:    "bytes",
	qCustoms:  "custom sections",
	qTypes:    "types",
	qParams:   "parameters in one type",
	qResults:  "results in one type",
	qImports:  "imports",
	qFuncs:    "functions of its own",
	qTables:   "tables",
	qEntries:  "entries in its tables",
	qGlobals:  "globals",
	qMutable:  "mutable globals",
	qExports:  "exports",
	qSlots:    "locals in all its functions",
	qElements: "elements and element segments",
	qData:     "data segments",
	qBody:     "bytes",
	qLocals:   "locals",
	qNesting:  "blocks in one another",
	qLoops:    "loops in one another",
	qBranches: "blocks and conditional branches",
	qTargets:  "labels of br_table",
	qMerges:   "locals times branches",
	qWork:     "microseconds to compile by estimate, which stand for memory, too",
	qReloads:  "calls times mutable globals",
	qScore:    "milliseconds to compile by estimate",
}

// ofFunction reports whether the quantity is measured for each function.
func (q quantity) ofFunction() bool { return q >= qBody && q <= qReloads }

// values returns the limits in the order of the quantities.
func (l *Limits) values() [quantities]int64 {
	return [quantities]int64{
		qBytes:    l.Bytes,
		qCustoms:  l.Customs,
		qTypes:    l.Types,
		qParams:   l.Params,
		qResults:  l.Results,
		qImports:  l.Imports,
		qFuncs:    l.Funcs,
		qTables:   l.Tables,
		qEntries:  l.Entries,
		qGlobals:  l.Globals,
		qMutable:  l.Mutable,
		qExports:  l.Exports,
		qSlots:    l.Slots,
		qElements: l.Elements,
		qData:     l.Data,
		qBody:     l.Body,
		qLocals:   l.Locals,
		qNesting:  l.Nesting,
		qLoops:    l.Loops,
		qBranches: l.Branches,
		qTargets:  l.Targets,
		qMerges:   l.Merges,
		qWork:     l.Work,
		qReloads:  l.Reloads,
		qScore:    l.Score,
	}
}

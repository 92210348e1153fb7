package sandbox_test

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
)

// Instructions, as deadlineGuests writes them. The table's second entry is function 1. The one global is 0, which the
// compiler can't know.
const (
	opEnd        = "\x0b"
	opDrop       = "\x1a"
	callIndirect = "\x41\x01\x11\x01\x00" // of function 1
	getUnknown   = "\x23\x00"
	setUnknown   = "\x24\x00"
	i32Load      = "\x28\x02\x00"
	memoryGrow   = "\x40\x00"
	memoryFill   = "\xfc\x0b\x00"
	memoryCopy   = "\xfc\x0a\x00\x00"
	tableGrow    = "\xfc\x0f\x00"
	tableFill    = "\xfc\x11\x00"
	refNull      = "\xd0\x70"
	i32Add       = "\x6a"
	i32Sub       = "\x6b"
	i32Mul       = "\x6c"
	i32Divide    = "\x6d"
	i32And       = "\x71"
	f64Root      = "\x9f"
	f64Mul       = "\xa2"
	popcounts    = "\xfd\x62"     // i8x16.popcnt
	products     = "\xfd\xd5\x01" // i64x2.mul
)

func i32Const(n int32) string    { return "\x41" + signedLEB(n) }
func i32Store(at int) string     { return "\x36\x02" + leb(at) }
func localGet(local int) string  { return "\x20" + leb(local) }
func localSet(local int) string  { return "\x21" + leb(local) }
func localTee(local int) string  { return "\x22" + leb(local) }
func callOf(function int) string { return "\x10" + leb(function) }

func f64Const(v float64) string {
	return "\x44" + string(binary.LittleEndian.AppendUint64(nil, math.Float64bits(v)))
}

// signedLEB writes a signed integer.
func signedLEB(n int32) string {
	var b []byte
	for n < -0x40 || n >= 0x40 {
		b = append(b, byte(n)|0x80)
		n >>= 7
	}
	return string(append(b, byte(n)&0x7f))
}

// endless is an endless loop around instructions.
func endless(instructions string) string { return "\x03\x40" + instructions + "\x0c\x00" + opEnd }

// never is code that is not run, though the compiler can't know.
func never(instructions string) string { return getUnknown + "\x04\x40" + instructions + opEnd }

// each writes something for the numbers from 0 to n-1.
func each(n int, write func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(write(i))
	}
	return b.String()
}

// deadlineGuest is a module with an export "run", function 0, and a function 1 that it may call.
type deadlineGuest struct {
	name   string
	locals string // of run: groups, each a count and a type
	groups int
	run    string
	params string // types of function 1
	one    string // its instructions
	start  string // the start function, which runs without a deadline
	pages  int    // of memory
	loop   string // types of the parameters of a loop with the block type 2
}

// wasm writes the module.
func (g *deadlineGuest) wasm() []byte {
	return module(
		section(1, vector(typeVoid, "\x60"+sized(g.params)+"\x00", "\x60"+sized(g.loop)+"\x00")),
		section(3, "\x03\x00\x01\x00"),
		section(4, "\x01\x70\x00\x02"),
		section(5, "\x01\x00"+leb(g.pages)),
		section(6, "\x01\x7f\x01"+i32Const(0)+opEnd),
		section(7, vector("\x03run\x00\x00")),
		section(8, "\x02"),
		section(9, "\x01\x00"+i32Const(1)+opEnd+"\x01\x01"),
		section(10, vector(
			sized(leb(g.groups)+g.locals+g.run+opEnd),
			sized("\x00"+g.one+opEnd),
			sized("\x01\x01\x7f"+g.start+opEnd))))
}

// deadlineGuests are guests that never end, or take so long that it makes no difference. Each does something else, and
// as much of it as it can between two looks at the fuel.
func deadlineGuests() []deadlineGuest {
	return slices.Concat(bulkGuests(), callingGuests(), slowGuests(), movingGuests())
}

// bulkGuests use instructions that work on much.
func bulkGuests() []deadlineGuest {
	fill := func(n int32) string { return i32Const(0) + i32Const(7) + i32Const(n) + memoryFill }
	fillTable := i32Const(0) + refNull + i32Const(250_000) + tableFill
	return []deadlineGuest{
		{name: "loop", run: endless("")},
		{name: "memory.fill, 32 MiB, 2000 in a row", pages: 512, run: strings.Repeat(fill(32<<20), 2000)},
		{name: "memory.fill, 4000 bytes", pages: 512, run: endless(strings.Repeat(fill(4000), 1000))},
		{name: "memory.copy, 32 MiB, overlapping", pages: 512, run: endless(i32Const(1) + i32Const(0) + i32Const(32<<20-1) + memoryCopy)},
		{name: "memory.grow, by a page", pages: 1, run: endless(i32Const(1) + memoryGrow + opDrop)},
		{name: "table.grow, by an entry", run: endless(refNull + i32Const(1) + tableGrow + opDrop)},
		{name: "table.fill, 250,000 entries", run: refNull + i32Const(250_000) + tableGrow + opDrop + endless(fillTable)},
	}
}

// callingGuests call.
func callingGuests() []deadlineGuest {
	// down calls itself with its parameter less 1 until that is 0, and does something before and after.
	down := func(before, after string) string {
		return before + localGet(0) + "\x04\x40" + localGet(0) + i32Const(1) + i32Sub + callOf(1) + opEnd + after
	}
	const wide = 2000
	pushed, popped := strings.Repeat(getUnknown, wide), strings.Repeat(setUnknown, wide)
	stores := each(6000, func(i int) string { return localGet(0) + localGet(0) + i32Store(i*4999&^3) })
	// The place that the misses have come to is kept in memory, beside the chain.
	misses := i32Const(0) + i32Const(0) + "\x28\x02\x04" + strings.Repeat(i32Load, 60) + i32Store(4)
	return []deadlineGuest{
		{name: "recursion", run: callOf(1), one: callOf(1)},
		{name: "recursion, 2000 values", run: callOf(1), one: pushed + callOf(1) + popped},
		{name: "recursion that comes back", params: "\x7f", run: endless(i32Const(5000) + callOf(1)), one: down("", "")},
		{name: "2000 values, comes back", params: "\x7f", run: endless(i32Const(100) + callOf(1)), one: down(pushed, popped)},
		{name: "6000 stores on the way back", params: "\x7f", pages: 512, run: endless(i32Const(15_000) + callOf(1)), one: down("", stores)},
		{name: "cache misses on the way back", params: "\x7f", pages: 512, start: chain(32 << 20),
			run: endless(i32Const(240) + callOf(1)), one: down(pushed, popped+misses)},
		{name: "calls through a table", run: endless(strings.Repeat(callIndirect, 100))},
		{name: "calls with 255 vectors", groups: 1, locals: "\x01\x7b", params: strings.Repeat("\x7b", 255),
			run: endless(strings.Repeat(strings.Repeat(localGet(0), 255)+callOf(1), 20))},
	}
}

// slowGuests use instructions that take long.
func slowGuests() []deadlineGuest {
	touch := func(page int) string { return i32Const(0) + i32Const(1) + i32Store(page*4096) }
	touchLines := each(64, func(i int) string { return localGet(0) + "\x28\x02" + leb(i*64) + opDrop })
	nextPage := localGet(0) + i32Const(7*4096) + i32Add + i32Const(32<<20-4096) + i32And + localSet(0)
	return []deadlineGuest{
		{name: "divisions, 70,000 in a row", run: endless(getUnknown + strings.Repeat(i32Const(3)+i32Divide, 70_000) + opDrop)},
		{name: "square roots", groups: 1, locals: "\x01\x7c", run: endless(localGet(0) + strings.Repeat(f64Root, 1000) + localSet(0))},
		{name: "denormal products", groups: 1, locals: "\x02\x7c", run: f64Const(1e-310) + localSet(0) + f64Const(0.999) + localSet(1) +
			endless(localGet(0)+strings.Repeat(localGet(1)+f64Mul, 1000)+localSet(0))},
		{name: "vectors", groups: 1, locals: "\x01\x7b", run: endless(localGet(0) + strings.Repeat(popcounts+localGet(0)+products, 1000) + localSet(0))},
		{name: "cache misses over 32 MiB", groups: 1, locals: "\x01\x7f", pages: 512, start: chain(32 << 20),
			run: endless(localGet(0) + strings.Repeat(i32Load, 1000) + localSet(0))},
		{name: "all lines of a page, over 32 MiB", groups: 1, locals: "\x01\x7f", pages: 512, run: endless(touchLines + nextPage)},
		{name: "first touch of 53 MiB that were grown", pages: 1, run: i32Const(53*16) + memoryGrow + opDrop + each(53*256, touch) + endless("")},
		{name: "first touch of 54 MiB", pages: 864, run: each(864*16, touch) + endless("")},
	}
}

// movingGuests have control flow merge where much may differ, which compilers move then.
func movingGuests() []deadlineGuest {
	merges := func(locals, ifs int) string {
		return endless(strings.Repeat(never(setAll(locals)), ifs) + never(useAll(locals)))
	}
	params := each(254, func(i int) string { return getUnknown + i32Const(int32(i)) + i32Add })
	next := localGet(0) + i32Const(1) + i32Add + localTee(0)
	return []deadlineGuest{
		{name: "50 merges of 1000 locals", groups: 1, locals: leb(1000) + "\x7f", run: merges(1000, 50)},
		{name: "merges of 10,000 locals", groups: 1, locals: leb(10_000) + "\x7f", run: merges(10_000, 1)},
		{name: "loop with 254 parameters", groups: 1, locals: "\x01\x7f", loop: strings.Repeat("\x7f", 254),
			run: params + "\x03\x02" + next + "\x0c\x00" + opEnd},
	}
}

// setAll sets locals to what the compiler doesn't know, and useAll uses them.
func setAll(n int) string { return each(n, func(i int) string { return getUnknown + localSet(i) }) }
func useAll(n int) string { return each(n, func(i int) string { return localGet(i) + setUnknown }) }

// chain fills so many bytes of memory with a chain of pointers that leads through every cache line, in no order that a
// processor could guess.
func chain(bytes int32) string {
	const line = 64
	next := localGet(0) + i32Const(1664525) + i32Mul + i32Const(1013904223/line*line) + i32Add + i32Const(bytes-line) + i32And
	return "\x03\x40" + localGet(0) + next + i32Store(0) +
		localGet(0) + i32Const(line) + i32Add + localTee(0) + i32Const(bytes) + "\x49\x0d\x00" + opEnd // while the next one is inside
}

// doubling makes n functions of which each calls the next one twice; the first one is the export "run".
func doubling(n int) []byte {
	declared, bodies := make([]string, n), make([]string, n)
	for i := range n {
		declared[i] = "\x00"
		bodies[i] = sized("\x00" + strings.Repeat(callOf(i+1), 2) + opEnd)
	}
	bodies[n-1] = sized("\x00" + opEnd)
	return module(section(1, vector(typeVoid)), section(3, vector(declared...)),
		section(7, vector("\x03run\x00\x00")), section(10, vector(bodies...)))
}

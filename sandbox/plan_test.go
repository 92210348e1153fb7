package sandbox

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// TestPlanPaysOnEveryPath walks through the functions of the corpus by ways chosen at random, without running them, and
// adds up what they use and what the plan pays.
func TestPlanPaysOnEveryPath(t *testing.T) {
	paths, err := filepath.Glob("testdata/*/*.wasm")
	if err != nil || len(paths) < 20 {
		t.Fatal(paths, err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	returned := 0
	for _, path := range paths {
		wasm, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Inspect(wasm, DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		l := &m.layout
		p := planner{layout: l, accounts: newAccounts(len(l.bodies)), unlooked: make([]int64, len(l.bodies))}
		p.buf = wasm
		for _, i := range l.calls.order() {
			body, typ := l.bodies[i], &l.types[l.funcs[l.importedFuncs+int(i)]]
			p.function(int(i), body, typ)
			w := walk{t: t, planner: &p, random: random}
			w.learn(body, len(typ.params))
			for range 20 {
				w.where = path
				if w.run() {
					returned++
				}
			}
		}
	}
	if returned < 2000 {
		t.Errorf("only %d ways led to an end", returned)
	}
}

// walk goes through one function.
type walk struct {
	t       *testing.T
	where   string
	planner *planner
	random  *rand.Rand
	code    []instruction
	costs   [][2]int64 // of each instruction: its fuel, and what it may use besides
	labels  [][]uint32 // of each br_table
	match   []int      // of block, loop, if and else: the number of the instruction that ends it
	others  []int      // of if: the number of its else
}

// learn reads a body into a list.
func (w *walk) learn(body span, params int) {
	p := w.planner
	r := reader{buf: p.buf, pos: body.start, end: body.end}
	p.near.begin(new(stackFrame).begin(&funcType{params: make([]valueType, params)}, &r))
	p.last = instruction{}
	var open []int
	for r.pos < body.end {
		var in instruction
		r.instruction(&in)
		n := len(w.code)
		p.beside = p.near.instruction(&in, &p.last)
		cost, more := p.cost(&in)
		p.last = in
		w.code = append(w.code, in)
		w.costs = append(w.costs, [2]int64{cost, more})
		w.labels = append(w.labels, nil)
		w.match = append(w.match, 0)
		w.others = append(w.others, 0)
		switch in.op {
		case opBlock, opLoop, opIf:
			open = append(open, n)
		case opElse:
			w.others[open[len(open)-1]] = n
		case opEnd:
			if len(open) > 0 {
				begin := open[len(open)-1]
				w.match[begin] = n
				if other := w.others[begin]; other > 0 {
					w.match[other] = n
				}
				open = open[:len(open)-1]
			}
		case opBrTable:
			labels := reader{buf: p.buf, pos: in.imm, end: r.pos}
			for range labels.u32() + 1 {
				w.labels[n] = append(w.labels[n], labels.u32())
			}
		}
	}
}

// run walks from the entry until the function returns or traps, or for some time, and reports whether it returned.
func (w *walk) run() bool {
	p := w.planner
	points := map[int]point{}
	for _, pt := range p.points {
		points[pt.offset] = pt
	}
	loops := map[int]int64{} // by instruction
	for n, in := range w.code {
		if in.op == opLoop {
			loops[n] = p.loops[len(loops)]
		}
	}
	paid, used, unchecked := p.entry, int64(0), int64(0)
	var open []int
	for n, steps := 0, 0; n < len(w.code) && steps < 5000; steps++ {
		in := w.code[n]
		if pt, pays := points[in.start]; pays {
			paid += pt.fuel
			if pt.check {
				unchecked = 0
			}
		}
		used += w.costs[n][0]
		unchecked += w.costs[n][0] + w.costs[n][1]
		const dearest = costHost + maxInline/bytesPerUnit // of a single instruction
		if used-paid > maxOwed+dearest || unchecked > maxUnchecked+dearest {
			w.t.Fatalf("%s: at %#x %d units are used, %d paid and %d unchecked", w.where, in.start, used, paid, unchecked)
		}
		next := n + 1
		branch := func(label uint32) {
			if int(label) == len(open) {
				next = len(w.code)
				return
			}
			open = open[:len(open)-int(label)]
			begin := open[len(open)-1]
			if w.code[begin].op != opLoop {
				next = w.match[begin] // the end closes the block
				return
			}
			next = begin + 1
			paid += loops[begin]
			unchecked = 0
		}
		switch in.op {
		case opBlock:
			open = append(open, n)
		case opLoop:
			open = append(open, n)
			paid += loops[n]
			unchecked = 0
		case opIf:
			open = append(open, n)
			if w.random.IntN(2) == 0 {
				next = w.match[n]
				if w.others[n] > 0 {
					next = w.others[n] + 1
				}
			}
		case opElse:
			next = w.match[n]
		case opEnd:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		case opBr:
			branch(in.index)
		case opBrIf:
			if w.random.IntN(2) == 0 {
				branch(in.index)
			}
		case opBrTable:
			branch(w.labels[n][w.random.IntN(len(w.labels[n]))])
		case opReturn:
			next = len(w.code)
		case opUnreachable:
			return false
		}
		if next == len(w.code) {
			if used > paid {
				w.t.Fatalf("%s: a way through the function uses %d units and pays %d", w.where, used, paid)
			}
			return true
		}
		n = next
	}
	return false
}

package sandbox

import (
	"fmt"
	"testing"
)

// TestNeighbours says of each access of a function with two parameters and a local whether it lies beside another one.
func TestNeighbours(t *testing.T) {
	const get0, get1, set0, tee2, get2, call = "\x20\x00", "\x20\x01", "\x21\x00", "\x22\x02", "\x20\x02", "\x10\x00"
	const drop, block, loop, cond, otherwise, end = "\x1a", "\x02\x40", "\x03\x40", "\x04\x40", "\x05", "\x0b"
	constant := func(n byte) string { return "\x41" + string(n) }
	load := func(offset string) string { return "\x28\x00" + offset }
	store := func(offset string) string { return "\x36\x00" + offset }
	const near, far = "\xff\x1f", "\x80\x20" // 4095 and 4096
	for _, tt := range []struct {
		name, code string
		want       string // of each access, whether it is beside another
	}{
		{"same place", get0 + load("\x00") + get0 + load("\x00"), "[false true]"},
		{"offsets", get0 + load("\x00") + get0 + load(near) + get0 + load(far), "[false true false]"},
		{"step by step", get0 + load("\x00") + get0 + load(near) + get0 + load("\xfe\x3f"), "[false true false]"},
		{"other locals", get0 + load("\x00") + get1 + load("\x00"), "[false false]"},
		{"stores", get0 + get1 + store("\x00") + get0 + get1 + store("\x04"), "[false true]"},
		{"a load beside a store", get0 + get1 + store("\x00") + get0 + load("\x04") + get0 + load("\x08"), "[false false true]"},
		{"a store beside a load", get0 + load("\x00") + get0 + get1 + store("\x04"), "[false true]"},
		{"a constant added", get0 + load("\x00") + get0 + constant(16) + "\x6a" + load("\x00"), "[false true]"},
		{"a constant taken away", get0 + load("\x00") + get0 + constant(16) + "\x6b" + load("\x00"), "[false true]"},
		{"something added", get0 + load("\x00") + get0 + get1 + "\x6a" + load("\x00"), "[false false]"},
		{"taken from a constant", get0 + load("\x00") + constant(16) + get0 + "\x6b" + load("\x00"), "[false false]"},
		{"what was loaded", get0 + load("\x00") + load("\x00") + load("\x00"), "[false false false]"},
		{"another local of that value", get0 + tee2 + load("\x00") + get2 + load("\x00") + get0 + load("\x00"), "[false true true]"},
		{"set anew", get0 + load("\x00") + drop + get1 + set0 + get0 + load("\x00"), "[false false]"},
		{"set to itself and more", get0 + load("\x00") + drop + get0 + constant(8) + "\x6a" + set0 + get0 + load("\x00"), "[false true]"},
		{"in an arm", get0 + load("\x00") + cond + get0 + load("\x00") + drop + end, "[false true]"},
		{"behind an arm", get0 + load("\x00") + cond + end + get0 + load("\x00"), "[false false]"},
		{"in the other arm", get0 + load("\x00") + cond + otherwise + get0 + load("\x00") + drop + end, "[false false]"},
		{"in a block", get0 + load("\x00") + drop + block + get0 + load("\x00") + drop + end, "[false true]"},
		{"in a loop", get0 + load("\x00") + drop + loop + get0 + load("\x00") + drop + end, "[false false]"},
		{"behind a call", get0 + load("\x00") + drop + call + get0 + load("\x00"), "[false true]"},
		{"pushed before a call", get0 + load("\x00") + drop + get0 + call + load("\x00"), "[false false]"},
		{"a constant address", constant(0) + load("\x00") + drop + constant(0) + load("\x00"), "[false false]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := reader{buf: []byte(tt.code), end: len(tt.code)}
			var n neighbours
			var in, last instruction
			var got []bool
			n.begin(3)
			for r.ok() && r.pos < r.end {
				r.instruction(&in)
				if beside := n.instruction(&in, &last); in.info.imm == immAccess {
					got = append(got, beside)
				}
				last = in
			}
			if fmt.Sprint(got) != tt.want {
				t.Errorf("%v, want %s", got, tt.want)
			}
		})
	}
}

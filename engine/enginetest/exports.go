package enginetest

import (
	"math"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
)

func testExports(t *testing.T, e engine.Engine) {
	in := start(t, e, "exports", engine.InstanceConfig{})
	for _, name := range []string{"parameter", "long", "real", "two", "absent", "memory", "count"} {
		if f := in.Func(name); f != nil {
			t.Errorf("Func(%q) isn't nil", name)
		}
	}
	for _, name := range []string{"constant", "vector", "reference", "absent", "memory", "nothing"} {
		if g := in.Global(name); g != nil {
			t.Errorf("Global(%q) isn't nil", name)
		}
	}
	call(t, in, "nothing", 0)
	call(t, in, "number", 1)
	call(t, in, "", 3)

	count := in.Global("count")
	if count == nil {
		t.Fatal("Global(count) = nil")
	}
	for _, step := range []struct{ set, want int64 }{{-5, -4}, {-1, 0}, {1<<63 - 1, -1 << 63}} {
		if count.Set(step.set); count.Get() != step.set {
			t.Errorf("Get after Set(%d) = %d", step.set, count.Get())
		}
		if call(t, in, "bump", 0); count.Get() != step.want {
			t.Errorf("%d and one is %d", step.set, count.Get())
		}
	}
	for _, test := range []struct {
		name       string
		first, set int64
		upper      int32
	}{
		{"narrow", math.MaxUint32, 1<<32 | 5, 5},
		{"single", int64(math.Float32bits(1)), int64(math.Float32bits(-2.5)), math.MinInt32 | 0x40200000},
		{"double", int64(math.Float64bits(1)), int64(math.Float64bits(2.5)), 0x40040000},
	} {
		g := in.Global(test.name)
		if g == nil {
			t.Fatalf("Global(%q) = nil", test.name)
		}
		if got := g.Get(); got != test.first {
			t.Errorf("%s begins as %#x, want %#x", test.name, got, test.first)
		}
		g.Set(test.set)
		call(t, in, "upper_"+test.name, test.upper)
	}
	if narrow := in.Global("narrow").Get(); narrow != 5 {
		t.Errorf("an i32 reads %#x", narrow)
	}
	negative := start(t, e, "traps", engine.InstanceConfig{})
	call(t, negative, "minus_one", -1)
}

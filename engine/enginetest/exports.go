package enginetest

import (
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
	for _, name := range []string{"constant", "narrow", "float", "absent", "memory", "nothing"} {
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
	negative := start(t, e, "traps", engine.InstanceConfig{})
	call(t, negative, "minus_one", -1)
}

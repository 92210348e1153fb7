package enginetest

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
)

const page = 1 << 16

func testMemory(t *testing.T, e engine.Engine) {
	r := open(t, e)
	m := load(t, r, "memory")
	t.Run("view", func(t *testing.T) { testView(t, m) })
	t.Run("limit", func(t *testing.T) { testLimit(t, m) })
	t.Run("own maximum", func(t *testing.T) {
		in := instantiate(t, load(t, r, "memory_max"), engine.InstanceConfig{Memory: 100 * page})
		if size := in.Memory().Size(); size != 0 {
			t.Errorf("an empty memory has %d bytes", size)
		}
		if view, ok := in.Memory().View(0, 0); !ok || len(view) != 0 {
			t.Errorf("View(0, 0) of an empty memory = %v, %t", view, ok)
		}
		for _, want := range []int32{0, 1, -1} {
			call(t, in, "grow", want)
		}
		call(t, in, "first", 0)
	})
	t.Run("no limit", func(t *testing.T) {
		in := instantiate(t, m, engine.InstanceConfig{})
		for want := range int32(20) {
			call(t, in, "grow", want+1)
		}
		call(t, in, "last", 7)
	})
	t.Run("beginning over the limit", func(t *testing.T) {
		large := load(t, r, "memory_large")
		_, err := large.Instantiate(t.Context(), engine.InstanceConfig{Host: lent{}, Memory: 10*page - 1})
		var refused *engine.MemoryError
		if !errors.As(err, &refused) || refused.Need != 10*page || refused.Limit != 10*page-1 {
			t.Errorf("Instantiate: %v, want a MemoryError of 10 pages", err)
		}
		call(t, instantiate(t, large, engine.InstanceConfig{Memory: 10 * page}), "nothing", 0)
	})
	t.Run("not exported", func(t *testing.T) { testNoMemory(t, load(t, r, "memory_hidden")) })
	t.Run("limit of one not exported", func(t *testing.T) {
		in := instantiate(t, load(t, r, "memory_hidden"), engine.InstanceConfig{Memory: 2 * page})
		call(t, in, "grow", 1)
		call(t, in, "grow", -1)
	})
	t.Run("none", func(t *testing.T) { testNoMemory(t, load(t, r, "memory_none")) })
	t.Run("own to each instance", func(t *testing.T) {
		in, other := instantiate(t, m, engine.InstanceConfig{}), instantiate(t, m, engine.InstanceConfig{})
		view, _ := in.Memory().View(0, 1)
		view[0] = 'H'
		call(t, in, "first", 'H')
		call(t, other, "first", 'h')
	})
}

func testView(t *testing.T, m engine.Module) {
	in := instantiate(t, m, engine.InstanceConfig{})
	memory := in.Memory()
	if size := memory.Size(); size != page {
		t.Fatalf("Size = %d", size)
	}
	for _, test := range []struct {
		ptr, n uint32
		ok     bool
	}{
		{0, 0, true},
		{0, 5, true},
		{0, page, true},
		{0, page + 1, false},
		{page - 1, 1, true},
		{page - 1, 2, false},
		{page, 0, true},
		{page, 1, false},
		{page + 1, 0, false},
		{1, math.MaxUint32, false}, // the sum is 0 in 32 bits
		{math.MaxUint32, 1, false},
		{math.MaxUint32, math.MaxUint32, false},
		{math.MaxUint32, 0, false},
	} {
		view, ok := memory.View(test.ptr, test.n)
		if ok != test.ok || ok && (len(view) != int(test.n) || cap(view) != int(test.n)) || !ok && view != nil {
			t.Errorf("View(%d, %d) = %d bytes of %d, %t; want %t", test.ptr, test.n, len(view), cap(view), ok, test.ok)
		}
	}
	if view, _ := memory.View(0, 5); string(view) != "hello" {
		t.Errorf("the data segment reads %q", view)
	}
	if view, _ := memory.View(page-1, 1); string(view) != "!" {
		t.Errorf("the last byte reads %q", view)
	}
	call(t, in, "grow", 1)
	if memory.Size() != 2*page {
		t.Errorf("Size after growing = %d", memory.Size())
	}
	if _, ok := memory.View(page, page); !ok {
		t.Error("what was grown isn't in view")
	}
}

func testLimit(t *testing.T, m engine.Module) {
	in := instantiate(t, m, engine.InstanceConfig{Memory: 3*page + 100}) // rounded down to pages
	call(t, in, "grow_much", -1)
	for i, want := range []int32{1, 2, -1, -1} {
		call(t, in, "grow", want)
		if want > 0 {
			call(t, in, "dirt", 0)
			call(t, in, "last", 7)
		}
		call(t, in, "size", min(int32(i)+2, 3))
	}
	if size := in.Memory().Size(); size != 3*page {
		t.Errorf("Size = %d, want 3 pages", size)
	}
	call(t, in, "first", 'h') // growing kept what was there
	_, err := find(t, in, "beyond").Call(t.Context())
	wantTrap(t, err, engine.TrapOutOfBounds)
}

func testNoMemory(t *testing.T, m engine.Module) {
	called := false
	in := instantiate(t, m, engine.InstanceConfig{Memory: page, Host: lent{"call": func(_ context.Context, memory engine.Memory, _ []uint64) error {
		called = true
		if memory != nil {
			return errors.New("the host function got a memory")
		}
		return nil
	}}})
	if in.Memory() != nil {
		t.Error("Memory isn't nil")
	}
	if call(t, in, "call", 0); !called {
		t.Error("the host function didn't run")
	}
}

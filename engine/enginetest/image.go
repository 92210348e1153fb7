package enginetest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
)

// testImage skips what an engine can't do that says so.
func testImage(t *testing.T, e engine.Engine) {
	r := open(t, e)
	m := load(t, r, "memory")
	t.Run("of another engine", func(t *testing.T) { refuseImage(t, m, "an image") })
	image := grownImage(t, m)
	t.Run("begins as it was", func(t *testing.T) {
		in := instantiate(t, m, engine.InstanceConfig{Image: image})
		call(t, in, "size", 3)
		call(t, in, "first", 'J')
		if size := in.Memory().Size(); size != 3*page {
			t.Errorf("Size = %d", size)
		}
		for _, want := range []struct {
			ptr  uint32
			text string
		}{{0, "Jello"}, {page - 1, "!"}, {page, "\x00"}, {2*page - 1, "\x00"}, {2*page + 5, "last page"}, {3*page - 1, "\x00"}} {
			if view, _ := in.Memory().View(want.ptr, uint32(len(want.text))); string(view) != want.text {
				t.Errorf("at %d there is %q, want %q", want.ptr, view, want.text)
			}
		}
	})
	t.Run("own to each instance", func(t *testing.T) {
		in, other := instantiate(t, m, engine.InstanceConfig{Image: image}), instantiate(t, m, engine.InstanceConfig{Image: image})
		view, _ := in.Memory().View(0, 1)
		view[0] = 'K'
		call(t, in, "last", 7)
		call(t, other, "first", 'J')
		if view, _ := other.Memory().View(3*page-1, 1); view[0] != 0 {
			t.Error("an instance has what another wrote")
		}
		call(t, instantiate(t, m, engine.InstanceConfig{Image: image}), "first", 'J')
		call(t, instantiate(t, m, engine.InstanceConfig{}), "first", 'h')
	})
	t.Run("limit", func(t *testing.T) {
		_, err := m.Instantiate(t.Context(), engine.InstanceConfig{Host: lent{}, Memory: 3*page - 1, Image: image})
		var refused *engine.MemoryError
		if !errors.As(err, &refused) || refused.Need != 3*page {
			t.Errorf("Instantiate: %v, want a MemoryError of 3 pages", err)
		}
		in := instantiate(t, m, engine.InstanceConfig{Memory: 4 * page, Image: image})
		call(t, in, "grow", 3)
		call(t, in, "dirt", 0)
		call(t, in, "last", 7)
		call(t, in, "grow", -1)
	})
	t.Run("of an image", func(t *testing.T) {
		in := instantiate(t, m, engine.InstanceConfig{Image: image})
		view, _ := in.Memory().View(page, 1)
		view[0] = 'x'
		again := instantiate(t, m, engine.InstanceConfig{Image: imageOf(t, in)})
		if view, _ := again.Memory().View(page, 1); view[0] != 'x' {
			t.Errorf("there is %q", view)
		}
		call(t, again, "first", 'J')
	})
	t.Run("all zeros", func(t *testing.T) {
		large := load(t, r, "memory_large")
		in := instantiate(t, large, engine.InstanceConfig{Image: imageOf(t, instantiate(t, large, engine.InstanceConfig{}))})
		if size := in.Memory().Size(); size != 10*page {
			t.Errorf("Size = %d", size)
		}
	})
	t.Run("no memory", func(t *testing.T) {
		none := load(t, r, "memory_none")
		call(t, instantiate(t, none, engine.InstanceConfig{Image: imageOf(t, instantiate(t, none, engine.InstanceConfig{}))}), "call", 0)
	})
	t.Run("before the start section", func(t *testing.T) { testImageStart(t, load(t, r, "start_call")) })
	t.Run("of another module", func(t *testing.T) { refuseImage(t, load(t, r, "memory"), image) })
	t.Run("at any moment", func(t *testing.T) { testImageMoment(t, load(t, r, "host")) })
	t.Run("concurrently", func(t *testing.T) { testImageHammer(t, m, image) })
}

// grownImage is of an instance of the module "memory" that has been written to and has grown to three pages, and is gone.
func grownImage(t *testing.T, m engine.Module) engine.Image {
	in := instantiate(t, m, engine.InstanceConfig{})
	call(t, in, "grow", 1)
	call(t, in, "grow", 2)
	write := func(ptr uint32, text string) {
		view, _ := in.Memory().View(ptr, uint32(len(text)))
		copy(view, text)
	}
	write(0, "J")
	write(2*page+5, "last page")
	image := imageOf(t, in)
	write(0, "written later")
	if err := in.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return image
}

// imageOf keeps an image, which the engine may be unable to.
func imageOf(t *testing.T, in engine.Instance) engine.Image {
	t.Helper()
	image, err := in.Image()
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	}
	if err != nil || image == nil {
		t.Fatalf("Image = %v, %v", image, err)
	}
	return image
}

func refuseImage(t *testing.T, m engine.Module, image engine.Image) {
	in, err := m.Instantiate(t.Context(), engine.InstanceConfig{Host: lent{}, Image: image})
	if err == nil {
		t.Errorf("Instantiate = %v", in)
	}
}

func testImageStart(t *testing.T, m engine.Module) {
	var seen string
	config := engine.InstanceConfig{Host: lent{"call": func(_ context.Context, memory engine.Memory, _ []uint64) error {
		view, _ := memory.View(0, 5)
		seen += string(view) + " "
		view[0]++
		return nil
	}}}
	config.Image = imageOf(t, instantiate(t, m, config))
	if instantiate(t, m, config); seen != "ready seady " {
		t.Errorf("the start sections saw %q", seen)
	}
}

// testImageMoment has images refused while a call runs, and when the instance is gone.
func testImageMoment(t *testing.T, m engine.Module) {
	var in engine.Instance
	var during error
	in = instantiate(t, m, engine.InstanceConfig{Host: lent{"call": func(context.Context, engine.Memory, []uint64) error {
		_, during = in.Image()
		return nil
	}}})
	if call(t, in, "call", 0); during == nil {
		t.Error("there is an image in the middle of a call")
	}
	if err := in.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if image, err := in.Image(); err == nil {
		t.Errorf("Image after Close = %v", image)
	}
}

func testImageHammer(t *testing.T, m engine.Module, image engine.Image) {
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 20 {
				in, err := m.Instantiate(t.Context(), engine.InstanceConfig{Host: lent{}, Image: image})
				if err != nil {
					t.Error(err)
					return
				}
				view, _ := in.Memory().View(2*page+5, 9)
				if string(view) != "last page" {
					t.Errorf("there is %q", view)
				}
				clear(view)
				if _, err := in.Image(); err != nil {
					t.Error(err)
				}
				if err := in.Close(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

package registry

import (
	"context"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
)

// sized is an instance with a memory of so many bytes.
type sized struct {
	engine.Instance
	size uint64
}

func (s *sized) Memory() engine.Memory         { return s }
func (s *sized) Size() uint64                  { return s.size }
func (*sized) View(_, _ uint32) ([]byte, bool) { return nil, false }
func (*sized) Close(context.Context) error     { return nil }

// TestSpareIsBounded keeps instances until no more is wanted, lets one grow, and closes all.
func TestSpareIsBounded(t *testing.T) {
	const large = 60 << 20
	var s spare
	add := func(bytes uint64) (*instance, bool) {
		in := &instance{Instance: &sized{size: bytes}}
		return in, s.keep(in)
	}
	for range 1000 {
		if _, ok := add(spareFreely); !ok {
			t.Fatal("a small instance is not kept")
		}
	}
	var kept []*instance
	for range 10 {
		in, ok := add(large)
		if ok != (len(kept) < spareAtMost/large) {
			t.Fatalf("behind %d large instances, the next one is kept: %t", len(kept), ok)
		}
		if !ok {
			if err := in.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			continue
		}
		kept = append(kept, in)
		for range 3 { // again after each call
			if !s.keep(in) {
				t.Fatal("an instance that was kept is not kept again")
			}
		}
	}
	grown := kept[0]
	grown.Instance.(*sized).size = spareAtMost
	if s.keep(grown) {
		t.Error("an instance is kept that has grown too large")
	}
	if n := s.bytes.Load(); n != int64(len(kept))*large {
		t.Errorf("%d bytes are counted for %d instances", n, len(kept))
	}
	for _, in := range kept {
		if err := in.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.bytes.Load(); n != 0 {
		t.Errorf("%d bytes are counted of none", n)
	}
}

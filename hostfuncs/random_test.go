package hostfuncs_test

import (
	"bytes"
	"errors"
	"testing"
	"testing/iotest"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/hostfuncs"
)

// TestRandomOutsideRun: each call sees the same bytes, however it asks for them.
func TestRandomOutsideRun(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseSupports, hostfuncs.Call{})
	g.want(0, "random_get", 100, 1000)
	want := g.text(100, 1000)
	if zero := bytes.Count([]byte(want), []byte{0}); zero > 100 {
		t.Errorf("%d of 1000 bytes are 0", zero)
	}
	if g.text(0, 100) != string(make([]byte, 100)) || g.text(1100, 100) != string(make([]byte, 100)) {
		t.Error("bytes beside the range were written")
	}
	for _, other := range []*guest{g, newGuest(t)} {
		other.begin(abi.PhaseBuild, hostfuncs.Call{})
		clear(other.memory)
		other.want(0, "random_get", 100, 1000)
		if other.text(100, 1000) != want {
			t.Error("another call sees other bytes")
		}
		other.want(0, "random_get", 100, 1000)
		if other.text(100, 1000) == want {
			t.Error("the same bytes came twice in one call")
		}
	}
}

func TestRandomInRun(t *testing.T) {
	g := newGuest(t)
	g.runner.Rand = iotest.OneByteReader(bytes.NewReader(bytes.Repeat([]byte("real"), 100)))
	g.begin(abi.PhaseRun, hostfuncs.Call{})
	g.want(0, "random_get", 100, 400)
	if got := g.text(100, 400); got != string(bytes.Repeat([]byte("real"), 100)) {
		t.Errorf("got %q", got)
	}
	g.want(ioErr, "random_get", 100, 1) // there is no more
	g.runner.Rand = iotest.ErrReader(errors.New("broken"))
	g.want(ioErr, "random_get", 100, 1)
}

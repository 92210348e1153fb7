package hostfuncs

import (
	"io"
	"math/rand/v2"

	"github.com/soltihq/soltiwasm/abi"
)

// random is a guest's randomness outside run: the same bytes in each call.
type random struct {
	seeded bool // since the call began
	source rand.ChaCha8
	buf    [256]byte
}

// randomGet is (buf, len).
func randomGet(f *Frame) error {
	b, err := f.View(f.U32(0), f.U32(1))
	if err != nil {
		return err
	}
	r := &f.host.random
	for len(b) > 0 {
		piece := r.buf[:min(len(b), len(r.buf))]
		if err := f.Spend(len(piece)); err != nil {
			return err
		}
		if err := f.host.readRandom(piece); err != nil {
			return EIO
		}
		b = b[copy(b, piece):]
	}
	return nil
}

func (i *Instance) readRandom(p []byte) error {
	if i.phase == abi.PhaseRun {
		_, err := io.ReadFull(i.runner.Rand, p)
		return err
	}
	r := &i.random
	if !r.seeded {
		r.source.Seed([32]byte{}) // any fixed seed will do: these bytes are meant to be known
		r.seeded = true
	}
	_, err := r.source.Read(p)
	return err
}

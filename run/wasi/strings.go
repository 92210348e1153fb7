package wasi

import (
	"encoding/binary"

	"github.com/soltihq/soltiwasm/hostfuncs"
)

// argsSizesGet and environSizesGet are (count, size), both results.
func (g *guest) argsSizesGet(f *hostfuncs.Frame) error    { return sizes(f, g.args) }
func (g *guest) environSizesGet(f *hostfuncs.Frame) error { return sizes(f, g.environ) }

// argsGet and environGet are (pointers, buf), both results.
func (g *guest) argsGet(f *hostfuncs.Frame) error    { return handOver(f, g.args) }
func (g *guest) environGet(f *hostfuncs.Frame) error { return handOver(f, g.environ) }

// total is how many bytes strings have with a NUL after each, at most maxStrings.
func total(list []string) (n uint32) {
	for _, s := range list {
		n += uint32(len(s)) + 1
	}
	return n
}

func sizes(f *hostfuncs.Frame, list []string) error {
	if err := f.PutU32(f.U32(0), uint32(len(list))); err != nil {
		return err
	}
	return f.PutU32(f.U32(1), total(list))
}

func handOver(f *hostfuncs.Frame, list []string) error {
	pointers, err := f.View(f.U32(0), 4*uint32(len(list)))
	if err != nil {
		return err
	}
	at := f.U32(1)
	buf, err := f.View(at, total(list))
	if err != nil {
		return err
	}
	if err := f.Spend(len(pointers) + len(buf)); err != nil {
		return err
	}
	for _, s := range list {
		binary.LittleEndian.PutUint32(pointers, at)
		pointers = pointers[4:]
		n := copy(buf, s)
		buf[n] = 0
		buf = buf[n+1:]
		at += uint32(n) + 1
	}
	return nil
}

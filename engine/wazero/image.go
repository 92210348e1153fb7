package wazero

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/soltihq/soltiwasm/engine"
)

// image is a memory in which one piece is other than 0. The runtime's file keeps that piece, whatever zeros are in it: so
// an instance takes one mapping more for it, and not as many as a guest likes.
type image struct {
	module *module
	size   uint64 // of the memory
	at     uint64 // of the piece
	length uint64 // of the piece; may be 0
	offset int64  // in the file
}

// keep makes an image of a memory.
func (m *module) keep(memory []byte) (engine.Image, error) {
	if !m.keepsImages {
		return nil, errors.ErrUnsupported
	}
	from, to := within(memory)
	i := &image{module: m, size: uint64(len(memory)), at: uint64(from), length: uint64(to - from)}
	var err error
	if i.offset, err = m.runtime.images.add(memory[from:to]); err != nil {
		return nil, fmt.Errorf("keep an image of %d bytes: %w", to-from, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.images = append(m.images, i)
	return i, nil
}

// within returns the range of a memory's pages outside of which all is 0.
func within(memory []byte) (from, to int) {
	zero := make([]byte, wasmPage)
	to = len(memory)
	for to > from && bytes.Equal(memory[from:from+wasmPage], zero) {
		from += wasmPage
	}
	for to > from && bytes.Equal(memory[to-wasmPage:to], zero) {
		to -= wasmPage
	}
	return from, to
}

// image is one of the module's own.
func (m *module) image(given engine.Image) (*image, error) {
	i, ok := given.(*image)
	if !ok || i.module != m {
		return nil, errors.New("instantiate: the image to begin with is of another module")
	}
	return i, nil
}

// mapOver puts the image in the place of a memory of its size that holds zeros. Nothing is copied: the memory shares the
// file's pages until the guest writes to them.
func (i *image) mapOver(memory []byte) error {
	if i.length == 0 {
		return nil
	}
	return i.module.runtime.images.mapOver(memory[i.at:i.at+i.length], i.offset)
}

// forget frees the images.
func (m *module) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, i := range m.images {
		m.runtime.images.remove(i.offset, int64(i.length))
	}
	m.images = nil
}

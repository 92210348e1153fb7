package wazero

import (
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero/experimental"

	"github.com/soltihq/soltiwasm/engine"
)

// linearMemory is the memory of one instance: it allocates it for wazero, with what it begins with in place, enforces the
// limit, and is the host's view of it. Its region is what the system gave (memory_mmap.go, memory_heap.go).
type linearMemory struct {
	limit  uint64    // bytes; 0 is none
	max    uint64    // bytes that it may reach: the limit or the module's own maximum
	data   []segment // that it begins with, unless there is an image
	image  *image
	bytes  []byte // the guest's memory at present
	freed  bool
	region region
}

// memoryRefused is what Allocate panics with, since wazero lets an allocator fail in no other way; Instantiate recovers it.
type memoryRefused struct{ err error }

// Allocate implements experimental.MemoryAllocator: a module has one memory.
func (m *linearMemory) Allocate(_, maxBytes uint64) experimental.LinearMemory {
	m.max = maxBytes
	if m.limit > 0 {
		m.max = min(m.max, m.limit&^(wasmPage-1))
	}
	if err := m.region.reserve(m.max); err != nil {
		panic(&memoryRefused{fmt.Errorf("reserve %d bytes of address space for the memory: %w", m.max, err)})
	}
	return m
}

const wasmPage = 1 << 16

// Reallocate implements experimental.LinearMemory: it grows the memory to size, or returns nil. It is called once for the
// memory to begin with, and then when the guest grows it; a nil is memory.grow's -1.
func (m *linearMemory) Reallocate(size uint64) []byte {
	first := m.bytes == nil
	if first && m.image != nil {
		size = m.image.size
		m.region.leave(m.image.at + m.image.length)
	}
	if size > m.max {
		if first {
			panic(&memoryRefused{&engine.MemoryError{Need: size, Limit: m.limit}})
		}
		return nil
	}
	grown := m.region.grow(m.bytes, size, m.max)
	if grown == nil {
		if first {
			panic(&memoryRefused{errOutOfMemory})
		}
		return nil
	}
	m.bytes = grown
	if first {
		m.begin()
	}
	return grown
}

// begin gives the memory what it begins with.
func (m *linearMemory) begin() {
	if m.image == nil {
		for _, s := range m.data {
			copy(m.bytes[s.at:], s.bytes)
		}
		return
	}
	if err := m.image.mapOver(m.bytes); err != nil {
		// The system may have taken away what was there before it failed, and given the place to others since.
		m.region.abandon()
		panic(&memoryRefused{fmt.Errorf("map the image of the memory: %w", err)})
	}
}

var errOutOfMemory = errors.New("the system has no memory left for the module's")

// Free implements experimental.LinearMemory. It may be called more than once.
func (m *linearMemory) Free() {
	m.bytes, m.freed = nil, true
	m.region.release()
}

// Size implements engine.Memory.
func (m *linearMemory) Size() uint64 { return uint64(len(m.bytes)) }

// View implements engine.Memory.
func (m *linearMemory) View(ptr, n uint32) ([]byte, bool) {
	end := uint64(ptr) + uint64(n)
	if m.bytes == nil || end > uint64(len(m.bytes)) {
		return nil, false
	}
	return m.bytes[ptr:end:end], true
}

package wazero

import (
	"bytes"
	"math"
	"slices"
)

// segment is a piece of what a memory begins with.
type segment struct {
	at    uint64
	bytes []byte
}

// source is a module as wazero gets it, and what it doesn't get.
type source struct {
	wasm []byte
	data []segment
	all  bool // whether data is all of it
}

func newSource(wasm []byte) source {
	if !keepsImages {
		return source{wasm: wasm}
	}
	rest, data, all := takeData(wasm)
	return source{rest, data, all}
}

// The sections of a module that takeData looks into.
const (
	memorySection    = 5
	dataSection      = 11
	dataCountSection = 12
)

// takeData takes the data section out of a module, so that an instance can begin with an image instead: wazero would copy
// the data over it. What remains is a module by itself, and what is cached as one. All is false of a module that is left as
// it is: its instructions may name segments, which a data count section says, or something is unusual or wrong, about which
// wazero then has the word.
func takeData(wasm []byte) (rest []byte, data []segment, all bool) {
	r := scanner{rest: wasm}
	r.take(8)
	var memory uint64
	rest = wasm
	for len(r.rest) > 0 {
		start := len(wasm) - len(r.rest)
		id := r.byte()
		contents := scanner{rest: r.take(r.u32())}
		switch id {
		case memorySection:
			memory = contents.memory()
		case dataCountSection:
			return wasm, nil, false
		case dataSection:
			if len(rest) < len(wasm) {
				return wasm, nil, false // one is enough
			}
			contents.rest = bytes.Clone(contents.rest) // not to keep the whole module
			if data = contents.segments(memory); contents.bad {
				return wasm, nil, false
			}
			rest = slices.Concat(wasm[:start], r.rest)
		}
	}
	if r.bad {
		return wasm, nil, false
	}
	return rest, data, true
}

// scanner reads a module. Once it is bad it stays so, and reads zeros.
type scanner struct {
	rest []byte
	bad  bool
}

// take reads n bytes.
func (r *scanner) take(n uint32) []byte {
	if r.bad || uint64(n) > uint64(len(r.rest)) {
		r.rest, r.bad = nil, true
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *scanner) byte() byte {
	if b := r.take(1); len(b) > 0 {
		return b[0]
	}
	return 0
}

// leb reads a number of at most 32 bits in LEB128, and returns it with the number of bits that were written, 7 a byte.
func (r *scanner) leb() (n uint64, bits int) {
	for bits < 35 {
		b := r.byte()
		n |= uint64(b&0x7f) << bits
		bits += 7
		if b < 0x80 {
			return n, bits
		}
	}
	r.rest, r.bad = nil, true
	return 0, bits
}

func (r *scanner) u32() uint32 {
	n, _ := r.leb()
	r.bad = r.bad || n > math.MaxUint32
	return uint32(n)
}

// s32 reads a signed number, as the unsigned one with its bits.
func (r *scanner) s32() uint32 {
	n, bits := r.leb()
	signed := int64(n<<(64-bits)) >> (64 - bits)
	r.bad = r.bad || signed < math.MinInt32 || signed > math.MaxInt32
	return uint32(signed)
}

// memory reads how large the only memory is to begin with, in bytes.
func (r *scanner) memory() uint64 {
	if r.u32() != 1 || r.byte() > 1 {
		return 0
	}
	return uint64(r.u32()) * wasmPage
}

// segments reads the data section. It is bad unless all its segments have constant places inside the memory.
func (r *scanner) segments(memory uint64) (all []segment) {
	const (
		i32Const = 0x41
		end      = 0x0b
	)
	for range r.u32() {
		active, constant := r.byte() == 0, r.byte() == i32Const
		s := segment{at: uint64(r.s32())}
		ended := r.byte() == end
		s.bytes = r.take(r.u32())
		r.bad = r.bad || !active || !constant || !ended || s.at+uint64(len(s.bytes)) > memory
		if r.bad {
			return nil
		}
		all = append(all, s)
	}
	r.bad = r.bad || len(r.rest) > 0
	return all
}

package hostfuncs

import (
	"encoding/binary"
	"math"
)

// A vector is a (pointer, length) pair; one call takes as many as Linux does.
const (
	vectorSize = 8
	maxVectors = 1024
)

// Transfer moves bytes between the guest's memory and something else, as fd_read, fd_write and their like do: it hands
// the bytes that count vectors at array stand for to move, in order and in pieces of at most 32 KiB, and at the end writes
// at result how many were moved. All ranges are checked before anything is moved, and each piece is charged.
//
// Move says how many bytes of the piece it moved, which it doesn't keep. Fewer than all end the transfer, and so does
// an error; of an [Errno] nothing is said when bytes were moved before it, since the next call will meet it again.
func (f *Frame) Transfer(array, count, result uint32, move func(piece []byte) (int, error)) error {
	pairs, err := f.vectors(array, count)
	if err != nil {
		return err
	}
	if _, err := f.View(result, 4); err != nil {
		return err
	}
	moved := 0
	for at := 0; at < len(pairs); at += vectorSize {
		b, err := f.vector(pairs[at:])
		if err != nil {
			return err
		}
		n, err := f.transferOne(b, move)
		moved += n
		if _, code := err.(Errno); code && moved > 0 {
			break
		}
		if err != nil {
			return err
		}
		if n < len(b) {
			break
		}
	}
	return f.PutU32(result, uint32(moved))
}

// transferOne is the part of Transfer for one vector.
func (f *Frame) transferOne(b []byte, move func([]byte) (int, error)) (moved int, err error) {
	for len(b) > 0 {
		part := b[:min(len(b), piece)]
		if err := f.Spend(len(part)); err != nil {
			return moved, err
		}
		n, err := move(part)
		moved += n
		if err != nil || n < len(part) {
			return moved, err
		}
		b = b[n:]
	}
	return moved, nil
}

// vectors returns the array of count vectors at ptr, whose ranges are all in the memory.
func (f *Frame) vectors(ptr, count uint32) ([]byte, error) {
	if count > maxVectors {
		return nil, EINVAL
	}
	array, err := f.View(ptr, count*vectorSize)
	if err != nil {
		return nil, err
	}
	sum := uint64(0)
	for at := 0; at < len(array); at += vectorSize {
		b, err := f.vector(array[at:])
		if err != nil {
			return nil, err
		}
		sum += uint64(len(b))
	}
	if sum > math.MaxUint32 {
		return nil, EINVAL
	}
	return array, f.Spend(len(array))
}

// vector returns the bytes that the first vector of an array stands for.
func (f *Frame) vector(array []byte) ([]byte, error) {
	return f.View(binary.LittleEndian.Uint32(array), binary.LittleEndian.Uint32(array[4:]))
}

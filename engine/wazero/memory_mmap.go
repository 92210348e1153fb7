//go:build unix && (amd64 || arm64 || loong64 || mips64 || mips64le || ppc64 || ppc64le || riscv64 || s390x)

package wazero

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// region is a range of address space. All of it is reserved at once and costs nothing; what the guest has grown to is
// made accessible. Growing so never copies, the memory never moves, and Go's garbage collector, which would count every
// byte against its heap, doesn't see it.
//
// The pages of a memory under 2 MiB come from the system as they are touched. Those of a larger one are found when it is
// made or grows: to touch a page for the first time is the dearest thing that one instruction can do, a guest could do so
// with all of them between two looks at the clock, and for as long no other goroutine could stop the world.
type region struct {
	mapped  []byte
	space   []byte // the part of it that begins with a huge page
	present uint64 // bytes whose pages were found, or will be mapped over
}

// hugePage is its size on most processors; elsewhere it is only how much is found at once.
const hugePage = 2 << 20

func (r *region) reserve(size uint64) (err error) {
	if size == 0 { // an empty mapping is an error
		return nil
	}
	if r.mapped, err = unix.Mmap(-1, 0, int(size+hugePage), unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON); err != nil {
		return err
	}
	begin := -uintptr(unsafe.Pointer(unsafe.SliceData(r.mapped))) % hugePage
	r.space = r.mapped[begin:][:size:size]
	return nil
}

// grow returns the first size bytes, new ones being 0, or nil if the system has none. Now is what it returned before.
func (r *region) grow(now []byte, size, _ uint64) []byte {
	if size == 0 {
		return []byte{}
	}
	if from := uint64(len(now)); size > from {
		if err := unix.Mprotect(r.space[from:size], unix.PROT_READ|unix.PROT_WRITE); err != nil {
			return nil
		}
	}
	if len(now) == 0 && size >= hugePage { // most memories are smaller
		adviseHuge(r.space[:size])
	}
	// What is less than a huge page at the end comes with the next growth, or as it is touched.
	if whole := size &^ (hugePage - 1); whole > r.present {
		_ = findPages(r.space[r.present:whole]) // if it can't, they are found as they are touched
		r.present = whole
	}
	return r.space[:size:size]
}

// abandon leaves the region to itself for good, since it isn't known to be ours any more.
func (r *region) abandon() { r.mapped, r.space = nil, nil }

// leave has the first bytes' pages left to be touched, since they are going to be mapped over, and of the first 2 MiB what
// is behind them.
func (r *region) leave(bytes uint64) { r.present = max(bytes, hugePage) }

func (r *region) release() {
	if r.mapped != nil {
		_ = unix.Munmap(r.mapped) // can't fail for a range that Mmap returned
		r.mapped, r.space = nil, nil
	}
}

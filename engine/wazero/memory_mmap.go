//go:build unix && (amd64 || arm64 || loong64 || mips64 || mips64le || ppc64 || ppc64le || riscv64 || s390x)

package wazero

import "golang.org/x/sys/unix"

// region is a range of address space. All of it is reserved at once and costs nothing; what the guest has grown to is
// made accessible, and the system gives it pages as they are touched. Growing so never copies, the memory never moves, and
// Go's garbage collector, which would count every byte against its heap, doesn't see it.
type region struct {
	space   []byte
	advised bool // that it is large
}

// hugePage is the size from which a memory can have huge pages.
const hugePage = 2 << 20

func (r *region) reserve(size uint64) (err error) {
	if size > 0 { // an empty mapping is an error
		r.space, err = unix.Mmap(-1, 0, int(size), unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON)
	}
	return err
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
	if size >= hugePage && !r.advised {
		adviseHuge(r.space)
		r.advised = true
	}
	return r.space[:size:size]
}

func (r *region) release() {
	if r.space != nil {
		_ = unix.Munmap(r.space) // can't fail for a range that Mmap returned
		r.space = nil
	}
}

//go:build amd64 || arm64 || loong64 || mips64 || mips64le || ppc64 || ppc64le || riscv64 || s390x

package wazero

import (
	"os"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

const keepsImages = true

// images is the file in which a runtime keeps the images of memories: one, so that images take no file descriptors, in
// memory, and without a name. No place in it is used twice, and what is removed takes no memory.
type images struct {
	mu   sync.Mutex
	file *os.File // nil until there is an image
	end  int64    // a multiple of 64 KiB, and so of the system's page size
}

// add writes a piece of memory, a multiple of 64 KiB long, and returns where it is.
func (s *images) add(piece []byte) (int64, error) {
	file, offset, err := s.reserve(int64(len(piece)))
	if err != nil {
		return 0, err
	}
	if _, err := file.WriteAt(piece, offset); err != nil {
		s.remove(offset, int64(len(piece)))
		return 0, err
	}
	return offset, nil
}

// reserve finds a place, and makes the file for the first one.
func (s *images) reserve(length int64) (file *os.File, offset int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		const name = "soltiwasm-images"
		fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC)
		if err != nil {
			return nil, 0, os.NewSyscallError("memfd_create", err)
		}
		s.file = os.NewFile(uintptr(fd), name)
	}
	offset = s.end
	s.end += length
	return s.file, offset, nil
}

// mapOver replaces the pages of space by the file's, which are copied when they are written to. The file is there, since
// the image is.
func (s *images) mapOver(space []byte, offset int64) error {
	_, err := unix.MmapPtr(int(s.file.Fd()), offset, unsafe.Pointer(unsafe.SliceData(space)), uintptr(len(space)),
		unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_FIXED)
	return err
}

// remove gives the memory of a piece back. Nothing may be mapped from there.
func (s *images) remove(offset, length int64) {
	if length > 0 { // it can't fail for a range of a file in memory
		_ = unix.Fallocate(int(s.file.Fd()), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, offset, length)
	}
}

func (s *images) close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

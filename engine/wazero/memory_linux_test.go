package wazero

import (
	"os"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// TestPagesAreFoundBefore grows a memory and looks which of its pages are there without having been touched: all but
// what is less than a huge page at the end.
func TestPagesAreFoundBefore(t *testing.T) {
	const size = 48<<20 + 1<<16
	page := os.Getpagesize()
	var small linearMemory
	small.Allocate(0, wasmPage)
	defer small.Free()
	if err := findPages(small.Reallocate(wasmPage)); err != nil {
		t.Skip(err)
	}
	for name, step := range map[string]uint64{"at once": size, "a page at a time": wasmPage, "three MiB at a time": 3 << 20} {
		t.Run(name, func(t *testing.T) {
			var m linearMemory
			m.Allocate(0, size)
			defer m.Free()
			for n := uint64(0); n < size; {
				n = min(n+step, size)
				if m.Reallocate(n) == nil {
					t.Fatalf("no growth to %d", n)
				}
			}
			there := make([]byte, size/page)
			if _, _, errno := unix.Syscall(unix.SYS_MINCORE, uintptr(unsafe.Pointer(&m.bytes[0])), size, uintptr(unsafe.Pointer(&there[0]))); errno != 0 {
				t.Fatal(errno)
			}
			for i, is := range there {
				at := i * page
				if found := at < size&^(hugePage-1); (is&1 == 1) != found {
					t.Fatalf("the page at %#x of %#x: is there: %v, want %v", at, size, is&1 == 1, found)
				}
			}
		})
	}
}

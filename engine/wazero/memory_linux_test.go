package wazero

import (
	goruntime "runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// TestPagesAreFoundBefore writes to each page of a large memory, which it began with or grew to. The system has to find
// only those that are left to be touched, and what is less than a huge page at the end.
func TestPagesAreFoundBefore(t *testing.T) {
	const size, page = 48<<20 + 1<<16, 4 << 10
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
			before := faults(t)
			for i := 0; i < size; i += page {
				m.bytes[i] = 1
			}
			if n := faults(t) - before; n > (leftToTouch+hugePage)/page+100 {
				t.Errorf("%d pages of %d were not there", n, size/page)
			}
		})
	}
}

// faults is for how many pages this thread had to wait.
func faults(t *testing.T) int64 {
	goruntime.LockOSThread()
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_THREAD, &usage); err != nil {
		t.Fatal(err)
	}
	return usage.Minflt
}

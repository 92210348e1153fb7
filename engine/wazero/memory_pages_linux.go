package wazero

import "golang.org/x/sys/unix"

// adviseHuge asks for huge pages for what a guest begins with, which are found in a fraction of the time. A kernel
// that has none just doesn't do it. What a guest grows to later has small pages: one huge page in a hundred takes 5 ms
// or more, since the kernel moves others for it, and nobody can look at the clock meanwhile.
func adviseHuge(space []byte) { _ = unix.Madvise(space, unix.MADV_HUGEPAGE) }

// findPages has the system find the pages of a range, as if they were written to. A kernel before 5.14 can't, and finds
// them as they are touched.
func findPages(space []byte) error { return unix.Madvise(space, unix.MADV_POPULATE_WRITE) }

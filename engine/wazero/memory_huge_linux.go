package wazero

import "golang.org/x/sys/unix"

// adviseHuge asks for huge pages where a guest has grown over 2 MiB. The first touch of a page is the dearest thing that
// one instruction of a guest can do, and takes the meter's word for time to its limit: with huge pages it comes 512 times
// less often. A kernel that has none just doesn't do it.
func adviseHuge(space []byte) {
	if len(space) > 0 {
		_ = unix.Madvise(space, unix.MADV_HUGEPAGE)
	}
}

//go:build linux || darwin

package registry

import (
	"encoding/binary"
	"io/fs"
	"syscall"
	"time"
)

// fresh is how old a file's last change has to be for its stamp to tell it from a later change: file systems keep times
// in steps, of milliseconds as a rule and of two seconds at most.
const fresh = 2 * time.Second

// stampOf tells a file from every other and from itself before and after a change. It is empty where it could not.
func stampOf(info fs.FileInfo, now time.Time) string {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	modified, changed := times(st)
	if now.Sub(time.Unix(changed.Unix())) < fresh {
		return ""
	}
	var all [5 * binary.MaxVarintLen64]byte
	b := binary.AppendUvarint(all[:0], uint64(st.Dev))
	b = binary.AppendUvarint(b, st.Ino)
	for _, n := range []int64{st.Size, modified.Nano(), changed.Nano()} {
		b = binary.AppendVarint(b, n)
	}
	return string(b)
}

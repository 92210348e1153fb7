package wasi

import (
	"io/fs"
	"syscall"
	"time"
)

func detailsOf(info fs.FileInfo) details {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return details{links: 1, modify: info.ModTime()}
	}
	return details{
		device: uint64(s.Dev), inode: s.Ino, links: uint64(s.Nlink),
		access: time.Unix(s.Atim.Unix()), modify: info.ModTime(), change: time.Unix(s.Ctim.Unix()),
	}
}

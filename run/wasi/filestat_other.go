//go:build !linux

package wasi

import "io/fs"

// detailsOf knows the modification time alone.
func detailsOf(info fs.FileInfo) details {
	t := info.ModTime()
	return details{links: 1, access: t, modify: t, change: t}
}

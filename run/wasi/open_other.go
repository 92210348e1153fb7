//go:build !unix

package wasi

// openNonblock is nothing where directories hold no named pipes.
const openNonblock = 0

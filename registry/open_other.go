//go:build !unix

package registry

// openNonblock is nothing where directories hold no FIFOs.
const openNonblock = 0

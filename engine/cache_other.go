//go:build !unix

package engine

import "io/fs"

// notPrivate finds nothing: this system keeps its permissions elsewhere than in a file's mode, and a user's own cache
// directory is private there by default.
func notPrivate(fs.FileInfo) (problem, remedy string) { return "", "" }

// openNonblock is nothing where directories hold no FIFOs.
const openNonblock = 0

//go:build !linux

package cli

import "runtime/debug"

// boundsMemory says whether the system holds a process to its memory.
const boundsMemory = false

// boundMemory has the garbage collector keep below three quarters of most. Nothing here holds the process to a bound as
// Linux does.
func boundMemory(most uint64) error {
	debug.SetMemoryLimit(int64(most / 4 * 3))
	return nil
}

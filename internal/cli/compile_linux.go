package cli

import (
	"bytes"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"syscall"
)

// boundsMemory says whether boundMemory does what it says.
const boundsMemory = true

// boundMemory lets this process map most bytes more than it has mapped, and has the garbage collector keep below three
// quarters of that. What is over it ends the process, as running out of memory does.
func boundMemory(most uint64) error {
	debug.SetMemoryLimit(int64(most / 4 * 3))
	// Go reserves address space in advance (and much of it for the race detector), so that the bound is on what is added.
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return err
	}
	pages, _, _ := bytes.Cut(statm, []byte(" "))
	mapped, err := strconv.ParseUint(string(pages), 10, 64)
	if err != nil {
		return fmt.Errorf("/proc/self/statm: %w", err)
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_AS, &limit); err != nil {
		return err
	}
	limit.Cur = min(limit.Max, mapped*uint64(os.Getpagesize())+most)
	return syscall.Setrlimit(syscall.RLIMIT_AS, &limit)
}

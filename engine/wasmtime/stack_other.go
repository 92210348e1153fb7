//go:build !linux

package wasmtime

// threadStack is the least that threads have: those of macOS.
func threadStack() int { return 512 << 10 }

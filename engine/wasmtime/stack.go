package wasmtime

// guestStack is how many bytes of a thread's stack a guest may use, which Wasmtime checks on entry to each function. Half of
// the thread's is left to everything else.
func guestStack() int {
	return min(threadStack()/2, maxGuestStack)
}

// maxGuestStack is what the meter lets a call use under the default limits, of frames that it estimates from above.
const maxGuestStack = 4 << 20

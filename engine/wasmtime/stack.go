package wasmtime

// guestStack is how many bytes of a thread's stack a guest may use, which Wasmtime checks on entry to each function. It is a
// third of the thread's, so that a host function may call into an instance of another store, which counts anew.
func guestStack() int { return min(threadStack()/3, maxGuestStack) }

// maxGuestStack is what the meter lets a call use under the default limits, of frames that it estimates from above.
const maxGuestStack = 4 << 20

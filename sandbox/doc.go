// Package sandbox stands between the bytes of a WebAssembly module and an engine.
//
// [Inspect] reads a module's structure within bounded time and memory, and refuses what is malformed, unsupported or
// larger than the limits allow, before an engine sees a byte of it.
package sandbox

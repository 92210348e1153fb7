// Package sandbox stands between the bytes of a WebAssembly module and an engine, and makes sure that no module can
// crash, freeze or bloat its host, whatever the engine does about that itself.
//
// [Inspect] reads a module's structure within bounded time and memory, and refuses what is malformed, unsupported or
// larger than the limits allow, before an engine sees a byte of it.
//
// [Protect] also rewrites the module so that it can always be stopped. The metered module counts fuel in a global, and
// calls the host when there is none left; it counts the stack that its calls take, cuts bulk instructions into pieces,
// and declares no memory or table larger than its limit. It does the same as the original otherwise, to the bit.
//
// # What a host does
//
// The metered module imports one function, [YieldImport] of [ImportModule], which the host provides. It is called with
// the fuel that is left, which is negative, and returns the fuel to go on with; a host function that does what
// [Pace.Yield] says is enough. To end the call it panics, or whatever the engine has for that. An instance whose call was ended
// can only be closed: it is in the middle of something, and its stack account is out of balance.
//
// Nothing need be set up. An instance begins with no fuel, and so yields as soon as anything that takes long begins,
// even in a start function; what a call leaves over is for the next one. A host that wants to know how much fuel a call
// used takes the global [FuelExport] before and after it, and adds what yields gave in between. The fuel of a
// computation is the same on every machine for one [MeterVersion]. The global may be set between calls. The account of
// the stack belongs to the module and is back at its begin whenever a call returns. A host that makes copies of instances
// finds what to copy by [StateExport].
//
// An instance may be used by one goroutine at a time, as ever. Address space for the maximum of a memory should be
// reserved, and its pages be there before the guest touches them: an engine that copies a memory whenever it grows by a
// page, or a system that takes microseconds to find a page, spends time that no fuel accounts for.
//
// # What it does not do
//
// Time spent in host functions is the host's to bound. An engine's own compiler may be slow or wrong; [Module.Score]
// bounds the former by measurement.
package sandbox

// Package guest is for authors of runners in Go: it turns a [Runner], which is a name and a few functions, into a
// module that speaks the ABI of docs/abi.md, version 1.
//
//	func init() {
//		guest.Register(guest.Runner{
//			Name:     "hello",
//			Supports: func(c *guest.SupportsCall) bool { return c.Spec.Has("/kind/hello") },
//			Run:      func(c *guest.RunCall) (string, error) { return "hello, world", nil },
//		})
//	}
//
//	func main() {} // never called
//
// The standard toolchain builds it as a reactor:
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -trimpath -ldflags='-s -w' -o hello.wasm .
//
// The same source builds natively, where there is no host. Package guesttest is one for tests: an author's unit tests
// are plain Go tests.
//
// # Phases
//
// Each function gets a call that has just what the host lends in its phase: the spec and the configuration in Supports,
// the environment and metrics too in Build, the built task and standard output too in Run. What isn't lent isn't
// there to be called. A call is not used after its function has returned; the host traps that.
//
// # Size
//
// A module is Go's runtime to begin with, which is 1.8 MB with Go 1.26 and the flags above; the runner of the
// example has 1.9 MB, and takes a second or so to compile where it isn't cached. This package keeps it at that by using
// no fmt, encoding/json or reflection: values are read one by one by JSON Pointer, so that no document is parsed, and
// tasks are written as text. Encoding/json alone makes a module twice as large. What a runner imports itself counts
// as well: errors, strconv and strings are cheap, os adds 0.3 MB and fmt 0.7 MB.
//
// # Memory
//
// Values are read one behind the other into 4 KiB that are made at once, and Text returns a string of these bytes, which are
// never written again: one allocation for many strings, and no copy. A string that is kept keeps all 4 KiB. Where no room is
// left the host says how much is needed, and the value is read again, into the next 4 KiB or, over 512 bytes, into
// bytes of its own. Has, Int, Float, Bool and a metric with labels allocate nothing.
package guest

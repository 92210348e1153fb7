package hostfuncs

import (
	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
)

// The functions that answer a JSON Pointer into a document: (path, path_len, buf, limit).

func specGet(f *Frame) error { return lookup(f, f.host.call.Spec, f.host.call.Trace) }
func taskGet(f *Frame) error { return lookup(f, f.host.call.Task, nil) }

func configGet(f *Frame) error {
	config := f.host.runner.Config
	if config == nil && f.U32(1) == 0 {
		return give(f, "{}", f.U32(2), f.U32(3))
	}
	return lookup(f, config, nil)
}

// lookup hands over what the pointer of the call's arguments finds, and notes that. A pointer over abi.MaxPointer finds
// nothing in any document and isn't read, though its range has to be in the memory like any other.
func lookup(f *Frame, x *document.Index, trace *document.Trace) error {
	ptr, n := f.U32(0), f.U32(1)
	if n > abi.MaxPointer {
		if _, err := f.View(ptr, n); err != nil {
			return err
		}
		return f.result(abi.NoValue)
	}
	pointer, err := f.text(ptr, n)
	if err != nil {
		return err
	}
	if x == nil {
		return f.result(abi.NoValue)
	}
	value, ok := x.Lookup(pointer)
	trace.Note(pointer, f.U32(3), value, ok)
	if !ok {
		return f.result(abi.NoValue)
	}
	return give(f, value, f.U32(2), f.U32(3))
}

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
	pointer, err := f.View(f.U32(0), f.U32(1))
	if err != nil {
		return err
	}
	if len(pointer) > abi.MaxPointer {
		return f.result(abi.NoValue)
	}
	if err := f.Spend(len(pointer)); err != nil {
		return err
	}
	var value []byte
	found := false
	if x != nil {
		value, found = x.Lookup(pointer)
	}
	if !found { // a pointer that is found is UTF-8, as the document is
		if err := f.valid(pointer); err != nil {
			return err
		}
	}
	if trace != nil && x != nil {
		trace.Note(pointer, f.U32(3), value, found)
	}
	if !found {
		return f.result(abi.NoValue)
	}
	return give(f, value, f.U32(2), f.U32(3))
}

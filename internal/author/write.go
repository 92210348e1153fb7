package author

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/registry"
)

// EmbedFile puts the manifest in a JSON file into a module's file of at most limit bytes and writes it to output, which
// may be the same file. It returns the size of what it wrote. The error names the file at fault, and of a manifest each
// line and field; nothing is written then.
func EmbedFile(module, manifest, output string, limit int64) (int, error) {
	wasm, err := ReadModule(module, limit)
	if err != nil {
		return 0, err
	}
	text, err := readFile(manifest, abi.MaxManifest)
	if err == nil {
		_, err = registry.ParseManifest(text)
	}
	if err != nil {
		at := "manifest " + manifest + ": "
		if _, ok := errors.AsType[*document.SyntaxError](err); ok {
			at += "expected JSON: "
		}
		return 0, errors.New(at + strings.ReplaceAll(cause(err).Error(), "\n", "\n"+at))
	}
	if wasm, err = EmbedManifest(wasm, text); err != nil {
		return 0, fmt.Errorf("module %s: %w", module, err)
	}
	info, err := os.Stat(module)
	if err != nil {
		return 0, err
	}
	return len(wasm), WriteModule(output, wasm, info.Mode().Perm())
}

// errReadOnly is a file that its owner keeps from being changed. Replacing it would need no more than a directory that can
// be written to.
var errReadOnly = errors.New("the file is read-only: make it writable, or name another")

// WriteModule writes a file at once or not at all: nobody ever sees half of it. A file that is there keeps its mode, and
// a link stays one; a new file has the mode given. One that the caller may not write to is left as it is.
func WriteModule(path string, wasm []byte, mode fs.FileMode) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
		if !info.Mode().IsRegular() {
			return &fs.PathError{Op: "write", Path: path, Err: errNotRegular}
		}
		if err := checkWritable(path, mode); err != nil {
			return &fs.PathError{Op: "write", Path: path, Err: err}
		}
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".soltiwasm-*.tmp")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, cause(err))
	}
	_, err = f.Write(wasm)
	err = errors.Join(err, f.Chmod(mode), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}

// checkWritable refuses a file that can't be written to. Root could write to any, so that its mode counts too.
func checkWritable(path string, mode fs.FileMode) error {
	if mode&0o222 == 0 {
		return errReadOnly
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return cause(err)
	}
	return f.Close()
}

package author

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteModule writes a file at once or not at all: nobody ever sees half of it. A file that is there keeps its mode, and
// a link stays one; a new file has the mode given.
func WriteModule(path string, wasm []byte, mode fs.FileMode) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
		if !info.Mode().IsRegular() {
			return &fs.PathError{Op: "write", Path: path, Err: errNotRegular}
		}
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".soltiwasm-*.tmp")
	if err != nil {
		return err
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

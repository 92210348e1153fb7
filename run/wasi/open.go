package wasi

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// openRoot is os.OpenRoot for what may be something else than a directory: opening a named pipe would wait for a writer.
func openRoot(dir string) (*os.Root, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: dir, Err: errors.New("is not a directory")}
	}
	return os.OpenRoot(dir)
}

// kindError is a file that is no regular one.
type kindError struct{ mode fs.FileMode }

// Error says what it is instead.
func (e *kindError) Error() string {
	kind := "a special file"
	switch {
	case e.mode.IsDir():
		kind = "a directory"
	case e.mode&fs.ModeNamedPipe != 0:
		kind = "a named pipe"
	case e.mode&fs.ModeSocket != 0:
		kind = "a socket"
	case e.mode&fs.ModeDevice != 0:
		kind = "a device"
	}
	return fmt.Sprintf("expected a regular file, found %s", kind)
}

// openRegular opens a regular file, or makes one if flag says so. Anything else is a *kindError, and is not opened: a
// named pipe would wait, and a device may do anything.
func openRegular(root *os.Root, name string, flag int, perm fs.FileMode) (*os.File, error) {
	info, err := root.Stat(name)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return nil, &kindError{info.Mode()}
	case err != nil && (flag&os.O_CREATE == 0 || !errors.Is(err, fs.ErrNotExist)):
		return nil, err
	}
	// It may have been exchanged since: opening must not wait, and what was opened is looked at again.
	f, err := root.OpenFile(name, flag|openNonblock, perm)
	if err != nil {
		return nil, err
	}
	if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() {
		err = &kindError{info.Mode()}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

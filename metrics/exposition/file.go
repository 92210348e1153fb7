package exposition

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteFile writes what [Backend.Write] writes to path, for a textfile collector: whoever reads path gets
// the old file or the whole new one, which everybody may read (mode 0644). On an error the old file stays as it was.
//
// What is at path already must be a regular file. A device such as /dev/stdout or a link would be replaced by a file,
// which is never what was meant, so that is an error.
func (b *Backend) WriteFile(path string) error {
	if err := replaceFile(path, b.Write); err != nil {
		return fmt.Errorf("metrics file %s: %w", path, err)
	}
	return nil
}

// replaceFile makes path a file of what write writes.
func replaceFile(path string, write func(io.Writer) error) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errors.New("it exists and is not a regular file; name a file to be written or replaced")
	}
	// The name doesn't end like one that a textfile collector picks up.
	temp, err := os.CreateTemp(filepath.Dir(path), ".solti-metrics-*.tmp")
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("no file can be made beside it: %w", pe.Err)
	}
	if err != nil {
		return err
	}
	err = fill(temp, write)
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return nil
}

// fill writes a temporary file, and closes it in any case.
func fill(temp *os.File, write func(io.Writer) error) error {
	err := write(temp)
	if err == nil {
		err = temp.Chmod(0o644)
	}
	if err == nil {
		err = temp.Sync() // or a crash may leave the new name with nothing in it
	}
	return errors.Join(err, temp.Close())
}

package prometheus

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/prometheus/common/expfmt"
)

// WriteFile writes the backend's metrics to path in the text format, for a textfile collector: whoever reads path gets
// the old file or the whole new one, which everybody may read (mode 0644). On an error the old file stays as it was.
//
// What is at path already must be a regular file. A device such as /dev/stdout or a link would be replaced by a file,
// which is never what was meant, so that is an error.
func (b *Backend) WriteFile(path string) error {
	if err := b.writeFile(path); err != nil {
		return fmt.Errorf("metrics file %s: %w", path, err)
	}
	return nil
}

func (b *Backend) writeFile(path string) error {
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
	if err != nil {
		return err
	}
	err = b.fill(temp)
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return nil
}

// fill writes the metrics to a temporary file, and closes it in any case.
func (b *Backend) fill(temp *os.File) error {
	err := b.write(temp)
	if err == nil {
		err = temp.Chmod(0o644)
	}
	if err == nil {
		err = temp.Sync() // or a crash may leave the new name with nothing in it
	}
	return errors.Join(err, temp.Close())
}

// write writes the metrics in the text format.
func (b *Backend) write(w io.Writer) error {
	families, err := b.registry.Gather()
	if err != nil {
		return err
	}
	buffered := bufio.NewWriter(w)
	for _, f := range families {
		if _, err := expfmt.MetricFamilyToText(buffered, f); err != nil {
			return err
		}
	}
	return buffered.Flush()
}

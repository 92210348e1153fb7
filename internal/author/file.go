package author

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/registry"
)

// errNotRegular is what keeps a file from being read: opening a FIFO would wait for a writer.
var errNotRegular = errors.New("expected a regular file")

// sizeError is a file over a limit.
type sizeError struct{ limit int64 }

func (e *sizeError) Error() string { return fmt.Sprintf("the file has more than %d bytes", e.limit) }

// ReadModule reads a module's file of at most limit bytes. The error names the file.
func ReadModule(path string, limit int64) ([]byte, error) {
	wasm, err := readFile(path, limit)
	if err != nil {
		return nil, fmt.Errorf("module %s: %w", path, cause(err))
	}
	return wasm, nil
}

// readFile reads a regular file of at most limit bytes. The error wraps the cause, is an *sizeError, or wraps
// errNotRegular.
func readFile(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		what := "a special file"
		if info.IsDir() {
			what = "a directory"
		}
		return nil, fmt.Errorf("%w, found %s", errNotRegular, what)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = &sizeError{limit}
	}
	if err != nil {
		return nil, err
	}
	return data, nil
}

// cause is an error of the file system without the path in it, which the finding's module already names.
func cause(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

// readSidecar reads the operator's settings beside a module, empty ones if there is no such file.
func readSidecar(module string) (registry.Sidecar, error) {
	path := strings.TrimSuffix(module, filepath.Ext(module)) + ".yaml"
	data, err := readFile(path, abi.MaxSidecar)
	if errors.Is(err, fs.ErrNotExist) {
		if _, lerr := os.Lstat(path); lerr == nil {
			err = errors.New("the link leads nowhere")
		} else {
			return registry.Sidecar{}, nil
		}
	}
	if err != nil {
		return registry.Sidecar{}, fmt.Errorf("%s: %w", filepath.Base(path), cause(err))
	}
	sidecar, err := registry.ParseSidecar(data)
	if err != nil {
		return registry.Sidecar{}, fmt.Errorf("%s: %s", filepath.Base(path), oneLine(err))
	}
	return sidecar, nil
}

// oneLine joins the lines of an error, each of which is a fault.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

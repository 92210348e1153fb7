package wasi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// find reads the module of the given name, at most limit bytes: a path below the first of dirs that has it. A directory
// that can't be opened is an error even if a later one has the module, since it might have had another.
func find(dirs []string, name string, limit int64) ([]byte, error) {
	if len(dirs) == 0 {
		return nil, errors.New("no module path is configured; give a directory of modules with --module-path DIR, or in a " +
			"program with Config.ModulePath")
	}
	if leadsOut(name) {
		return nil, errors.New("expected a path relative to the module path, and nowhere two dots in it")
	}
	for _, dir := range dirs {
		wasm, err := readBelow(dir, name, limit)
		switch {
		case err == nil:
			return wasm, nil
		case err != errNone:
			return nil, fmt.Errorf("in %s: %w", dir, err)
		}
	}
	return nil, fmt.Errorf("there is no such file in the module path %s", strings.Join(dirs, string(filepath.ListSeparator)))
}

// leadsOut says whether a path is absolute or has .. in it, in the notation of WASI or of this system.
func leadsOut(name string) bool {
	return path.IsAbs(name) || filepath.IsAbs(name) || slices.Contains(strings.Split(filepath.ToSlash(name), "/"), "..")
}

// errNone is a directory that has no such file.
var errNone = errors.New("no such file")

// readBelow reads a regular file below dir.
func readBelow(dir, name string, limit int64) ([]byte, error) {
	root, err := openRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	_, err = root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errNone
	case err != nil:
		return nil, err
	}
	f, err := openRegular(root, name, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	var data bytes.Buffer
	data.Grow(int(min(info.Size(), limit)) + bytes.MinRead) // enough for a file at rest
	n, err := data.ReadFrom(io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return nil, err
	case n > limit:
		return nil, fmt.Errorf("the file has more than the %d bytes of the limit file; raise it with --limit file=SIZE, or "+
			"limits.file in the runner's sidecar", limit)
	}
	return data.Bytes(), nil
}

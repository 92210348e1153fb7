package registry

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/soltihq/soltiwasm/abi"
)

// Extensions of the files in a runners directory.
const (
	moduleExt  = ".wasm"
	sidecarExt = ".yaml"
)

// file is a module found in a directory. Nothing of it has been opened yet.
type file struct {
	root   *os.Root
	ledger *ledger // of the directory
	path   string  // the directory as given, with the name
	name   string  // base name
	at     int     // the directory's place among those given

	hasSidecar bool // whether there is something of that name
}

// sidecar is the base name of the file beside the module.
func (f file) sidecar() string { return strings.TrimSuffix(f.name, moduleExt) + sidecarExt }

// scan lists what is named like a module in dir, sorted by name, and the sidecars that belong to none. The caller
// closes the root.
func scan(dir string, at int) (root *os.Root, files []file, orphans []string, err error) {
	// Opening a FIFO would wait for a writer.
	if info, serr := os.Stat(dir); serr == nil && !info.IsDir() {
		return nil, nil, nil, fmt.Errorf("runners directory: %s is %s, not a directory", dir, describeMode(info.Mode()))
	}
	root, err = os.OpenRoot(dir)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("runners directory: %w", err)
	}
	names, err := list(root)
	if err != nil {
		root.Close()
		return nil, nil, nil, fmt.Errorf("runners directory %s: %w", dir, err)
	}
	for _, name := range names {
		f := file{root: root, path: filepath.Join(dir, name), name: name, at: at}
		if strings.HasSuffix(name, moduleExt) {
			_, f.hasSidecar = slices.BinarySearch(names, f.sidecar())
			files = append(files, f)
		} else if stem, ok := strings.CutSuffix(name, sidecarExt); ok {
			if _, is := slices.BinarySearch(names, stem+moduleExt); !is {
				orphans = append(orphans, f.path)
			}
		}
	}
	return root, files, orphans, nil
}

// list returns the names in a directory, sorted.
func list(root *os.Root) ([]string, error) {
	dir, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	slices.Sort(names)
	return names, err
}

// readModule reads the module, at most limit bytes, and returns them with their digest and the file's stamp.
func (f file) readModule(limit int64, now time.Time) (data []byte, digest, stamp string, rejection *Rejection) {
	data, info, err := readRegular(f.root, f.name, limit)
	if tooBig, ok := errors.AsType[*sizeError](err); ok {
		return nil, "", "", refuse(CodeLimit, "%v; raise it with the limit file", tooBig)
	}
	if err != nil {
		return nil, "", "", refuse(CodeNotAFile, "%v", err)
	}
	return data, digestOf(data), stampOf(info, now), nil
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// readAgain reads the runner's file anew.
func (r *Runner) readAgain() ([]byte, error) {
	root, err := os.OpenRoot(filepath.Dir(r.path))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	data, _, err := readRegular(root, r.module, r.limits.File)
	if err == nil && digestOf(data) != r.digest {
		err = errors.New("its file has changed since it was looked at: reload the directory")
	}
	return data, err
}

// readSidecar reads the module's sidecar; nil when there is none.
func (f file) readSidecar() ([]byte, *Rejection) {
	if !f.hasSidecar {
		return nil, nil
	}
	name := f.sidecar()
	data, _, err := readRegular(f.root, name, abi.MaxSidecar)
	if err != nil {
		return nil, refuse(CodeSidecar, "%s: %v", name, err)
	}
	return data, nil
}

// sizeError is a file over its limit.
type sizeError struct{ size, limit int64 }

func (e *sizeError) Error() string {
	return fmt.Sprintf("the file has %d bytes, more than the %d allowed", e.size, e.limit)
}

// readRegular reads a regular file inside root. A link that leaves the directory, a FIFO, a device and a folder are
// refused without being opened: opening a FIFO would wait for a writer, and a device may do anything.
func readRegular(root *os.Root, name string, limit int64) (data []byte, info fs.FileInfo, err error) {
	info, err = root.Stat(name)
	if err != nil {
		return nil, nil, explain(root, name, err)
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("is %s, not a regular file", describeMode(info.Mode()))
	}
	// The file may have been exchanged for a FIFO since: opening must not block, and the open file is looked at again.
	f, err := root.OpenFile(name, os.O_RDONLY|openNonblock, 0)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("is %s, not a regular file", describeMode(info.Mode()))
	}
	if info.Size() > limit {
		return nil, nil, &sizeError{size: info.Size(), limit: limit}
	}
	// One byte of room more than the size, so that a file at rest is read without growing the buffer.
	data = make([]byte, 0, info.Size()+1)
	for {
		n, err := f.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if errors.Is(err, io.EOF) {
			return data, info, nil
		}
		if err != nil {
			return nil, nil, err
		}
		if int64(len(data)) > limit {
			return nil, nil, &sizeError{size: int64(len(data)), limit: limit}
		}
		if len(data) == cap(data) {
			data = slices.Grow(data, 64<<10)
		}
	}
}

// explain says of a link that can't be followed where it leads; err is why.
func explain(root *os.Root, name string, err error) error {
	target, lerr := root.Readlink(name)
	switch {
	case lerr != nil:
		return err
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the link leads nowhere, to %q: %w", target, fs.ErrNotExist)
	}
	return fmt.Errorf("the link leads to %q, which can't be reached inside of the directory: copy the file here", target)
}

func describeMode(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return "a file"
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "a special file"
}

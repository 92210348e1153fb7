package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
)

// Cache is a directory of compiled code. What it holds is machine code that the program will run, so the directory must
// be the user's own and no one else's: [OpenCache] refuses any other. It may be used by several goroutines, and by
// several processes at once.
//
// What is promised of an entry, and what is not: entries appear whole or not at all; each carries a SHA-256 of its
// contents, its maker and its module, and one that doesn't match in any bit (cut short by a full disk, damaged, or put
// under another name) is removed and counts as missing. That finds accidents. It is no signature: whoever can write to
// the directory as this user can also write a matching sum, which is why the directory has to be private.
type Cache struct {
	dir  string
	root *os.Root // no name in the directory leads out of it
	max  int64

	stored atomic.Bool // whether anything was, since it was opened

	mu    sync.Mutex
	fault error
}

// CacheDirError is a directory that can't be trusted as a cache.
type CacheDirError struct {
	Dir     string
	Problem string // what is wrong with it
	Remedy  string // what to do about it
}

// Error says what is wrong and what to do.
func (e *CacheDirError) Error() string {
	return fmt.Sprintf("cache directory %s %s: %s", e.Dir, e.Problem, e.Remedy)
}

// OpenCache opens the cache in dir, making the directory with mode 0700 if there is none. MaxBytes is the size that
// [Cache.Trim] keeps it at; it must be positive.
//
// A directory that is a symbolic link or something else, and on Unix one that another user owns or that others may read or
// write, is a *[CacheDirError]. The directories above it are not judged.
func OpenCache(dir string, maxBytes int64) (*Cache, error) {
	if dir == "" || maxBytes <= 0 {
		return nil, fmt.Errorf("a cache needs a directory and a positive size, not %q and %d bytes", dir, maxBytes)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("cache directory: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return nil, fmt.Errorf("cache directory: %w", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("cache directory: %w", err)
	}
	root, err := openPrivate(dir)
	if err != nil {
		return nil, err
	}
	return &Cache{dir: dir, root: root, max: maxBytes}, nil
}

// openPrivate opens a directory that passes as private, and makes sure that it opened what it judged.
func openPrivate(dir string) (*os.Root, error) {
	refuse := func(problem, remedy string) error {
		return &CacheDirError{Dir: dir, Problem: problem, Remedy: remedy}
	}
	info, err := os.Lstat(dir)
	switch {
	case err != nil:
		return nil, fmt.Errorf("cache directory: %w", err)
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, refuse("is a symbolic link", "name the directory that it leads to")
	case !info.IsDir():
		return nil, refuse("is not a directory", "remove it or name another directory")
	}
	if problem, remedy := notPrivate(info); problem != "" {
		return nil, refuse(problem, remedy)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("cache directory: %w", err)
	}
	opened, err := root.Stat(".")
	if err != nil || !os.SameFile(info, opened) {
		return nil, errors.Join(refuse("was replaced while it was opened", "find out by whom"), err, root.Close())
	}
	return root, nil
}

// Dir is the cache's directory, as an absolute path.
func (c *Cache) Dir() string { return c.dir }

// Close lets go of the directory. No other method may be called afterwards; what is in the directory stays.
func (c *Cache) Close() error { return c.root.Close() }

// Fault is the last failure to read or keep an entry, nil if there was none since the cache was opened. Compiling goes on
// without the cache then, so that this is the one place to learn that it has stopped working.
func (c *Cache) Fault() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fault
}

// Failed records a failure for [Cache.Fault]. Engines call it for their own part of the work; nil is no failure.
func (c *Cache) Failed(err error) {
	if err == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fault = err
}

package engine

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

const (
	tempPrefix = "tmp-" // what is in use by some process, or was when it died; Prune removes what is old
	spareName  = "spare"
)

// TempDir returns a private directory inside the cache, for an engine that exchanges code through files. It may hold what
// an earlier use left there, which the caller doesn't trust, and is returned in the end.
//
// Prune of another process may remove a directory that hasn't changed for an hour; so the caller makes it again where it
// needs to. One directory is kept for the next use, in whichever process that is: on some file systems making and removing one
// takes longer than starting a small program does. Renaming it gives it to one of them.
func (c *Cache) TempDir() (string, error) {
	dir := filepath.Join(c.dir, fmt.Sprintf("%s%016x", tempPrefix, rand.Uint64()))
	if os.Rename(filepath.Join(c.dir, spareName), dir) == nil {
		now := time.Now()
		if err := os.Chtimes(dir, now, now); err == nil { // or Prune would take it for abandoned
			return dir, nil
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("temporary directory in the cache: %w", err)
	}
	return dir, nil
}

// ReturnTempDir ends the use of a directory of TempDir.
func (c *Cache) ReturnTempDir(dir string) error {
	if os.Rename(dir, filepath.Join(c.dir, spareName)) == nil {
		return nil
	}
	return os.RemoveAll(dir) // there is a spare one
}

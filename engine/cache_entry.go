package engine

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// CacheKey names an entry. Entries of different keys never meet.
type CacheKey struct {
	// Maker is everything besides the module that decides whether code may be used: the engine with its version and
	// settings, the Go version, the processor. An engine that can't tell its version doesn't use a cache.
	Maker string
	// Module is the SHA-256 of the bytes that were compiled.
	Module [sha256.Size]byte
}

const (
	tempPrefix = "tmp-" // what is being written; Prune removes what nobody finished
	entryName  = 2 * sha256.Size
)

// name is the entry's file name. The key is hashed as a whole, so that a maker's text can't reach the file system.
func (k CacheKey) name() string {
	sum := k.sum(nil)
	return hex.EncodeToString(sum[:])
}

// sum is the SHA-256 of the key and data.
func (k CacheKey) sum(data []byte) [sha256.Size]byte {
	h := sha256.New()
	fmt.Fprintf(h, "%d %s ", len(k.Maker), k.Maker)
	h.Write(k.Module[:])
	h.Write(data)
	return [sha256.Size]byte(h.Sum(nil))
}

// Load returns the entry's data, or false when there is none that is whole. A damaged one is removed. The data is the
// caller's. It is what an engine calls while it compiles; a host has no need of it.
func (c *Cache) Load(key CacheKey) ([]byte, bool) {
	name := key.name()
	content, err := c.read(name)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			c.Failed(fmt.Errorf("read a cache entry: %w", err))
		}
		return nil, false
	}
	if len(content) < sha256.Size {
		c.remove(name)
		return nil, false
	}
	data := content[sha256.Size:]
	if sum := key.sum(data); !bytes.Equal(sum[:], content[:sha256.Size]) {
		c.remove(name)
		return nil, false
	}
	// The file's time tells Prune when the entry was last of use. Where it can't be set, Prune merely chooses worse.
	now := time.Now()
	_ = c.root.Chtimes(name, now, now)
	return data, true
}

// read reads a regular file of the cache that isn't larger than the cache may be.
func (c *Cache) read(name string) ([]byte, error) {
	info, err := c.root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if info.Size() > c.max {
		return nil, fs.ErrNotExist // kept when the bound was larger; Trim removes it
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file (%s)", filepath.Join(c.dir, name), info.Mode())
	}
	f, err := c.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content := make([]byte, info.Size())
	if _, err := io.ReadFull(f, content); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(c.dir, name), err)
	}
	return content, nil
}

// Store keeps data under key, replacing what was there, so that other processes see the old entry or the new one but no
// part. What is larger than the cache's bound isn't kept. A failure shows in [Cache.Fault].
func (c *Cache) Store(key CacheKey, data []byte) {
	if int64(len(data))+sha256.Size > c.max {
		c.Failed(fmt.Errorf("a module's code of %d bytes is not cached: the cache's bound is %d bytes", len(data), c.max))
		return
	}
	if err := c.store(key, data); err != nil {
		c.Failed(fmt.Errorf("write a cache entry: %w", err))
	}
}

func (c *Cache) store(key CacheKey, data []byte) (err error) {
	f, err := os.CreateTemp(c.dir, tempPrefix)
	if err != nil {
		return err
	}
	temp := filepath.Base(f.Name())
	defer func() {
		if err != nil {
			_ = f.Close() // closed already, or the earlier error says more
			c.remove(temp)
		}
	}()
	sum := key.sum(data)
	if _, err := f.Write(sum[:]); err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		return err
	}
	// No fsync: after a crash the sum tells a torn entry, and the module is compiled again.
	if err := f.Close(); err != nil {
		return err
	}
	return c.root.Rename(temp, key.name())
}

// remove removes a file that is of no use. If that fails, the file is refused again next time and pruned one day.
func (c *Cache) remove(name string) { _ = c.root.Remove(name) }

// TempDir makes a private directory inside the cache, for an engine that exchanges code through files. The caller
// removes it; Prune removes the ones that a crash left behind.
func (c *Cache) TempDir() (string, error) {
	return os.MkdirTemp(c.dir, tempPrefix)
}

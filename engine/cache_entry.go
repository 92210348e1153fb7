package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// The methods of this file are for engines, which call them while they compile. They return no errors: a cache that doesn't
// work costs time, and shows in [Cache.Fault].

// CacheKey names an entry. Entries of different keys never meet.
type CacheKey struct {
	// Maker is everything besides the module that decides whether code may be used: the engine with its version and
	// settings, the Go version, the processor. An engine that can't tell its version doesn't use a cache.
	Maker string
	// Module is the SHA-256 of the bytes that were compiled.
	Module [sha256.Size]byte
}

const entryNameSize = 2 * sha256.Size

// name is the entry's file name. The key is hashed as a whole, so that a maker's text can't reach the file system.
func (k CacheKey) name() string { return hex.EncodeToString(k.hash().Sum(nil)) }

// hash begins the sum of an entry, which is over its key and its data.
func (k CacheKey) hash() hash.Hash {
	h := sha256.New()
	fmt.Fprintf(h, "%d %s ", len(k.Maker), k.Maker)
	h.Write(k.Module[:])
	return h
}

// Load returns an entry's data, which is the caller's, or false when there is none that is whole. A damaged one is removed.
func (c *Cache) Load(key CacheKey) ([]byte, bool) {
	name := key.name()
	content, used, err := c.read(name)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			c.Failed(fmt.Errorf("read a cache entry: %w", err))
		}
		return nil, false
	}
	end := len(content) - sha256.Size
	if end >= 0 {
		h := key.hash()
		h.Write(content[:end])
		if string(h.Sum(nil)) == string(content[end:]) {
			c.touch(name, used)
			return content[:end], true
		}
	}
	_ = c.root.Remove(name) // if that fails, it is refused again next time
	return nil, false
}

// Path is the file whose first bytes are an entry's data. It may be read or linked, not changed, right after Load has
// found the entry whole.
func (c *Cache) Path(key CacheKey) string { return filepath.Join(c.dir, key.name()) }

// read reads a regular file of the cache that isn't larger than the cache may be, and tells when it was last of use.
func (c *Cache) read(name string) (content []byte, used time.Time, err error) {
	info, err := c.root.Lstat(name)
	if err != nil {
		return nil, used, err
	}
	if info.Size() > c.max {
		return nil, used, fs.ErrNotExist // kept when the bound was larger; Trim removes it
	}
	if !info.Mode().IsRegular() {
		return nil, used, fmt.Errorf("%s is not a regular file (%s)", filepath.Join(c.dir, name), info.Mode())
	}
	f, err := c.root.Open(name)
	if err != nil {
		return nil, used, err
	}
	defer f.Close()
	content = make([]byte, info.Size())
	if _, err := io.ReadFull(f, content); err != nil {
		return nil, used, fmt.Errorf("%s: %w", filepath.Join(c.dir, name), err)
	}
	return content, info.ModTime(), nil
}

// touch notes in the file's time that an entry was of use, for Prune; to the hour, since each write costs. Where it can't be
// set, Prune merely chooses worse.
func (c *Cache) touch(name string, used time.Time) {
	if now := time.Now(); now.Sub(used) > time.Hour {
		_ = c.root.Chtimes(name, now, now)
	}
}

// Store keeps data under key, replacing what was there. Other processes see the old entry or the new one, never a part.
func (c *Cache) Store(key CacheKey, data []byte) {
	f, err := os.CreateTemp(c.dir, tempPrefix)
	if err != nil {
		c.Failed(fmt.Errorf("write a cache entry: %w", err))
		return
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		c.Failed(fmt.Errorf("write a cache entry: %w", err))
		_ = os.Remove(f.Name()) // or Prune does
		return
	}
	c.Adopt(key, f.Name())
}

// Adopt makes the file at path, which lies in a directory of [Cache.TempDir], the entry for key, as Store does. The file is
// gone afterwards in any case. What is larger than the cache's bound isn't kept.
func (c *Cache) Adopt(key CacheKey, path string) {
	err := c.seal(key, path)
	if err == nil {
		err = os.Rename(path, c.Path(key))
		c.stored.Store(true)
	}
	if err != nil {
		c.Failed(fmt.Errorf("write a cache entry: %w", err))
		_ = os.Remove(path) // or Prune does
	}
}

// seal appends the sum to a file. There is no fsync: after a crash the sum tells a torn entry from a whole one.
func (c *Cache) seal(key CacheKey, path string) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := key.hash()
	size, err := io.Copy(h, f)
	if err != nil {
		return err
	}
	if size+sha256.Size > c.max {
		return fmt.Errorf("a module's code of %d bytes is more than the cache's bound of %d", size, c.max)
	}
	_, err = f.Write(h.Sum(nil))
	return err
}

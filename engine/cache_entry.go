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
	"strconv"
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

// hash begins the sum of an entry, which is over its key and its data, and returns the entry's file name, which is the sum of
// the key alone. The key is hashed as a whole, so that a maker's text can't reach the file system.
func (k CacheKey) hash() (sum hash.Hash, name string) {
	text := make([]byte, 0, len(k.Maker)+len(k.Module)+24)
	text = append(strconv.AppendInt(text, int64(len(k.Maker)), 10), ' ')
	text = append(append(text, k.Maker...), ' ')
	sum = sha256.New()
	sum.Write(append(text, k.Module[:]...))
	return sum, hex.EncodeToString(sum.Sum(nil))
}

// maxLoaded bounds what is read into memory before its sum is known: nothing that an engine or a host keeps comes near it,
// and a damaged entry may have any size.
const maxLoaded = 256 << 20

// Load returns an entry's data, which is the caller's, or false when there is none that is whole, or one over 256 MiB. A
// damaged one is removed.
func (c *Cache) Load(key CacheKey) ([]byte, bool) {
	f, ok := c.read(key, maxLoaded, min(c.max, maxLoaded))
	return f.Last, ok
}

// Has says whether there is an entry, without looking into it.
func (c *Cache) Has(key CacheKey) bool {
	_, name := key.hash()
	_, err := c.root.Lstat(name)
	return err == nil
}

// Found is an entry that is whole.
type Found struct {
	Path string      // of the file that begins with its data, to be read or linked right away, not changed
	Info fs.FileInfo // of that file
	Last []byte      // the end of its data
}

// Find is Load for data that is not wanted in memory, but for the last n bytes, or all when there are fewer.
func (c *Cache) Find(key CacheKey, n int) (Found, bool) { return c.read(key, int64(n), c.max) }

// read reads an entry whose file has at most most bytes, and keeps the last n bytes of its data.
func (c *Cache) read(key CacheKey, n, most int64) (Found, bool) {
	sum, name := key.hash()
	last, info, err := c.digest(name, sum, n, most)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			c.Failed(fmt.Errorf("read a cache entry: %w", err))
		}
		return Found{}, false
	}
	end := len(last) - sha256.Size
	if end < 0 || string(sum.Sum(nil)) != string(last[end:]) {
		_ = c.root.Remove(name) // if that fails, it is refused again next time
		return Found{}, false
	}
	c.touch(name, info.ModTime())
	return Found{Path: filepath.Join(c.dir, name), Info: info, Last: last[max(int64(end)-n, 0):end]}, true
}

// digest reads a regular file of the cache that has at most most bytes. It adds the file's bytes to sum, without
// the sum at its end, and returns the last n of them or more, and that.
func (c *Cache) digest(name string, sum hash.Hash, n, most int64) (last []byte, info fs.FileInfo, err error) {
	f, err := c.root.OpenFile(name, os.O_RDONLY|openNonblock, 0) // opening a FIFO would wait for a writer
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err = f.Stat()
	switch {
	case err != nil:
		return nil, nil, err
	case !info.Mode().IsRegular():
		return nil, nil, fmt.Errorf("%s is not a regular file (%s)", filepath.Join(c.dir, name), info.Mode())
	case info.Size() > most:
		return nil, nil, fs.ErrNotExist // kept when the bound was larger; Trim removes it
	}
	last = make([]byte, min(info.Size(), max(n+sha256.Size, digestBuffer)))
	if before := info.Size() - int64(len(last)); before > 0 {
		_, err = io.CopyBuffer(sum, io.LimitReader(f, before), make([]byte, min(before, digestBuffer)))
	}
	if err == nil {
		_, err = io.ReadFull(f, last)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", filepath.Join(c.dir, name), err)
	}
	sum.Write(last[:max(len(last)-sha256.Size, 0)])
	return last, info, nil
}

// digestBuffer is how much of what isn't kept is in memory at a time.
const digestBuffer = 64 << 10

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
	sum, name := key.hash()
	err := c.seal(sum, path)
	if err == nil {
		err = os.Rename(path, filepath.Join(c.dir, name))
		c.stored.Store(true)
	}
	if err != nil {
		c.Failed(fmt.Errorf("write a cache entry: %w", err))
		_ = os.Remove(path) // or Prune does
	}
}

// seal appends the sum to a file. There is no fsync: after a crash the sum tells a torn entry from a whole one.
func (c *Cache) seal(sum hash.Hash, path string) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	size, err := io.Copy(sum, f)
	if err != nil {
		return err
	}
	if size+sha256.Size > c.max {
		return fmt.Errorf("a module's code of %d bytes is more than the cache's bound of %d", size, c.max)
	}
	_, err = f.Write(sum.Sum(nil))
	return err
}

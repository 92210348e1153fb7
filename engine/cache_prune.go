package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// CacheInfo is what a cache holds.
type CacheInfo struct {
	Dir     string
	Entries int
	Bytes   int64 // of the entries together
	Max     int64 // the bound, in bytes
}

// abandoned is the age at which something half-written has no writer any more: no module compiles for as long.
const abandoned = time.Hour

// Info counts the entries of all makers. Files that aren't the cache's own are not counted.
func (c *Cache) Info() (CacheInfo, error) {
	info := CacheInfo{Dir: c.dir, Max: c.max}
	entries, _, err := c.list()
	for _, e := range entries {
		info.Entries++
		info.Bytes += e.Size()
	}
	return info, err
}

// Trim prunes the cache down to its bound, unless nothing has been stored since it was opened. The host calls it when it
// has loaded its modules: a bound that each new entry enforced would let a large set of modules throw out its own.
func (c *Cache) Trim() (removed int, freed int64, err error) {
	if !c.stored.Load() {
		return 0, 0, nil
	}
	return c.Prune(c.max)
}

// Prune removes entries, the longest unused first, until at most maxBytes are left; 0 removes them all. It also removes
// what interrupted writes left behind more than an hour ago. It says how many entries it removed and their bytes.
//
// It touches nothing but the cache's own files, follows no links, and gets along with other processes that use or prune
// the cache: what they removed first isn't counted, and what they are reading stays readable to them.
func (c *Cache) Prune(maxBytes int64) (removed int, freed int64, err error) {
	entries, temps, err := c.list()
	if err != nil {
		return 0, 0, err
	}
	var errs []error
	for _, t := range temps {
		if time.Since(t.ModTime()) > abandoned {
			errs = append(errs, c.root.RemoveAll(t.Name()))
		}
	}
	slices.SortFunc(entries, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	var total int64
	for _, e := range entries {
		total += e.Size()
	}
	for _, e := range entries {
		if total <= max(maxBytes, 0) {
			break
		}
		err := c.root.Remove(e.Name())
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
			continue
		}
		total -= e.Size()
		if err == nil {
			removed, freed = removed+1, freed+e.Size()
		}
	}
	if removed > 0 { // which frees nothing as long as a link there holds it
		errs = append(errs, c.root.RemoveAll(spareName))
	}
	if err := errors.Join(errs...); err != nil {
		return removed, freed, fmt.Errorf("prune the cache: %w", err)
	}
	return removed, freed, nil
}

// list returns the cache's entries and what is being written, as they were at some moment.
func (c *Cache) list() (entries, temps []fs.FileInfo, err error) {
	dir, err := c.root.Open(".")
	if err != nil {
		return nil, nil, fmt.Errorf("list the cache: %w", err)
	}
	defer dir.Close()
	files, err := dir.ReadDir(-1)
	if err != nil {
		return nil, nil, fmt.Errorf("list the cache: %w", err)
	}
	for _, f := range files {
		temp := strings.HasPrefix(f.Name(), tempPrefix)
		if !temp && !isEntryName(f.Name()) {
			continue
		}
		info, err := f.Info()
		switch {
		case errors.Is(err, fs.ErrNotExist): // removed meanwhile
		case err != nil:
			return nil, nil, fmt.Errorf("list the cache: %w", err)
		case temp:
			temps = append(temps, info)
		case info.Mode().IsRegular():
			entries = append(entries, info)
		}
	}
	return entries, temps, nil
}

// isEntryName tells the names that [CacheKey] makes from others.
func isEntryName(name string) bool {
	return len(name) == entryNameSize && strings.Trim(name, "0123456789abcdef") == ""
}

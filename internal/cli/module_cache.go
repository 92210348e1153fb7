package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/soltihq/soltiwasm/engine"
)

// maxCache is the size that the cache of compiled modules is kept at: some hundred modules of a few megabytes.
const maxCache = 1 << 30

// cacheDir is where compiled modules are kept: soltiwasm in $XDG_CACHE_HOME, or in the system's place for a user's caches.
func (a *app) cacheDir() (string, error) {
	base, _ := a.LookupEnv("XDG_CACHE_HOME")
	if !filepath.IsAbs(base) { // the specification has relative paths ignored
		var err error
		if base, err = a.UserCacheDir(); err != nil {
			return "", fmt.Errorf("no directory for caches: %w: set XDG_CACHE_HOME", err)
		}
	}
	return filepath.Join(base, "soltiwasm"), nil
}

func (a *app) openCache() (*engine.Cache, error) {
	dir, err := a.cacheDir()
	if err != nil {
		return nil, err
	}
	return engine.OpenCache(dir, maxCache)
}

// withModuleCache calls do with a cache for engines. It is lasting when it is the user's, and otherwise goes with the command:
// it brings code from the processes that compile. Without any, which is nil, everything works, only slower.
func (a *app) withModuleCache(do func(cache *engine.Cache, lasting bool) error) error {
	cache := a.openModuleCache()
	lasting := cache != nil
	if !lasting {
		cache = a.openScratch()
	}
	if cache == nil {
		return do(nil, false)
	}
	err := do(cache, lasting)
	if lasting {
		a.tend(cache)
	}
	return errors.Join(err, cache.Close())
}

// openModuleCache opens the user's cache, unless he wants none, or it can't be used.
func (a *app) openModuleCache() *engine.Cache {
	if a.flags.noCache {
		return nil
	}
	cache, err := a.openCache()
	if err != nil {
		a.logger().Warn("compiled modules are not cached; mend this, or say --no-cache", "error", err)
		return nil
	}
	return cache
}

// openScratch opens a cache in a directory that Main removes.
func (a *app) openScratch() *engine.Cache {
	dir, err := os.MkdirTemp("", "soltiwasm-")
	if err != nil {
		return nil
	}
	a.scratch.Store(&dir)
	cache, err := engine.OpenCache(dir, maxCache)
	if err != nil {
		return nil
	}
	return cache
}

func (a *app) removeScratch() {
	if dir := a.scratch.Load(); dir != nil {
		_ = os.RemoveAll(*dir) // the system's cleaning of temporary files does what this can't
	}
}

// tend keeps the cache within its bound once the command has all that it needs, and tells what went wrong in it.
func (a *app) tend(cache *engine.Cache) {
	_, _, err := cache.Trim()
	if err = errors.Join(err, cache.Fault()); err != nil {
		a.logger().Warn("the cache of compiled modules does not work", "dir", cache.Dir(), "error", err)
	}
}

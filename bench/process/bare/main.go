//go:build linux

// Command bare loads the modules of a directory with a plain wazero and calls supports in each; it prints as JSON how
// long that took and what memory it had then: bare [-cache CACHE] RUNNERS.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/soltihq/soltiwasm/bench/rows"
)

func main() {
	cacheDir := flag.String("cache", "", "keep compiled code in `DIR`")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: bare [-cache CACHE] RUNNERS")
		os.Exit(2)
	}
	loaded, err := load(context.Background(), flag.Arg(0), *cacheDir)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(loaded)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bare:", err)
		os.Exit(1)
	}
}

func load(ctx context.Context, dir, cacheDir string) (loaded rows.Loaded, err error) {
	start := time.Now()
	config := wazero.NewRuntimeConfig()
	if cacheDir != "" {
		cache, err := wazero.NewCompilationCacheWithDir(cacheDir)
		if err != nil {
			return loaded, err
		}
		defer cache.Close(ctx)
		config = config.WithCompilationCache(cache)
	}
	engine := wazero.NewRuntimeWithConfig(ctx, config)
	defer engine.Close(ctx)
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, engine); err != nil {
		return loaded, err
	}
	if err := rows.LendNothing(ctx, engine); err != nil {
		return loaded, err
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.wasm"))
	if err != nil {
		return loaded, err
	}
	for _, path := range paths {
		wasm, err := os.ReadFile(path)
		if err != nil {
			return loaded, err
		}
		module, err := engine.InstantiateWithConfig(ctx, wasm, wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize"))
		if err != nil {
			return loaded, err
		}
		if _, err := module.ExportedFunction("supports").Call(ctx); err != nil {
			return loaded, err
		}
	}
	loaded.Modules, loaded.All = len(paths), time.Since(start).Nanoseconds()
	loaded.RSS, err = rows.ResidentMemory()
	runtime.KeepAlive(engine)
	return loaded, err
}

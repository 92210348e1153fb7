// Command extism asks plugins, in order, until one says that it supports a spec: extism SPEC CACHE PLUGIN…. Compiled code
// is kept in the directory CACHE, and shared.
package main

import (
	"context"
	"fmt"
	"os"

	extism "github.com/extism/go-sdk"
	"github.com/tetratelabs/wazero"
)

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: extism SPEC CACHE PLUGIN…")
		os.Exit(2)
	}
	if err := route(context.Background(), os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "extism:", err)
		os.Exit(1)
	}
}

func route(ctx context.Context, specPath, cacheDir string, paths []string) error {
	spec, err := os.ReadFile(specPath)
	if err != nil {
		return err
	}
	cache, err := wazero.NewCompilationCacheWithDir(cacheDir)
	if err != nil {
		return err
	}
	defer cache.Close(ctx)
	config := extism.PluginConfig{RuntimeConfig: wazero.NewRuntimeConfig().WithCompilationCache(cache)}
	for _, path := range paths {
		plugin, err := extism.NewPlugin(ctx, extism.Manifest{Wasm: []extism.Wasm{extism.WasmFile{Path: path}}}, config, nil)
		if err != nil {
			return err
		}
		defer plugin.Close(ctx)
		answer, _, err := plugin.Call("supports", spec)
		if err != nil {
			return err
		}
		fmt.Println(path, answer == 1)
	}
	return nil
}

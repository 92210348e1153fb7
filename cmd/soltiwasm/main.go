// Command soltiwasm routes tasks to WebAssembly runners and carries them out, on the engine wazero.
package main

import (
	"os"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/internal/cli"
)

func main() {
	os.Exit(cli.Process(cli.Engine{Name: "wazero", Module: "github.com/tetratelabs/wazero", New: newEngine}))
}

func newEngine(cache *engine.Cache, workers int) engine.Engine {
	return wazero.Engine{Cache: cache, Workers: workers}
}

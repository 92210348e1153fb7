// Command soltiwasm-wasmtime is the command soltiwasm with more engines, of which --engine names one:
//
//	wasmtime   Wasmtime, the default
//	wazero     the engine of the command soltiwasm
//	both       each call on wazero and then on Wasmtime; a difference is an error that shows both sides
//	all        the same with wazero's interpreter between them
//
// The command check uses both unless it is told otherwise. See docs/engines.md.
package main

import (
	"os"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/wasmtime"
	"github.com/soltihq/soltiwasm/engine/wasmtime/crosscheck"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/internal/cli"
)

func main() { os.Exit(cli.Process(engines()...)) }

// engines are those that --engine chooses among. Those that are checked against each other share a cache, in which each
// has entries of its own.
func engines() []cli.Engine {
	newWasmtime := func(cache *engine.Cache, _ int) engine.Engine { return wasmtime.Engine{Cache: cache} }
	newWazero := func(cache *engine.Cache, workers int) engine.Engine {
		return wazero.Engine{Cache: cache, Workers: workers}
	}
	return []cli.Engine{
		{Name: "wasmtime", Module: "github.com/bytecodealliance/wasmtime-go/v37", New: newWasmtime},
		{Name: "wazero", Module: "github.com/tetratelabs/wazero", New: newWazero},
		{Name: "both", Checks: true, New: func(cache *engine.Cache, workers int) engine.Engine {
			return crosscheck.Engine{Engines: []engine.Engine{newWazero(cache, workers), newWasmtime(cache, workers)}}
		}},
		{Name: "all", Checks: true, New: func(cache *engine.Cache, workers int) engine.Engine {
			return crosscheck.Engine{Engines: []engine.Engine{newWazero(cache, workers), wazero.Engine{Interpreter: true}, newWasmtime(cache, workers)}}
		}},
	}
}

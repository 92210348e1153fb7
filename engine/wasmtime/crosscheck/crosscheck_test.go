package crosscheck_test

import (
	"testing"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/enginetest"
	"github.com/soltihq/soltiwasm/engine/wasmtime"
	"github.com/soltihq/soltiwasm/engine/wasmtime/crosscheck"
	"github.com/soltihq/soltiwasm/engine/wazero"
)

func both() crosscheck.Engine {
	return crosscheck.Engine{Engines: []engine.Engine{wazero.Engine{}, wasmtime.Engine{}}}
}

func all() crosscheck.Engine {
	return crosscheck.Engine{Engines: []engine.Engine{wazero.Engine{}, wazero.Engine{Interpreter: true}, wasmtime.Engine{}}}
}

func TestConformance(t *testing.T) {
	t.Run("both", func(t *testing.T) { enginetest.Run(t, both()) })
	t.Run("all", func(t *testing.T) { enginetest.Run(t, all()) })
	t.Run("wasmtime first", func(t *testing.T) {
		enginetest.Run(t, crosscheck.Engine{Engines: []engine.Engine{wasmtime.Engine{}, wazero.Engine{}}})
	})
}

package wasmtime_test

import (
	"testing"

	"github.com/soltihq/soltiwasm/engine/enginetest"
	"github.com/soltihq/soltiwasm/engine/wasmtime"
)

func TestConformance(t *testing.T) { enginetest.Run(t, wasmtime.Engine{}) }

func BenchmarkEngine(b *testing.B) { enginetest.Bench(b, wasmtime.Engine{}) }

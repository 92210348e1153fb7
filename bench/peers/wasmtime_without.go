//go:build !cgo

package peers

import (
	"errors"

	"github.com/soltihq/soltiwasm/bench/rows"
)

// openWasmtime needs cgo.
func openWasmtime(*rows.Bench) (*peer, error) {
	return nil, errors.New("wasmtime-go was not measured: it needs cgo and a C compiler")
}

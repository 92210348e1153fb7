//go:build cgo

package peers

import (
	"errors"

	"github.com/bytecodealliance/wasmtime-go/v37"

	"github.com/soltihq/soltiwasm/bench/rows"
)

// openWasmtime calls the guest bare.wat by wasmtime-go, without epochs or fuel: nothing would stop it if it looped. The
// spec is written into its memory before each call.
func openWasmtime(b *rows.Bench) (*peer, error) {
	const name, at = "wasmtime-go", 4096
	guest, err := b.Guest("bare")
	if err != nil {
		return nil, err
	}
	spec, err := rows.JSON(rows.Payload())
	if err != nil {
		return nil, err
	}
	store := wasmtime.NewStore(wasmtime.NewEngine())
	linker := wasmtime.NewLinker(store.Engine)
	if err := linker.FuncWrap("host", "get", func(int32, int32, int32, int32) int32 { return -1 }); err != nil {
		return nil, opening(name, err)
	}
	module, err := wasmtime.NewModule(store.Engine, guest)
	if err != nil {
		return nil, opening(name, err)
	}
	instance, err := linker.Instantiate(store, module)
	if err != nil {
		return nil, opening(name, err)
	}
	memory, supports := instance.GetExport(store, "memory").Memory(), instance.GetFunc(store, "supports")
	return &peer{
		name: name, atLeast: 30, close: func() error { store.Close(); return nil },
		ask: func() error {
			if copy(memory.UnsafeData(store)[at:], spec) < len(spec) {
				return errors.New("the spec doesn't fit into the guest")
			}
			answer, err := supports.Call(store, at, len(spec))
			return answered(answer == int32(1), err)
		},
	}, nil
}

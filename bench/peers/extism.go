package peers

import (
	"context"

	extism "github.com/extism/go-sdk"

	"github.com/soltihq/soltiwasm/bench/rows"
)

// openExtism opens a plugin without a timeout, which would make it slower: nothing would stop it if it looped.
func openExtism(b *rows.Bench) (*peer, error) {
	const name = "Extism"
	guest, err := b.Guest("extism")
	if err != nil {
		return nil, err
	}
	spec, err := rows.JSON(rows.Payload())
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	plugin, err := extism.NewPlugin(ctx, extism.Manifest{Wasm: []extism.Wasm{extism.WasmData{Data: guest}}}, extism.PluginConfig{}, nil)
	if err != nil {
		return nil, opening(name, err)
	}
	call := func(export string) func() error {
		return func() error {
			rc, _, err := plugin.Call(export, spec)
			return answered(rc == 1, err)
		}
	}
	return &peer{
		name: name, ask: call("supports"), scan: call("scan"), atLeast: 300,
		close: func() error { return plugin.Close(ctx) },
	}, nil
}

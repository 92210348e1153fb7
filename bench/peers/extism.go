package peers

import (
	"context"

	extism "github.com/extism/go-sdk"

	"github.com/soltihq/soltiwasm/bench/rows"
)

// openExtism opens a plugin without a timeout: nothing would stop it if it looped.
func openExtism(b *rows.Bench) (*peer, error) { return extismPeer(b, "Extism", 0) }

// openExtismProtected opens one that is ended when it takes too long, as every runner of the registry is.
func openExtismProtected(b *rows.Bench) (*peer, error) {
	return extismPeer(b, "Extism with a timeout", 10_000)
}

// extismPeer is a plugin whose calls may take so many milliseconds; 0 is without end.
func extismPeer(b *rows.Bench, name string, timeout uint64) (*peer, error) {
	guest, err := b.Guest("extism")
	if err != nil {
		return nil, err
	}
	spec, err := rows.JSON(rows.Payload())
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	manifest := extism.Manifest{Wasm: []extism.Wasm{extism.WasmData{Data: guest}}, Timeout: timeout}
	plugin, err := extism.NewPlugin(ctx, manifest, extism.PluginConfig{}, nil)
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

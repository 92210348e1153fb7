// Command hashicorp is a plugin of hashicorp/go-plugin that takes every spec without looking at it.
package main

import (
	"context"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/soltihq/soltiwasm/bench/peers/service"
)

func main() {
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: service.Handshake(),
		Plugins:         plugin.PluginSet{service.Name: service.Plugin{Runner: runner{}}},
		GRPCServer:      plugin.DefaultGRPCServer,
		Logger:          hclog.NewNullLogger(),
	})
}

type runner struct{}

// Supports doesn't look at the spec.
func (runner) Supports(context.Context, []byte) (bool, error) { return true, nil }

package peers

import (
	"context"
	"os/exec"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/soltihq/soltiwasm/bench/peers/service"
	"github.com/soltihq/soltiwasm/bench/rows"
)

// openHashicorp starts a plugin of hashicorp/go-plugin, a process that is asked by gRPC over a Unix socket.
func openHashicorp(b *rows.Bench) (*peer, error) {
	const name = "hashicorp/go-plugin (gRPC)"
	program, err := b.Program("./process/hashicorp")
	if err != nil {
		return nil, err
	}
	spec, err := rows.JSON(rows.Payload())
	if err != nil {
		return nil, err
	}
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: service.Handshake(), Plugins: plugin.PluginSet{service.Name: service.Plugin{}},
		Cmd: exec.Command(program), AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC}, Logger: hclog.NewNullLogger(),
	})
	connection, err := client.Client()
	if err != nil {
		client.Kill()
		return nil, opening(name, err)
	}
	dispensed, err := connection.Dispense(service.Name)
	if err != nil {
		client.Kill()
		return nil, opening(name, err)
	}
	runner, ctx := dispensed.(service.Runner), context.Background()
	return &peer{
		name: name, atLeast: 1000, close: func() error { client.Kill(); return nil },
		ask: func() error { return answered(runner.Supports(ctx, spec)) },
	}, nil
}

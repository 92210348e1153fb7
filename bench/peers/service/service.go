// Package service is what a plugin of hashicorp/go-plugin and its host have in common: one method, which gets the spec's
// bytes and answers yes or no. Its messages are protobuf's well-known ones.
package service

import (
	"context"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// Name is what the plugin is dispensed as.
const Name = "runner"

const (
	serviceName = "bench.Runner"
	method      = "Supports"
)

// Handshake is what host and plugin greet each other with.
func Handshake() plugin.HandshakeConfig {
	return plugin.HandshakeConfig{ProtocolVersion: 1, MagicCookieKey: "SOLTIWASM_BENCH", MagicCookieValue: "runner"}
}

// Runner is the service.
type Runner interface {
	Supports(ctx context.Context, spec []byte) (bool, error)
}

// Plugin joins the service to the library. Runner is what serves; a host has none.
type Plugin struct {
	plugin.NetRPCUnsupportedPlugin
	Runner Runner
}

// GRPCServer registers the service.
func (p Plugin) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	s.RegisterService(&grpc.ServiceDesc{
		ServiceName: serviceName, HandlerType: (*Runner)(nil),
		Methods: []grpc.MethodDesc{{MethodName: method, Handler: handle}},
	}, p.Runner)
	return nil
}

func handle(server any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	var spec wrapperspb.BytesValue
	if err := decode(&spec); err != nil {
		return nil, err
	}
	yes, err := server.(Runner).Supports(ctx, spec.Value)
	return wrapperspb.Bool(yes), err
}

// GRPCClient returns the Runner at the other end.
func (Plugin) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, connection *grpc.ClientConn) (any, error) {
	return client{connection}, nil
}

type client struct{ connection *grpc.ClientConn }

// Supports asks the plugin.
func (c client) Supports(ctx context.Context, spec []byte) (bool, error) {
	var answer wrapperspb.BoolValue
	err := c.connection.Invoke(ctx, "/"+serviceName+"/"+method, wrapperspb.Bytes(spec), &answer)
	return answer.Value, err
}

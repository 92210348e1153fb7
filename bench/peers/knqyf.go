package peers

import (
	"context"
	"os"
	"path/filepath"

	"github.com/soltihq/soltiwasm/bench/guests/knqyf"
	"github.com/soltihq/soltiwasm/bench/rows"
	"github.com/soltihq/soltiwasm/task"
)

// openKnqyf opens a plugin of knqyf263/go-plugin: the spec goes as a message, to a guest in Go.
func openKnqyf(b *rows.Bench) (*peer, error) {
	const name = "knqyf263/go-plugin"
	guest, err := b.GoGuest("./guests/knqyf/guest")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(b.Temp, "knqyf.wasm")
	if err := os.WriteFile(path, guest, 0o644); err != nil {
		return nil, err
	}
	ctx := context.Background()
	loader, err := knqyf.NewRunnerPlugin(ctx)
	if err != nil {
		return nil, opening(name, err)
	}
	plugin, err := loader.Load(ctx, path)
	if err != nil {
		return nil, opening(name, err)
	}
	spec := message(rows.Payload())
	return &peer{
		name: name, atLeast: 1000, close: func() error { return plugin.Close(ctx) },
		ask: func() error {
			answer, err := plugin.Supports(ctx, spec)
			return answered(answer.GetSupports(), err)
		},
	}, nil
}

// message is the spec as the plugin's service has it.
func message(spec task.Spec) *knqyf.Spec {
	m := &knqyf.Spec{Slot: spec.Slot, Labels: spec.Labels, Timeout: spec.Timeout.Milliseconds(), Env: map[string]string{}}
	if kind, ok := spec.Kind.(task.Subprocess); ok {
		m.Command, m.Args = kind.Command.Command, kind.Command.Args
		for _, v := range kind.Env {
			m.Env[v.Key] = v.Value
		}
	}
	return m
}

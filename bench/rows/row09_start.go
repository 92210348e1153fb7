package rows

import (
	"context"
	"errors"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/soltihq/soltiwasm/registry"
)

// start runs a Go guest's empty run, for which an instance is made each time, through the registry, and does the same on
// a plain wazero: instantiate, _initialize, run, close.
func start(b *Bench) (_ []Result, err error) {
	guest, err := b.GoGuest("./guests/gojson")
	if err != nil {
		return nil, err
	}
	plain, runtime, err := plainRun(guest)
	if err != nil {
		return nil, err
	}
	defer closing(&err, runtime.Close)
	runners, err := b.Load(guest)
	if err != nil {
		return nil, err
	}
	defer closing(&err, runners.Close)
	doc, err := Document(Payload())
	if err != nil {
		return nil, err
	}
	run := func() error {
		_, err := runners.Runners[0].Run(context.Background(), doc, doc, time.Minute, registry.Output{})
		return err
	}
	s, err := b.Method.Long().Run(Subject("plain wazero", plain), Subject("registry", run))
	if err != nil {
		return nil, err
	}
	ratio := s.Ratio("registry", "plain wazero")
	return []Result{
		{"against plain wazero", atMost(0.4, Times), ratio, Note(s, "registry", "plain wazero")},
		{"the same, as far as one would like", atMost(0.15, Times), ratio, nil},
	}, nil
}

// plainRun makes a function that runs the guest in a new instance.
func plainRun(guest []byte) (func() error, wazero.Runtime, error) {
	ctx := context.Background()
	runtime := wazero.NewRuntime(ctx)
	_, err := wasi_snapshot_preview1.Instantiate(ctx, runtime)
	if err == nil {
		err = LendNothing(ctx, runtime)
	}
	var compiled wazero.CompiledModule
	if err == nil {
		compiled, err = runtime.CompileModule(ctx, guest)
	}
	if err != nil {
		return nil, nil, errors.Join(err, runtime.Close(ctx))
	}
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize")
	return func() error {
		module, err := runtime.InstantiateModule(ctx, compiled, config)
		if err != nil {
			return err
		}
		_, err = module.ExportedFunction("run").Call(ctx)
		return errors.Join(err, module.Close(ctx))
	}, runtime, nil
}

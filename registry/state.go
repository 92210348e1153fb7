package registry

import (
	"context"
	"errors"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/sandbox"
)

// state is what _initialize made of an instance, for others to begin with. By the ABI it makes the same of each: its time
// and randomness are the same in each, it has no arguments and no environment, and whatever else it may ask of the host
// traps. Only what it logged would be missing.
type state struct {
	memory  engine.Image
	globals []int64 // as sandbox.StateExport numbers them
	fuel    int64   // that _initialize used
}

// leastFuel is what _initialize has to use for its state to be kept, which takes memory: less is over in 15 µs, the time
// that making an instance takes anyway.
const leastFuel = 200_000

// mostMemory bounds what the memory of a state may hold. Memory that begins with an image has no huge pages, and copying
// each page when it is first written to is time that the meter doesn't see: some 4.5 ms for all of this.
const mostMemory = 6 << 20

// remember keeps the state of an instance that was just started, if it is the second: many a process needs only one. A
// module whose state isn't kept starts each time.
func (l *live) remember(in *instance) error {
	fuel := in.host.FuelGiven() - in.fuel.Get()
	if l.started.Add(1) != 2 || fuel < leastFuel || in.Memory().Size() > mostMemory || in.host.Logged() {
		return nil
	}
	s, err := capture(in, fuel)
	if err == nil {
		l.state.Store(s)
	} else if errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return err
}

// capture returns the state of an instance between calls. The error is [errors.ErrUnsupported] where the instance or the
// engine is of a kind of which it can't be had.
func capture(in *instance, fuel int64) (*state, error) {
	globals := stateGlobals(in)
	if len(globals) == 0 {
		return nil, errors.ErrUnsupported
	}
	memory, err := in.Image()
	if err != nil {
		return nil, err
	}
	s := &state{memory: memory, fuel: fuel}
	for _, g := range globals {
		s.globals = append(s.globals, g.Get())
	}
	return s, nil
}

// stateGlobals are the globals that belong to an instance's state; none if there is more to it than memory and globals.
func stateGlobals(in engine.Instance) (all []engine.Global) {
	for {
		g := in.Global(sandbox.StateExport(len(all)))
		if g == nil {
			return all
		}
		all = append(all, g)
	}
}

// resume makes an instance that begins with the state. Nothing of the guest runs.
func (r *Runner) resume(ctx context.Context, l *live, s *state) (*instance, error) {
	host := hostfuncs.NewInstance(&l.lent)
	in, err := l.code.Instantiate(ctx, engine.InstanceConfig{Host: host, Memory: uint64(r.memory), Image: s.memory})
	if err != nil {
		return nil, err
	}
	for n, g := range stateGlobals(in) {
		g.Set(s.globals[n])
	}
	made := &instance{Instance: in, host: host, fuel: in.Global(sandbox.FuelExport)}
	r.used(made, abi.PhaseStart, made.fuel.Get()+s.fuel) // the same as when it was started
	return made, nil
}

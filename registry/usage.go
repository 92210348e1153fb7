package registry

import "github.com/soltihq/soltiwasm/abi"

// Usage is what one call into a guest used.
type Usage struct {
	Module string    // the file's base name
	Phase  abi.Phase // says which function was called; PhaseStart is the start section and _initialize together
	// Fuel is in the units of the meter. The same call of an instance in the same state uses the same fuel on every
	// machine, for one sandbox.MeterVersion; time spent in host functions is not in it. An instance that begins with what
	// _initialize left in another has used what that did.
	Fuel int64
}

// used tells the observer of a call that has ended, before which the instance had so much fuel.
func (r *Runner) used(in *instance, phase abi.Phase, before int64) {
	if observe := r.registry.config.Observe; observe != nil {
		observe(Usage{Module: r.module, Phase: phase, Fuel: before + in.host.FuelGiven() - in.fuel.Get()})
	}
}

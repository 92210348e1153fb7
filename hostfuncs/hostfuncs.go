// Package hostfuncs is what the host lends a guest: the functions of the import modules "solti" and
// "wasi_snapshot_preview1", as engine-neutral values, with the rules of docs/abi.md on phases, ranges, limits and time.
//
// [Functions] lists them all, and [Command] those of a WASI command, which is run by package run/wasi; an engine's runtime
// is opened with such a list. What belongs to one runner is a [Runner].
// Each of its instances gets an [Instance] as its engine.InstanceConfig.Host, and the host brackets every call into the
// guest, the start section included, with [Instance.Begin] and [Instance.End].
//
// Everything from a guest is hostile. Ranges are checked before they are read, sizes are bounded before anything is
// copied, and no slice of guest memory outlives the call that read it. Each function charges the phase's time budget
// by the work it does, so that neither a flood of calls nor one huge call outlives its deadline.
package hostfuncs

import (
	"context"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine"
)

// Functions returns every host function, in the order of [abi.Imports] and [abi.WASI], with their types. The functions
// keep no state of their own: all of it is in the [Instance] that an engine hands them. A function fails, which traps
// the guest, with a *[Fault], *[TextError], *[PhaseError], *[LimitError], *[ExitError] or *[InterruptError].
func Functions() []engine.HostFunc {
	bodies := map[string]Body{}
	for _, r := range soltiRows() {
		bodies[abi.ModuleSolti+"."+r.name] = r.body
	}
	for _, r := range wasiRows() {
		bodies[abi.ModuleWASI+"."+r.name] = r.body
	}
	return bindAll(append(abi.Imports(), abi.WASI()...), bodies)
}

// Command returns the functions for a WASI command, which are those of [abi.WASI] alone: with the given bodies, by the
// functions' names, in place of the ones that runners get. A body returns nil for success or an [Errno]; any other error
// traps. It finds what it works on in [Frame.State]. Such a command is in the phase run.
func Command(own map[string]Body) []engine.HostFunc {
	bodies := map[string]Body{}
	for _, r := range wasiRows() {
		bodies[abi.ModuleWASI+"."+r.name] = r.body
	}
	for name, body := range own {
		bodies[abi.ModuleWASI+"."+name] = wasi(body)
	}
	return bindAll(abi.WASI(), bodies)
}

func bindAll(list []abi.Func, bodies map[string]Body) []engine.HostFunc {
	funcs := make([]engine.HostFunc, len(list))
	for n, f := range list {
		funcs[n] = bind(f, bodies[f.Module+"."+f.Name])
	}
	return funcs
}

// Body is the work of one host function.
type Body func(*Frame) error

// row names the body of one function; its type and phases are in package abi.
type row struct {
	name string
	body Body
}

func soltiRows() []row {
	return []row{
		{"spec_get", specGet},
		{"config_get", configGet},
		{"task_get", taskGet},
		{"env_get", envGet},
		{"reply", reply},
		{"log", logRecord},
		{"metric_add", metricAdd},
		{"metric_set", metricSet},
		{"metric_observe", metricObserve},
	}
}

// bind puts the checks that every function shares before its body: whose instance it is, the phase, the memory, and
// the time budget.
func bind(f abi.Func, work Body) engine.HostFunc {
	name, phases := f.Name, f.Phases
	return engine.HostFunc{Module: f.Module, Name: f.Name, Type: f.Type,
		Fn: func(ctx context.Context, host any, memory engine.Memory, stack []uint64) error {
			i, ok := host.(*Instance)
			if !ok {
				return faultf(name, "the engine handed over a host value of type %T, expected %T", host, i)
			}
			if phases&i.phase == 0 {
				return &PhaseError{Function: name, Phase: i.phase, Allowed: phases}
			}
			if memory == nil {
				return faultf(name, "the instance has no memory")
			}
			if err := i.spend(ctx, name, callUnits); err != nil {
				return err
			}
			// Field by field: a Frame made first and copied then would take longer than all the rest.
			f := &i.frame
			f.ctx, f.host, f.memory, f.function, f.stack = ctx, i, memory, name, stack
			return work(f)
		}}
}

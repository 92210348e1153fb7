package registry_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/sandbox"
)

// TestFuelIsDeterministic: whatever an instance was used for before, and wherever its quanta end, the same call uses
// the same fuel.
func TestFuelIsDeterministic(t *testing.T) {
	var used map[abi.Phase][]int64
	config := registry.Config{Observe: func(u registry.Usage) {
		if u.Module != "counts.wasm" {
			t.Errorf("a call into %s", u.Module)
		}
		used[u.Phase] = append(used[u.Phase], u.Fuel)
	}}
	var before map[abi.Phase][]int64
	for range 2 {
		used = map[abi.Phase][]int64{}
		r := newBenchWith(t, config, "counts").one(t)
		for range 5 {
			_, err := r.Supports(t.Context(), spec(t), nil)
			check(t, err)
			_, err = r.Build(t.Context(), spec(t))
			check(t, err)
			_, err = r.Run(t.Context(), spec(t), spec(t), time.Minute, registry.Output{})
			check(t, err)
		}
		for phase, least := range map[abi.Phase]int64{
			abi.PhaseStart: 50_000, abi.PhaseName: 1, abi.PhaseSupports: 20_000, abi.PhaseBuild: 70_000, abi.PhaseRun: 200_000,
		} {
			if different := slices.Compact(slices.Clone(used[phase])); len(different) != 1 || different[0] < least {
				t.Errorf("%s used %v, want one figure of at least %d", phase, used[phase], least)
			}
		}
		if before != nil && !maps.EqualFunc(used, before, slices.Equal) {
			t.Errorf("the first time %v, the second %v", before, used)
		}
		before = used
	}
}

// TestFuelOfWhatNeverEnds: a call that its deadline ends has used at least the fuel that it was given and used up.
func TestFuelOfWhatNeverEnds(t *testing.T) {
	var last registry.Usage
	limits := abi.Limits{Build: 50 * time.Millisecond}
	b := newBenchWith(t, registry.Config{Limits: limits, Observe: func(u registry.Usage) { last = u }}, "loop-build")
	if _, err := b.one(t).Build(t.Context(), spec(t)); err == nil {
		t.Fatal("it ended")
	}
	if last.Phase != abi.PhaseBuild || last.Fuel <= sandbox.Quantum {
		t.Errorf("observed %+v", last)
	}
}

package guesttest

import (
	"errors"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/guest"
)

// CheckTask is what Host.Build does with a reply.
func CheckTask(t *testing.T, reply, spec string) error {
	t.Helper()
	document, err := parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	return checkTask(reply, document)
}

// TestPhases calls every host function in every phase.
func TestPhases(t *testing.T) {
	functions := map[string]func(*fake){
		"spec_get":       func(f *fake) { f.Get(guest.SourceSpec, "", nil) },
		"config_get":     func(f *fake) { f.Get(guest.SourceConfig, "", nil) },
		"task_get":       func(f *fake) { f.Get(guest.SourceTask, "", nil) },
		"env_get":        func(f *fake) { f.Get(guest.SourceEnv, "A", nil) },
		"reply":          func(f *fake) { f.Reply(nil) },
		"log":            func(f *fake) { f.Log(guest.LevelInfo, "") },
		"metric_add":     func(f *fake) { f.Metric(guest.CounterMetric, "c", nil, 1) },
		"metric_set":     func(f *fake) { f.Metric(guest.GaugeMetric, "g", nil, 1) },
		"metric_observe": func(f *fake) { f.Metric(guest.HistogramMetric, "h", nil, 1) },
	}
	for _, in := range abi.Imports() {
		function := functions[in.Name]
		if function == nil {
			t.Fatalf("no test of %s", in.Name)
		}
		for _, phase := range []abi.Phase{abi.PhaseName, abi.PhaseSupports, abi.PhaseBuild, abi.PhaseRun} {
			f := &fake{phase: phase}
			err := f.call(func() { function(f) })
			var trap *Trap
			if trapped := errors.As(err, &trap); trapped == (in.Phases&phase != 0) {
				t.Errorf("%s in %s: %v", in.Name, phase, err)
			}
			if trap != nil && (trap.Function != in.Name || trap.Phase != phase) {
				t.Errorf("%s in %s: the error is about %s in %s", in.Name, phase, trap.Function, trap.Phase)
			}
		}
	}
}

package registry_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/registry"
)

// runs carries out run so many times, each of which has to reply want.
func runs(t *testing.T, r *registry.Runner, times int, want string) {
	t.Helper()
	for n := range times {
		ended, err := r.Run(t.Context(), spec(t), spec(t), time.Minute, registry.Output{})
		if err != nil || ended.Text != want {
			t.Errorf("run %d: %q, %v; want %q", n, ended.Text, err, want)
		}
	}
}

// TestEachRunBeginsAsTheFirst: whatever runs and other calls have left in their instances, a run finds what _initialize
// leaves.
func TestEachRunBeginsAsTheFirst(t *testing.T) {
	for fixture, want := range map[string]string{"initializes": "AAA", "initializes-table": "ok", "initializes-log": "ok"} {
		t.Run(fixture, func(t *testing.T) {
			r := newBench(t, fixture).one(t)
			for range 3 {
				if _, err := r.Supports(t.Context(), spec(t), nil); err != nil {
					t.Error(err)
				}
				if _, err := r.Build(t.Context(), spec(t)); err != nil {
					t.Error(err)
				}
				runs(t, r, 3, want)
			}
		})
	}
}

func TestRunsBeginAsTheFirstSideBySide(t *testing.T) {
	r := newBench(t, "initializes").one(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { runs(t, r, 25, "AAA") })
	}
	all.Wait()
}

// TestInitializeLogsEachTime: a start that logs is not left out.
func TestInitializeLogsEachTime(t *testing.T) {
	var log bytes.Buffer
	r := newBenchWith(t, registry.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))}, "initializes-log").one(t)
	runs(t, r, 5, "ok")
	if n := strings.Count(log.String(), "begun"); n != 1+5 {
		t.Errorf("%d instances logged, want the runner's own and 5", n)
	}
}

// TestStartIsCountedEachTime: an observer sees the start of each instance, with the same fuel, whether or not it ran.
func TestStartIsCountedEachTime(t *testing.T) {
	var starts []int64
	config := registry.Config{Observe: func(u registry.Usage) {
		if u.Phase == abi.PhaseStart {
			starts = append(starts, u.Fuel)
		}
	}}
	runs(t, newBenchWith(t, config, "initializes").one(t), 5, "AAA")
	if len(starts) != 1+5 {
		t.Fatalf("starts used %v", starts)
	}
	for _, fuel := range starts {
		if fuel != starts[0] || fuel < 100_000 {
			t.Errorf("starts used %v", starts)
			break
		}
	}
}

// countingRuntime is an engine that counts starts. It may refuse images, and lie about the size of memories.
type countingRuntime struct {
	engine.Runtime
	refusal error
	size    uint64 // of memories, unless it is 0
	started *int
}

type countingModule struct {
	engine.Module
	countingRuntime
}

type countingInstance struct {
	engine.Instance
	countingRuntime
}

func (r countingRuntime) Compile(ctx context.Context, wasm []byte) (engine.Module, error) {
	m, err := r.Runtime.Compile(ctx, wasm)
	return countingModule{m, r}, err
}

func (m countingModule) Instantiate(ctx context.Context, config engine.InstanceConfig) (engine.Instance, error) {
	in, err := m.Module.Instantiate(ctx, config)
	return countingInstance{in, m.countingRuntime}, err
}

func (in countingInstance) Func(name string) engine.Func {
	if name == abi.ExportInitialize {
		*in.started++
	}
	return in.Instance.Func(name)
}

func (in countingInstance) Image() (engine.Image, error) {
	if in.refusal != nil {
		return nil, in.refusal
	}
	return in.Instance.Image()
}

func (in countingInstance) Memory() engine.Memory {
	if in.size == 0 {
		return in.Instance.Memory()
	}
	return sizedMemory{in.Instance.Memory(), in.size}
}

type sizedMemory struct {
	engine.Memory
	size uint64
}

func (m sizedMemory) Size() uint64 { return m.size }

// TestWhoIsStarted: _initialize runs twice at most, unless its state can't be kept.
func TestWhoIsStarted(t *testing.T) {
	twice := 2
	if runtime.GOOS != "linux" { // where images are kept
		twice = 6
	}
	for _, test := range []struct {
		fixture  string
		refusal  error
		size     uint64
		starts   int
		warnings int
	}{
		{"initializes", nil, 6 << 20, twice, 0},
		{"initializes", nil, 6<<20 + 1<<16, 6, 0},
		{"initializes", errors.ErrUnsupported, 0, 6, 0},
		{"initializes", errors.New("no memory"), 0, 6, 1},
		{"initializes-table", nil, 0, 6, 0},
		{"initializes-log", nil, 0, 6, 0},
		{"ok", nil, 0, 6, 0}, // there is nothing to be won
	} {
		var log bytes.Buffer
		counting := countingRuntime{newRuntime(t), test.refusal, test.size, new(int)}
		config := registry.Config{Engine: counting, Logger: slog.New(slog.NewTextHandler(&log, nil))}
		r := newBenchWith(t, config, test.fixture).one(t)
		for range 5 {
			if _, err := r.Run(t.Context(), spec(t), spec(t), time.Minute, registry.Output{}); err != nil {
				t.Error(err)
			}
		}
		if *counting.started != test.starts {
			t.Errorf("%+v: %d instances were started", test, *counting.started)
		}
		if n := strings.Count(log.String(), "level=WARN"); n != test.warnings {
			t.Errorf("%+v: %d warnings: %s", test, n, log.String())
		}
	}
}

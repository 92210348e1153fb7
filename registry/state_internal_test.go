package registry

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/metrics"
)

// TestStateIsTheSameToTheBit starts two instances of each module and makes a third of the second's state: all three are the
// same to the bit, and the first and the third do the same ever after. The modules are written in Go, C, Rust,
// AssemblyScript and by hand; one in AssemblyScript has a start section, and begins anew each time.
func TestStateIsTheSameToTheBit(t *testing.T) {
	if goruntime.GOOS != "linux" {
		t.Skip("images are kept on Linux only")
	}
	var modules []string
	for _, pattern := range []string{
		"testdata/modules/*.wasm", "guest/conformance/testdata/*.wasm", "guest/examples/testdata/*.wasm", "bench/guests/lazy.wasm",
		"testdata/fixtures/initializes.wasm", "testdata/fixtures/initializes-table.wasm",
	} {
		found, err := filepath.Glob("../" + pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v, %v", pattern, found, err)
		}
		modules = append(modules, found...)
	}
	without := []string{"assemblyscript.wasm", "http-probe.wasm", "initializes-table.wasm", "notify.wasm"}
	for _, path := range modules {
		t.Run(filepath.Base(path), func(t *testing.T) {
			r := loadOne(t, path)
			kept := compareStates(t, r)
			if want := !slices.Contains(without, filepath.Base(path)); kept != want {
				t.Errorf("its state can be had: %t, want %t", kept, want)
			}
		})
	}
}

// loadOne loads a module.
func loadOne(t *testing.T, path string) *Runner {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.wasm"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	runtime, err := wazero.Engine{}.Open(t.Context(), append(hostfuncs.Functions(), hostfuncs.Meter()))
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(t.Context(), Config{
		Dirs: []string{dir}, Engine: runtime, Limits: abi.DefaultLimits(), Logger: slog.New(slog.DiscardHandler),
		Now:  func() time.Time { return time.Unix(0, 0) }, // how long a quantum takes decides about the next one
		Rand: rand.Reader, Metrics: metrics.NoOp{}, Guests: metrics.NewGuests(metrics.NoOp{}),
	}).Load(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Close(context.Background()), runtime.Close(context.Background())); err != nil {
			t.Error(err)
		}
	})
	if len(s.Runners) != 1 {
		t.Fatal(s.Rejected[0])
	}
	return s.Runners[0]
}

// compareStates reports whether there was a state to compare.
func compareStates(t *testing.T, r *Runner) bool {
	ctx := t.Context()
	l, err := r.awake(ctx)
	if err != nil {
		t.Fatal(err)
	}
	start := func() *instance {
		in, err := r.initialize(ctx, l)
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	first, second := start(), start()
	s, err := capture(second, 0)
	if errors.Is(err, errors.ErrUnsupported) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	third, err := r.resume(ctx, l, s)
	if err != nil {
		t.Fatal(err)
	}
	sameState(t, "start", first, second)
	sameState(t, "resume", first, third)
	for _, export := range []string{abi.ExportName, abi.ExportSupports, abi.ExportBuild, abi.ExportBuild, abi.ExportSupports} {
		started, resumed := outcomeOf(t, r, first, export), outcomeOf(t, r, third, export)
		if started != resumed {
			t.Errorf("%s: started %+v, resumed %+v", export, started, resumed)
		}
		sameState(t, export, first, third)
	}
	for _, in := range []*instance{first, second, third} {
		if err := in.Close(ctx); err != nil {
			t.Error(err)
		}
	}
	return true
}

// outcome of a call that has to be the same.
type callOutcome struct {
	result int32
	reply  string
	fuel   int64
}

func outcomeOf(t *testing.T, r *Runner, in *instance, export string) callOutcome {
	t.Helper()
	phase := map[string]abi.Phase{abi.ExportName: abi.PhaseName, abi.ExportSupports: abi.PhaseSupports, abi.ExportBuild: abi.PhaseBuild}[export]
	before := in.fuel.Get()
	result, err := r.call(t.Context(), in, in.Func(export), phase,
		&hostfuncs.Call{Limit: time.Minute, Spec: document.NewIndex(document.NewObject())})
	if err != nil {
		t.Fatalf("%s: %v", export, err)
	}
	reply, _ := in.host.Reply()
	return callOutcome{result, string(reply), before + in.host.FuelGiven() - in.fuel.Get()}
}

// sameState compares the memory and all mutable globals of two instances.
func sameState(t *testing.T, when string, a, b *instance) {
	t.Helper()
	x, _ := a.Memory().View(0, uint32(a.Memory().Size()))
	y, _ := b.Memory().View(0, uint32(b.Memory().Size()))
	if !bytes.Equal(x, y) {
		t.Errorf("after %s: memories of %d and %d bytes differ", when, len(x), len(y))
	}
	one, other := stateGlobals(a), stateGlobals(b)
	if len(one) != len(other) {
		t.Fatalf("after %s: %d and %d globals", when, len(one), len(other))
	}
	for n := range one {
		if one[n].Get() != other[n].Get() {
			t.Errorf("after %s: global %d is %#x and %#x", when, n, one[n].Get(), other[n].Get())
		}
	}
}

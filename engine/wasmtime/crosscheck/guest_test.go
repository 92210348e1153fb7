package crosscheck_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/wasmtime/crosscheck"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/sandbox"
)

// subject drives modules as the registry does.
type subject struct {
	runtime engine.Runtime
	limits  sandbox.Limits
	specs   []*document.Index
	calls   int
}

func newSubject(t *testing.T, e engine.Engine, limits sandbox.Limits) *subject {
	t.Helper()
	r, err := e.Open(t.Context(), append(hostfuncs.Functions(), hostfuncs.Meter()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	s := &subject{runtime: r, limits: limits}
	for _, text := range []string{
		`{"slot":"s","kind":{"subprocess":{"mode":{"command":{"command":"echo","args":["a","b"]}}}},"timeout":5000}`,
		`{"slot":"s","kind":{"http-probe":{"url":"https://example.com/x","responses":[{"status":200,"body":"up","elapsedMs":4}]}},"timeout":5000}`,
		`{"slot":"é","kind":{"hello":{"name":"you","times":3}},"labels":{"a":"b"},"timeout":1}`,
	} {
		node, err := document.ParseJSON([]byte(text), document.Bounds{})
		if err != nil {
			t.Fatal(err)
		}
		s.specs = append(s.specs, document.NewIndex(node))
	}
	return s
}

func (s *subject) wantCalls(t *testing.T, n int) {
	t.Helper()
	if s.calls < n && !t.Failed() {
		t.Errorf("only %d calls were compared", s.calls)
	}
	t.Logf("%d calls were compared", s.calls)
}

// file drives the module of a file, if it is admitted.
func (s *subject) file(t *testing.T, path string) {
	p := admitted(t, path, s.limits)
	if p == nil {
		return
	}
	m, err := s.runtime.Compile(t.Context(), p.Wasm)
	if hasLongNames(p.Module) {
		var d *crosscheck.Difference
		if !errors.As(err, &d) || !strings.Contains(d.Error(), "string size out of bounds") {
			t.Errorf("compiling a module with names of more than %d bytes: %v, want a difference", maxName, err)
		}
		return
	}
	if !agreed(t, "compiling", err) || err != nil {
		return
	}
	defer m.Close(t.Context())
	backend := metrics.NewMemory()
	g := &guest{subject: s, module: m, memory: uint64(p.Memory), lent: hostfuncs.Runner{
		Config:  document.NewIndex(document.NewObject()),
		Env:     hostfuncs.NewEnvironment(nil, []string{"*"}),
		Metrics: metrics.NewGuests(backend).Emitter("r", 200, nil),
		Limits:  abi.DefaultLimits(),
		Now:     time.Now,
		Rand:    rand.NewChaCha8([32]byte{1}),
	}}
	defer g.close(t)
	g.call(t, abi.ExportName, abi.PhaseName, hostfuncs.Call{})
	for _, spec := range s.specs {
		g.call(t, abi.ExportSupports, abi.PhaseSupports, hostfuncs.Call{Spec: spec})
		g.call(t, abi.ExportBuild, abi.PhaseBuild, hostfuncs.Call{Spec: spec})
		g.run(t, spec)
	}
}

// admitted is the metered module of a file, or nil if it isn't admitted or takes long to compile.
func admitted(t testing.TB, path string, limits sandbox.Limits) *sandbox.Protected {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil || info.Size() > abi.DefaultLimits().File {
		return nil
	}
	wasm, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	p, err := sandbox.Protect(wasm, limits)
	if err != nil || p.Module.Score > maxScore {
		return nil
	}
	return p
}

// maxName is the length of names up to which Wasmtime takes them. It is the one known difference in what compiles.
const maxName = 100_000

func hasLongNames(m *sandbox.Module) bool {
	for _, i := range m.Imports {
		if len(i.Module) > maxName || len(i.Name) > maxName {
			return true
		}
	}
	for _, e := range m.Exports {
		if len(e.Name) > maxName {
			return true
		}
	}
	return false
}

// guest is a module with the instance that is called until it traps.
type guest struct {
	*subject
	module engine.Module
	memory uint64
	lent   hostfuncs.Runner
	host   *hostfuncs.Instance
	in     engine.Instance // nil when there is none
	failed int             // calls that ended in an error
}

// maxFailures is after how many failed calls a module is given up, most of which are cut off.
const maxFailures = 3

// call calls an export, in a fresh instance if there is none.
func (g *guest) call(t *testing.T, export string, phase abi.Phase, c hostfuncs.Call) {
	t.Helper()
	if g.failed >= maxFailures || g.in == nil && !g.instantiate(t) {
		return
	}
	f := g.in.Func(export)
	if f == nil {
		return
	}
	g.in.Global(sandbox.FuelExport) // from now on it is compared
	if err := g.bracket(t, phase, c, func() error { _, err := f.Call(t.Context()); return err }); !agreed(t, export, err) || err != nil {
		g.close(t)
	}
}

// run carries out what build replied, if it is JSON, in an instance of its own.
func (g *guest) run(t *testing.T, spec *document.Index) {
	t.Helper()
	if g.host == nil {
		return
	}
	reply, _ := g.host.Reply()
	node, err := document.ParseJSON(reply, document.Bounds{})
	if err != nil {
		return
	}
	g.close(t)
	g.call(t, abi.ExportRun, abi.PhaseRun, hostfuncs.Call{Spec: spec, Task: document.NewIndex(node), Stdout: io.Discard, Stderr: io.Discard})
	g.close(t)
}

func (g *guest) instantiate(t *testing.T) bool {
	t.Helper()
	g.host = hostfuncs.NewInstance(&g.lent)
	err := g.bracket(t, abi.PhaseStart, hostfuncs.Call{}, func() (err error) {
		g.in, err = g.module.Instantiate(t.Context(), engine.InstanceConfig{Host: g.host, Memory: g.memory})
		return err
	})
	if !agreed(t, "instantiating", err) || err != nil {
		return false
	}
	if f := g.in.Func(abi.ExportInitialize); f != nil {
		err = g.bracket(t, abi.PhaseStart, hostfuncs.Call{}, func() error { _, err := f.Call(t.Context()); return err })
	}
	if !agreed(t, abi.ExportInitialize, err) || err != nil {
		g.close(t)
		return false
	}
	return true
}

// bracket does something with the guest in a phase, for as long as the time limit allows.
func (g *guest) bracket(t *testing.T, phase abi.Phase, c hostfuncs.Call, do func() error) error {
	c.Deadline = time.Now().Add(timeLimit)
	g.host.Begin(phase, &c)
	defer g.host.End(t.Context())
	g.calls++
	err := do()
	if err != nil {
		g.failed++
	}
	return err
}

func (g *guest) close(t *testing.T) {
	if g.in != nil {
		if err := g.in.Close(context.Background()); err != nil {
			t.Error(err)
		}
		g.in = nil
	}
}

// agreed fails the test if an error shows a difference.
func agreed(t *testing.T, what string, err error) bool {
	t.Helper()
	var d *crosscheck.Difference
	if errors.As(err, &d) {
		t.Errorf("%s: %v", what, d)
		return false
	}
	return true
}

// Package conformance holds the SDKs to one set of cases: the same specs in, the same answers, tasks, metrics and logs
// out, by way of the real registry. Each SDK's folder has the source of its runner. The modules in testdata are
// built from them by build.sh; the one in Go is built by the test.
package conformance_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/task"
)

var update = flag.Bool("update", false, "rewrite what the cases want with what the SDK for C does, the first one")

// testCase is one file of testdata/cases.
type testCase struct {
	Spec    json.RawMessage   `json:"spec"`
	Sidecar json.RawMessage   `json:"sidecar,omitempty"` // JSON is YAML
	Env     map[string]string `json:"env,omitempty"`
	Want    outcome           `json:"want"`
}

// outcome is everything that a host sees of a runner.
type outcome struct {
	Supports bool            `json:"supports"`
	Task     json.RawMessage `json:"task,omitempty"`
	Build    string          `json:"build,omitempty"` // the error's code, and the message if it is the runner's
	Run      string          `json:"run,omitempty"`   // the same, or the result
	Output   string          `json:"output,omitempty"`
	Logs     []string        `json:"logs"`
	Metrics  []string        `json:"metrics"`
}

func TestConformance(t *testing.T) {
	cache, err := engine.OpenCache(filepath.Join(t.TempDir(), "cache"), 1<<30) // each case loads its module anew
	if err != nil {
		t.Fatal(err)
	}
	runtime, err := wazero.Engine{Cache: cache}.Open(t.Context(), append(hostfuncs.Functions(), hostfuncs.Meter()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(runtime.Close(context.Background()), cache.Close()); err != nil {
			t.Error(err)
		}
	})
	files, err := filepath.Glob("testdata/cases/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d cases, %v", len(files), err)
	}
	for _, sdk := range []string{"c", "assemblyscript", "rust", "go"} {
		t.Run(sdk, func(t *testing.T) {
			module := moduleOf(t, sdk)
			for _, file := range files {
				t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) { check(t, runtime, module, file) })
			}
		})
		*update = false
	}
}

// moduleOf is the path of an SDK's conformance runner.
func moduleOf(t *testing.T, sdk string) string {
	if sdk != "go" {
		return filepath.Join("testdata", sdk+".wasm")
	}
	if testing.Short() {
		t.Skip("builds a module with the go command, and compiles it")
	}
	module := filepath.Join(t.TempDir(), "go.wasm")
	cmd := exec.Command("go", "build", "-buildmode=c-shared", "-trimpath", "-ldflags=-s -w", "-o", module, "./go")
	cmd.Env = append(cmd.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return module
}

// check compares what a runner does with what a case wants.
func check(t *testing.T, runtime engine.Runtime, module, file string) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var c testCase
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		t.Fatal(err)
	}
	got := newBench(t, runtime, module, c).outcome(t, parse(t, c.Spec))
	if *update {
		c.Want = got
		if err := os.WriteFile(file, []byte(show(t, c)+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, want := show(t, got), show(t, c.Want); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func show(t *testing.T, v any) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}

func parse(t *testing.T, text []byte) *document.Node {
	t.Helper()
	root, err := document.ParseJSON(text, document.Bounds{Bytes: abi.MaxSpec, Depth: abi.MaxDepth})
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// bench is one runner in a registry of its own.
type bench struct {
	runner  *registry.Runner
	metrics *metrics.Memory
	logs    *lines
}

func newBench(t *testing.T, runtime engine.Runtime, module string, c testCase) *bench {
	t.Helper()
	dir := t.TempDir()
	wasm, err := os.ReadFile(module)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"runner.wasm": wasm, "runner.yaml": c.Sidecar} {
		if len(data) == 0 {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b := &bench{metrics: metrics.NewMemory(), logs: &lines{}}
	var env task.Env
	for key, value := range c.Env {
		env = append(env, task.Var{Key: key, Value: value})
	}
	r := registry.New(t.Context(), registry.Config{
		Dirs: []string{dir}, Engine: runtime, Limits: abi.DefaultLimits(), Env: env,
		Metrics: b.metrics, Guests: metrics.NewGuests(b.metrics), Logger: slog.New(b.logs), Now: time.Now, Rand: rand.Reader,
	})
	snapshot, err := r.Load(t.Context(), &registry.Snapshot{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := snapshot.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if len(snapshot.Runners) != 1 || snapshot.Runners[0].Name() != "conformance" {
		t.Fatalf("loaded %v, rejected %v", snapshot.Runners, snapshot.Rejected)
	}
	b.runner = snapshot.Runners[0]
	return b
}

// outcome asks the runner, lets it build, and runs the task if it is the runner's own.
func (b *bench) outcome(t *testing.T, root *document.Node) outcome {
	t.Helper()
	spec := document.NewIndex(root)
	var o outcome
	var err error
	if o.Supports, err = b.runner.Supports(t.Context(), spec, nil); err != nil {
		t.Fatal(err)
	}
	if o.Supports {
		b.build(t, spec, &o)
	}
	o.Logs = b.logs.take()
	o.Metrics = strings.Split(strings.TrimSpace(b.metrics.String()), "\n")
	return o
}

func (b *bench) build(t *testing.T, spec *document.Index, o *outcome) {
	t.Helper()
	built, err := b.runner.Build(t.Context(), spec)
	if err != nil {
		o.Build = words(t, err)
		return
	}
	node, err := registry.EncodeTask(built)
	if err != nil {
		t.Fatal(err)
	}
	o.Task = node.AppendJSON(nil)
	if built.Action.ActionName() != abi.ActionRun {
		return
	}
	node.Fields = append(node.Fields, document.NewField("runId", document.NewString("test-1")),
		document.NewField("attempt", document.NewInt(3)))
	var output bytes.Buffer
	// The timeout is a watchdog: a run takes milliseconds.
	ended, err := b.runner.Run(t.Context(), spec, document.NewIndex(node), time.Minute, registry.Output{Stdout: &output})
	o.Run, o.Output = ended.Text, output.String()
	if err != nil {
		o.Run = words(t, err)
	}
}

func words(t *testing.T, err error) string {
	t.Helper()
	var e *task.Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	if e.Code == task.CodeDenied || e.Code == task.CodeInvalidReply { // the host's own words, with paths and columns
		return string(e.Code)
	}
	return fmt.Sprintf("%s: %s", e.Code, e.Message)
}

// lines is a log as lines of text.
type lines struct {
	mu   sync.Mutex
	text []string
}

func (l *lines) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text
}

// Enabled is true for every level.
func (*lines) Enabled(context.Context, slog.Level) bool { return true }

// Handle keeps the level, the phase and the message.
func (l *lines) Handle(_ context.Context, r slog.Record) error {
	phase := ""
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "phase" {
			phase = a.Value.String()
		}
		return true
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, fmt.Sprintf("%s %s %s", phase, r.Level, r.Message))
	return nil
}

// WithAttrs returns l: the attributes that come with it are the same for all.
func (l *lines) WithAttrs([]slog.Attr) slog.Handler { return l }

// WithGroup returns l.
func (l *lines) WithGroup(string) slog.Handler { return l }

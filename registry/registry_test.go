package registry_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
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
	"github.com/soltihq/soltiwasm/taskfile"
)

const fixtures = "../testdata/fixtures"

// bench is a registry over a directory of the test's own.
type bench struct {
	*registry.Registry
	dir     string
	metrics *metrics.Memory
	now     func() time.Time
}

// newBench makes a registry over a directory with the named fixtures.
func newBench(t testing.TB, modules ...string) *bench {
	t.Helper()
	return newBenchWith(t, registry.Config{}, modules...)
}

func newBenchWith(t testing.TB, config registry.Config, modules ...string) *bench {
	t.Helper()
	if config.Engine == nil {
		config.Engine = newRuntime(t)
	}
	b := &bench{dir: t.TempDir(), metrics: metrics.NewMemory(), now: time.Now}
	config.Dirs = append([]string{b.dir}, config.Dirs...)
	config.Limits = registry.WithDefaultLimits(config.Limits)
	config.Metrics, config.Guests = b.metrics, metrics.NewGuests(b.metrics)
	config.Rand = rand.Reader
	config.Now = func() time.Time { return b.now() }
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	for _, m := range modules {
		b.add(t, m, m+".wasm")
	}
	b.Registry = registry.New(t.Context(), config)
	return b
}

func newRuntime(t testing.TB) engine.Runtime {
	t.Helper()
	runtime, err := wazero.Engine{}.Open(t.Context(), append(hostfuncs.Functions(), hostfuncs.Meter()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { check(t, runtime.Close(context.Background())) })
	return runtime
}

// add copies a fixture into the directory under a name.
func (b *bench) add(t testing.TB, fixture, name string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(fixtures, fixture+".wasm"))
	if err != nil {
		t.Fatal(err)
	}
	b.write(t, name, string(data))
}

func (b *bench) write(t testing.TB, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// load loads a snapshot that closes with the test.
func (b *bench) load(t testing.TB, old *registry.Snapshot) *registry.Snapshot {
	t.Helper()
	s, err := b.Load(t.Context(), old)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { check(t, s.Close(context.Background())) })
	return s
}

// one loads the directory, in which there is one good module.
func (b *bench) one(t testing.TB) *registry.Runner {
	t.Helper()
	s := b.load(t, &registry.Snapshot{})
	if len(s.Runners) != 1 {
		for _, r := range s.Rejected {
			t.Logf("%s: %s", r.Code, r.Reason)
		}
		t.Fatalf("%d runners, want 1", len(s.Runners))
	}
	return s.Runners[0]
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

// spec is a subprocess spec as guests see it, with a script at /kind/subprocess/mode/script/body.
func spec(t testing.TB) *document.Index {
	t.Helper()
	node, err := taskfile.Encode(task.Spec{Slot: "slot", Timeout: time.Second, Kind: task.Subprocess{
		Script: &task.Script{Runtime: task.Runtime{Name: "bash"}, Body: []byte("echo hello")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return document.NewIndex(node)
}

func codeOf(err error) task.Code {
	if te, ok := errors.AsType[*task.Error](err); ok {
		return te.Code
	}
	return ""
}

func TestRejections(t *testing.T) {
	tests := []struct {
		module string
		code   registry.Code
		reason string // part of it
	}{
		{"unknown-import", registry.CodeImport, "solti.spec_put"},
		{"unknown-import-module", registry.CodeImport, "env.abort"},
		{"unknown-wasi", registry.CodeImport, "fd_frobnicate"},
		{"wrong-import-type", registry.CodeImport, "expected (i32, i32, i32, i32) -> i32"},
		{"wrong-import-kind", registry.CodeImport, "as a global"},
		{"import-memory", registry.CodeImport, "memory"},
		{"missing-export-build", registry.CodeExport, "build of type () -> i32"},
		{"wrong-export-type", registry.CodeExport, "found () -> i64"},
		{"wrong-export-kind", registry.CodeExport, "found a global"},
		{"no-memory", registry.CodeExport, "memory"},
		{"command", registry.CodeExport, "reactor"},
		{"no-abi", registry.CodeABI, "solti_abi_v1"},
		{"abi-v2", registry.CodeABI, "solti_abi_v2"},
		{"bad-manifest", registry.CodeManifest, `did you mean "kinds"`},
		{"manifest-not-json", registry.CodeManifest, "line 1, column 1"},
		{"two-manifests", registry.CodeManifest, "2 custom sections"},
		{"memory64", registry.CodeMalformed, "64-bit"},
		{"threads", registry.CodeMalformed, "threads"},
		{"component", registry.CodeMalformed, "component"},
		{"version2", registry.CodeMalformed, "version"},
		{"truncated", registry.CodeMalformed, "bytes"},
		{"garbage", registry.CodeMalformed, `\0asm`},
		{"empty", registry.CodeMalformed, `\0asm`},
		{"invalid", registry.CodeMalformed, "supports"},
		{"big-memory", registry.CodeLimit, "--limit memory=…"},
		{"big-table", registry.CodeLimit, "100000"},
		{"bad-name", registry.CodeName, "-x"},
		{"long-name", registry.CodeName, "63"},
		{"no-name", registry.CodeName, "found none"},
		{"name-not-utf8", registry.CodeName, "UTF-8"},
		{"name-escape", registry.CodeName, `\x1b`},
		{"trap-name", registry.CodeName, "unreachable"},
		{"trap-start", registry.CodeStart, "unreachable"},
		{"trap-initialize", registry.CodeStart, "unreachable"},
		{"spec-in-initialize", registry.CodeStart, "spec_get"},
		{"loop-start", registry.CodeTimeout, "start of 250ms"},
		{"loop-initialize", registry.CodeTimeout, "start of 250ms"},
		{"loop-name", registry.CodeTimeout, "ask of 100ms"},
	}
	b := newBench(t, "ok")
	for _, tt := range tests {
		b.add(t, tt.module, tt.module+".wasm")
	}
	s := b.load(t, &registry.Snapshot{})
	if len(s.Runners) != 1 || s.Runners[0].Name() != "ok" {
		t.Errorf("the good module is not the only runner: %d", len(s.Runners))
	}
	rejected := map[string]*registry.Rejection{}
	for _, r := range s.Rejected {
		rejected[r.Module] = r
	}
	for _, tt := range tests {
		r := rejected[tt.module+".wasm"]
		switch {
		case r == nil:
			t.Errorf("%s was not rejected", tt.module)
		case r.Code != tt.code || !strings.Contains(r.Reason, tt.reason):
			t.Errorf("%s: %s, %q; want %s and %q", tt.module, r.Code, r.Reason, tt.code, tt.reason)
		case strings.ContainsAny(r.Reason, "\x1b\n"):
			t.Errorf("%s: the reason has control characters: %q", tt.module, r.Reason)
		}
	}
}

func TestBuild(t *testing.T) {
	tests := []struct {
		module string
		code   task.Code // "": it builds
		text   string    // part of the task's document, or of the error
	}{
		{"ok", "", `{"action":{"run":{}}`},
		{"empty-reply", "", `{"action":{"run":{}}}`},
		{"echo-env", "", `"X":"denied"`},
		{"echo-slot", "", `"slot":"slot"`},
		{"sleep-build", "", `"run"`},
		{"wasi-all", "", `"run"`},
		{"log-not-utf8", "", `"run"`},
		{"log-long", "", `"run"`},
		{"reply-escape", task.CodeInvalidReply, "one line"},
		{"status1", task.CodeUnsupportedKind, "unsupported task kind"},
		{"status2", task.CodeInvalidTaskSpec, "invalid specification"},
		{"status2-silent", task.CodeInvalidTaskSpec, "invalid specification"},
		{"status2-escape", task.CodeInvalidTaskSpec, `\x1b`},
		{"status3", task.CodeMissingField, "missing field"},
		{"status4", task.CodeInternal, "internal error"},
		{"status9", task.CodeGuestFault, "build returned 9"},
		{"grow-forever", task.CodeInternal, "internal error"},
		{"grow-table", task.CodeInternal, "internal error"},
		{"trap-build", task.CodeGuestFault, "unreachable"},
		{"exit-build", task.CodeGuestFault, "proc_exit"},
		{"recursion", task.CodeGuestFault, "stack overflow"},
		{"log-bad-level", task.CodeGuestFault, "log"},
		{"loop-build", task.CodeTimeout, "limit build of 1s"},
		{"reply-too-big", task.CodeInvalidReply, "reply=1MiB"},
		{"reply-not-utf8", task.CodeInvalidReply, "UTF-8"},
		{"reply-not-json", task.CodeInvalidReply, "column"},
		{"reply-not-object", task.CodeInvalidReply, "object"},
		{"reply-unknown-field", task.CodeInvalidReply, "unknown field"},
		{"reply-no-action", task.CodeInvalidReply, "action"},
		{"reply-two-actions", task.CodeInvalidReply, "exactly one"},
		{"reply-unknown-action", task.CodeInvalidReply, "unknown field"},
		{"reply-duplicate-key", task.CodeInvalidReply, "description"},
		{"reply-wrong-type", task.CodeInvalidReply, "args"},
		{"reply-bad-script", task.CodeInvalidReply, "script"},
		{"reply-deep", task.CodeInvalidReply, "64"},
		{"no-run", task.CodeInvalidReply, "no export run"},
		{"no-run-empty", task.CodeInvalidReply, "without a reply"},
		{"denied-process", task.CodeDenied, "grants: {actions: [process]}"},
		{"denied-wasm", task.CodeDenied, "grants: {actions: [wasm]}"},
		{"metric-bad-name", task.CodeGuestFault, "metric_add"},
		{"metric-reserved-label", task.CodeGuestFault, "runner"},
		{"metric-bad-labels", task.CodeGuestFault, "metric_add"},
		{"metric-negative", task.CodeGuestFault, "metric_add"},
		{"metric-nan", task.CodeGuestFault, "metric_set"},
	}
	for _, tt := range tests {
		t.Run(tt.module, func(t *testing.T) {
			r := newBench(t, tt.module).one(t)
			for range 2 { // in a fresh instance, and in one that was used or has replaced a broken one
				got, err := r.Build(t.Context(), spec(t))
				if code := codeOf(err); code != tt.code {
					t.Fatalf("code %q, want %q: %v", code, tt.code, err)
				}
				text := ""
				if err != nil {
					text = err.Error()
				} else if node, eerr := registry.EncodeTask(got); eerr != nil {
					t.Fatal(eerr)
				} else {
					text = string(node.AppendJSON(nil))
				}
				if !strings.Contains(text, tt.text) || strings.ContainsAny(text, "\x1b\n") || len(text) > 5000 {
					t.Errorf("%q does not hold %q, or holds control characters, or is too long", text, tt.text)
				}
			}
		})
	}
}

func TestSupports(t *testing.T) {
	tests := []struct {
		module string
		yes    bool
		code   task.Code
		text   string
	}{
		{"ok", true, "", ""},
		{"no", false, "", ""},
		{"limit-zero", true, "", ""},
		{"pointer-long", true, "", ""},
		{"bad-supports", false, task.CodeGuestFault, "returned 7"},
		{"trap-supports", false, task.CodeGuestFault, "unreachable"},
		{"trap-once", false, task.CodeGuestFault, "unreachable"},
		{"recursion-supports", false, task.CodeGuestFault, "stack overflow"},
		{"loop-supports", false, task.CodeTimeout, "limit ask of 100ms"},
		{"out-of-phase", false, task.CodeGuestFault, "env_get may not be called during supports"},
		{"reply-in-supports", false, task.CodeGuestFault, "reply may not be called during supports"},
		{"bad-range", false, task.CodeGuestFault, "outside the memory"},
		{"bad-range-buf", false, task.CodeGuestFault, "outside the memory"},
		{"pointer-not-utf8", false, task.CodeGuestFault, "UTF-8"},
	}
	for _, tt := range tests {
		t.Run(tt.module, func(t *testing.T) {
			b := newBench(t, tt.module)
			r := b.one(t)
			for range 2 {
				yes, err := r.Supports(t.Context(), spec(t), nil)
				if yes != tt.yes || codeOf(err) != tt.code || err != nil && !strings.Contains(err.Error(), tt.text) {
					t.Errorf("%v, %v; want %v, %q, %q", yes, err, tt.yes, tt.code, tt.text)
				}
			}
			faults := b.metrics.Errors(tt.module, "guest_fault") + b.metrics.Errors(tt.module, "timeout")
			if want := map[bool]int{true: 2}[tt.code != ""]; faults != want {
				t.Errorf("%d faults counted, want %d", faults, want)
			}
		})
	}
}

func TestRun(t *testing.T) {
	exit := func(n int) *int { return &n }
	tests := []struct {
		module         string
		code           task.Code
		text           string // the result, or part of the error
		exit           *int
		stdout, stderr string
	}{
		{module: "ok", text: "ok"},
		{module: "run-exit0", exit: exit(0)},
		{module: "run-exit3", code: task.CodeTaskFailed, text: "code 3", exit: exit(3)},
		{module: "run-fail", code: task.CodeTaskFailed, text: "run-fail"},
		{module: "run-fatal", code: task.CodeTaskFatal, text: "run-fatal"},
		{module: "run-status9", code: task.CodeTaskFailed, text: "run"},
		{module: "trap-run", code: task.CodeGuestFault, text: "unreachable"},
		{module: "loop-run", code: task.CodeTimeout, text: "timeout"},
	}
	for _, tt := range tests {
		t.Run(tt.module, func(t *testing.T) {
			r := newBench(t, tt.module).one(t)
			doc := document.NewIndex(document.NewObject())
			var stdout, stderr strings.Builder
			ended, err := r.Run(t.Context(), spec(t), doc, 200*time.Millisecond, registry.Output{Stdout: &stdout, Stderr: &stderr})
			if codeOf(err) != tt.code {
				t.Errorf("error %v, want code %q", err, tt.code)
			}
			if err == nil && ended.Text != tt.text || err != nil && !strings.Contains(err.Error(), tt.text) {
				t.Errorf("result %q, error %v; want %q", ended.Text, err, tt.text)
			}
			if (ended.Exit == nil) != (tt.exit == nil) || tt.exit != nil && *ended.Exit != *tt.exit {
				t.Errorf("exit code %v, want %v", ended.Exit, tt.exit)
			}
		})
	}
}

func TestRunOutput(t *testing.T) {
	r := newBench(t, "run-output").one(t)
	var stdout, stderr strings.Builder
	_, err := r.Run(t.Context(), spec(t), document.NewIndex(document.NewObject()), time.Second,
		registry.Output{Stdout: &stdout, Stderr: &stderr})
	check(t, err)
	if stdout.String() == "" || stderr.String() == "" || stdout.String() == stderr.String() {
		t.Errorf("stdout %q, stderr %q", stdout.String(), stderr.String())
	}
}

func TestRunOutputIsBounded(t *testing.T) {
	b := newBench(t, "run-flood")
	b.write(t, "run-flood.yaml", "limits: {output: 100KiB}")
	var stdout strings.Builder
	_, err := b.one(t).Run(t.Context(), spec(t), document.NewIndex(document.NewObject()), 10*time.Second, registry.Output{Stdout: &stdout})
	check(t, err)
	if stdout.Len() != 100<<10 || b.metrics.Dropped("run-flood", "output") == 0 {
		t.Errorf("%d bytes came through, %d drops counted", stdout.Len(), b.metrics.Dropped("run-flood", "output"))
	}
}

func TestCallerCancels(t *testing.T) {
	r := newBench(t, "loop-build").one(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := r.Build(ctx, spec(t)); !errors.Is(err, context.DeadlineExceeded) || codeOf(err) != "" {
		t.Errorf("error %v, want the caller's own", err)
	}
	if why := r.Quarantined(); why != "" {
		t.Errorf("quarantined for the caller's haste: %s", why)
	}
}

func TestQuarantine(t *testing.T) {
	b := newBench(t, "trap-supports")
	start := time.Now()
	b.now = func() time.Time { return start }
	r := b.one(t)
	for range 5 {
		if why := r.Quarantined(); why != "" {
			t.Fatalf("quarantined early: %s", why)
		}
		if _, err := r.Supports(t.Context(), spec(t), nil); err == nil {
			t.Fatal("no fault")
		}
	}
	if why := r.Quarantined(); !strings.Contains(why, "5 times in a row") {
		t.Errorf("reason %q", why)
	}
	start = start.Add(time.Second)
	if why := r.Quarantined(); why != "" {
		t.Errorf("still quarantined after a second: %s", why)
	}
	_, _ = r.Supports(t.Context(), spec(t), nil)
	start = start.Add(time.Second)
	if why := r.Quarantined(); why == "" {
		t.Error("the pause after one more fault is no longer than the first")
	}
}

func TestAbiDefaultsAreComplete(t *testing.T) {
	l := registry.WithDefaultLimits(abi.Limits{})
	for _, name := range registry.LimitNames() {
		text := registry.LimitText(l, name)
		var back abi.Limits
		if err := registry.SetLimit(&back, name, text); err != nil || registry.LimitText(back, name) != text {
			t.Errorf("limit %s: %q does not read back: %v", name, text, err)
		}
	}
}

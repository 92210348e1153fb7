package soltiwasm_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/run"
	"github.com/soltihq/soltiwasm/task"
)

// open makes a host that closes with the test.
func open(t testing.TB, config soltiwasm.Config) *soltiwasm.Host {
	t.Helper()
	config.Engine = wazero.Engine{}
	host, err := soltiwasm.New(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := host.Close(); err != nil {
			t.Error(err)
		}
	})
	return host
}

// directory makes one with the named fixtures.
func directory(t testing.TB, fixtures ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range fixtures {
		put(t, dir, name, name+".wasm")
	}
	return dir
}

func put(t testing.TB, dir, fixture, name string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata/fixtures", fixture+".wasm"))
	if err != nil {
		t.Fatal(err)
	}
	// As an operator would: a reload must not find half a file.
	temp := filepath.Join(dir, ".new")
	if err := os.WriteFile(temp, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(temp, filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

func command(slot string) task.Spec {
	return task.Spec{Slot: slot, Timeout: time.Second, Kind: task.Subprocess{Command: &task.Command{Command: "true"}}}
}

func codeOf(err error) task.Code {
	if te, ok := errors.AsType[*task.Error](err); ok {
		return te.Code
	}
	return ""
}

// goRunner is a Go runner whose methods the test gives.
type goRunner struct {
	name     string
	supports func(*task.Spec) bool
	build    func(*task.Spec, soltiwasm.BuildContext) (task.Task, error)
}

func (g goRunner) Name() string { return g.name }

func (g goRunner) Supports(spec *task.Spec) bool { return g.supports == nil || g.supports(spec) }

func (g goRunner) Build(_ context.Context, spec *task.Spec, bc soltiwasm.BuildContext) (task.Task, error) {
	if g.build != nil {
		return g.build(spec, bc)
	}
	return task.Task{Action: task.ProcessAction{Command: "true"}}, nil
}

// working is a Go runner that carries out its tasks.
type working struct {
	goRunner
	run func(context.Context, soltiwasm.Work) (string, error)
}

func (w working) Build(context.Context, *task.Spec, soltiwasm.BuildContext) (task.Task, error) {
	return task.Task{Action: task.RunAction{}}, nil
}

func (w working) Run(ctx context.Context, work soltiwasm.Work) (string, error) {
	return w.run(ctx, work)
}

func TestRoute(t *testing.T) {
	host := open(t, soltiwasm.Config{Dirs: []string{directory(t, "no", "ok", "trap-build")}})
	for seq := uint64(1); seq <= 2; seq++ {
		d, err := host.Route(t.Context(), command("slot"))
		if err != nil {
			t.Fatal(err)
		}
		if d.Runner != "ok" || d.Module != "ok.wasm" || !strings.HasPrefix(d.Digest, "sha256:") || d.Task.Action.ActionName() != "run" {
			t.Errorf("decision %+v", d)
		}
		if want := (task.RunID{Runner: "ok", Slot: "slot", Seq: seq}); d.RunID != want {
			t.Errorf("run id %v, want %v", d.RunID, want)
		}
		if got := fmt.Sprint(d.Candidates()); got != "[{no unsupported supports said no} {ok selected } "+
			"{trap-build not_reached kind and labels would match too}]" {
			t.Errorf("candidates %s", got)
		}
	}
}

func TestRouteErrors(t *testing.T) {
	host := open(t, soltiwasm.Config{Dirs: []string{directory(t, "trap-build")}})
	bad := command("no spaces allowed")
	embedded := command("slot")
	embedded.Kind = task.Embedded{}
	elsewhere := command("slot")
	elsewhere.Selector = &task.Selector{MatchLabels: map[string]string{"zone": "eu"}}
	for name, c := range map[string]struct {
		spec   task.Spec
		code   task.Code
		runner string
	}{
		"invalid":   {bad, task.CodeInvalidSpec, ""},
		"no kind":   {task.Spec{Slot: "s", Timeout: time.Second}, task.CodeInvalidSpec, ""},
		"embedded":  {embedded, task.CodeEmbedded, ""},
		"nobody":    {elsewhere, task.CodeNoRunner, ""},
		"its fault": {command("slot"), task.CodeGuestFault, "trap-build"},
	} {
		d, err := host.Route(t.Context(), c.spec)
		if codeOf(err) != c.code || d.Runner != c.runner || d.RunID != (task.RunID{}) {
			t.Errorf("%s: %+v, %v; want code %q of runner %q", name, d, err, c.code, c.runner)
		}
	}
}

func TestGoRunners(t *testing.T) {
	dir := directory(t, "ok")
	env := task.Env{{Key: "TOKEN", Value: "s3cret-value"}}
	var got soltiwasm.BuildContext
	first := goRunner{name: "first", build: func(_ *task.Spec, bc soltiwasm.BuildContext) (task.Task, error) {
		got = bc
		return task.Task{Action: task.ProcessAction{Command: "true"}}, nil
	}}
	last := goRunner{name: "last"}
	host := open(t, soltiwasm.Config{Dirs: []string{dir}, Env: env, Runners: []soltiwasm.Registration{
		{Runner: last, Order: 1},
		{Runner: first, Labels: task.Labels{"zone": "eu"}, Kinds: []string{"subprocess"}},
	}})
	var order []string
	for _, c := range host.Capabilities().Runners {
		order = append(order, c.Name)
	}
	if strings.Join(order, " ") != "first ok last" {
		t.Errorf("order %q: a Go runner comes before a module on ties", order)
	}
	d, err := host.Route(t.Context(), command("slot"))
	if err != nil || d.Runner != "first" || d.Module != "" || d.Task.Action.ActionName() != "process" {
		t.Errorf("decision %+v, %v", d, err)
	}
	if v, _ := got.Env.Get("TOKEN"); v != "s3cret-value" {
		t.Errorf("a Go runner's environment lacks the variable")
	}
	if text := fmt.Sprintf("%v %+v %#v", got, got, got); strings.Contains(text, "s3cret") || !strings.Contains(text, "env_len=1") {
		t.Errorf("a build context shows as %q", text)
	}
	if !host.ContainsLabel("zone", "eu") || host.ContainsLabel("zone", "us") || host.ContainsLabel("none", "") {
		t.Error("ContainsLabel is wrong")
	}
}

func TestGoRunnerPanics(t *testing.T) {
	host := open(t, soltiwasm.Config{Runners: []soltiwasm.Registration{
		{Runner: goRunner{name: "asked", supports: func(*task.Spec) bool { panic("in Supports") }}},
		{Runner: goRunner{name: "chosen", build: func(*task.Spec, soltiwasm.BuildContext) (task.Task, error) { panic("in Build") }}},
	}})
	d, err := host.Route(t.Context(), command("slot"))
	if codeOf(err) != task.CodeGuestFault || d.Runner != "chosen" || !strings.Contains(err.Error(), "in Build") {
		t.Errorf("decision %+v, %v", d, err)
	}
	if cause, ok := errors.AsType[*run.PanicError](err); !ok || !strings.Contains(string(cause.Stack), "TestGoRunnerPanics") {
		t.Errorf("the cause has no stack: %v", cause)
	}
	if c := d.Candidates()[0]; c.Verdict != "fault" || !strings.Contains(c.Detail, "in Supports") {
		t.Errorf("candidate %+v", c)
	}
	host = open(t, soltiwasm.Config{Runners: []soltiwasm.Registration{{Runner: working{
		goRunner: goRunner{name: "working"}, run: func(context.Context, soltiwasm.Work) (string, error) { panic("in Run") },
	}}}})
	result := host.Run(t.Context(), command("slot"), soltiwasm.Output{})
	if _, ok := errors.AsType[*run.PanicError](result.Err); !ok || codeOf(result.Err) != task.CodeTaskFailed {
		t.Errorf("result %+v", result)
	}
}

func TestRegistrationsAreChecked(t *testing.T) {
	for name, list := range map[string][]soltiwasm.Registration{
		"no runner": {{}},
		"bad name":  {{Runner: goRunner{name: "-x"}}},
		"bad label": {{Runner: goRunner{name: "x"}, Labels: task.Labels{"bad key": "x"}}},
		"twice":     {{Runner: goRunner{name: "x"}}, {Runner: goRunner{name: "x"}}},
	} {
		if _, err := soltiwasm.New(t.Context(), soltiwasm.Config{Engine: wazero.Engine{}, Runners: list}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := soltiwasm.New(t.Context(), soltiwasm.Config{}); err == nil {
		t.Error("no engine: no error")
	}
}

func TestRun(t *testing.T) {
	backend := metrics.NewMemory()
	w := working{goRunner{name: "go"}, func(_ context.Context, work soltiwasm.Work) (string, error) {
		fmt.Fprint(work.Stdout, "from Go")
		return work.ID.String(), nil
	}}
	w.supports = func(s *task.Spec) bool { return s.Slot == "go" }
	stuck := working{goRunner{name: "stuck"}, func(ctx context.Context, _ soltiwasm.Work) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	}}
	stuck.supports = func(s *task.Spec) bool { return s.Slot == "stuck" }
	host := open(t, soltiwasm.Config{
		Dirs: []string{directory(t, "run-reply-task")}, Metrics: backend,
		Runners: []soltiwasm.Registration{{Runner: w}, {Runner: stuck}},
	})

	var out strings.Builder
	result := host.Run(t.Context(), command("go"), soltiwasm.Output{Stdout: &out})
	if result.Outcome != task.Success || result.Text != "go-go-1" || out.String() != "from Go" || result.Attempts != 1 {
		t.Errorf("Go runner: %+v, %q", result, out.String())
	}

	result = host.Run(t.Context(), command("module"), soltiwasm.Output{})
	for _, part := range []string{`"attempt":1`, `"runId":"run-reply-task-module-2"`, `"action":{"run":`} {
		if result.Outcome != task.Success || !strings.Contains(result.Text, part) {
			t.Errorf("module: %+v; the task that it sees lacks %s", result, part)
		}
	}

	short := command("stuck")
	short.Timeout = 20 * time.Millisecond
	result = host.Run(t.Context(), short, soltiwasm.Output{})
	if result.Outcome != task.TimedOut || codeOf(result.Err) != task.CodeTaskTimeout {
		t.Errorf("timeout: %+v", result)
	}

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	result = host.Run(ctx, command("stuck"), soltiwasm.Output{})
	if result.Outcome != task.Canceled || codeOf(result.Err) != task.CodeCanceled {
		t.Errorf("cancel: %+v", result)
	}
	want := "completed go success 1\ncompleted run-reply-task success 1\ncompleted stuck canceled 1\ncompleted stuck timeout 1\n" +
		"started go 1\nstarted run-reply-task 1\nstarted stuck 2\n"
	if got := backend.String(); got != want {
		t.Errorf("metrics:\n%swant:\n%s", got, want)
	}
}

func TestRunProcess(t *testing.T) {
	host := open(t, soltiwasm.Config{Runners: []soltiwasm.Registration{{Runner: goRunner{
		name: "shell", build: func(s *task.Spec, _ soltiwasm.BuildContext) (task.Task, error) {
			return task.Task{Action: task.ProcessAction{Command: "sh", Args: []string{"-c", "echo out; echo err >&2; exit 3"}}}, nil
		},
	}}}})
	var stdout, stderr strings.Builder
	r := host.Run(t.Context(), command("slot"), soltiwasm.Output{Stdout: &stdout, Stderr: &stderr})
	if r.Outcome != task.Failure || r.ExitCode == nil || *r.ExitCode != 3 || codeOf(r.Err) != task.CodeTaskFailed {
		t.Errorf("result %+v", r)
	}
	if stdout.String() != "out\n" || stderr.String() != "err\n" {
		t.Errorf("stdout %q, stderr %q", stdout.String(), stderr.String())
	}
}

func TestRunWasm(t *testing.T) {
	host := open(t, soltiwasm.Config{ModulePath: []string{"testdata/fixtures"}, Runners: []soltiwasm.Registration{{Runner: goRunner{
		name: "wasm", build: func(s *task.Spec, _ soltiwasm.BuildContext) (task.Task, error) {
			return task.Task{Action: task.WasmAction{Module: s.Slot + ".wasm"}}, nil
		},
	}}}})
	var stdout strings.Builder
	r := host.Run(t.Context(), command("command"), soltiwasm.Output{Stdout: &stdout})
	if r.Outcome != task.Success || r.ExitCode == nil || *r.ExitCode != 0 || stdout.Len() == 0 {
		t.Errorf("result %+v, stdout %q", r, stdout.String())
	}
	if r := host.Run(t.Context(), command("missing"), soltiwasm.Output{}); codeOf(r.Err) != task.CodeSpawnFailed {
		t.Errorf("a missing module: %+v", r)
	}
	if r := host.Run(t.Context(), command("ok"), soltiwasm.Output{}); codeOf(r.Err) != task.CodeSpawnFailed {
		t.Errorf("a runner as a command: %+v", r)
	}
}

func TestRunUnrouted(t *testing.T) {
	host := open(t, soltiwasm.Config{})
	if r := host.Run(t.Context(), command("slot"), soltiwasm.Output{}); codeOf(r.Err) != task.CodeNoRunner || r.Attempts != 0 {
		t.Errorf("result %+v", r)
	}
	bad := command("bad slot")
	if r := host.Run(t.Context(), bad, soltiwasm.Output{}); r.Outcome != task.Fatal || codeOf(r.Err) != task.CodeInvalidSpec {
		t.Errorf("result %+v", r)
	}
}

func TestSubmitFunc(t *testing.T) {
	host := open(t, soltiwasm.Config{})
	spec := task.Spec{Slot: "slot", Timeout: time.Second, Kind: task.Embedded{}, Restart: task.Restart{Policy: task.RestartOnFailure},
		Backoff: task.Backoff{Jitter: task.JitterNone, First: time.Millisecond, Max: time.Millisecond, Factor: 1}}
	events := host.Subscribe(100)
	defer events.Close()
	handle, err := host.SubmitFunc(spec, func(_ context.Context, w soltiwasm.Work) (string, error) {
		if w.Attempt < 3 {
			return "", errors.New("not yet")
		}
		return "done", nil
	}, soltiwasm.Output{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := handle.Wait(t.Context())
	if err != nil || r.Outcome != task.Success || r.Attempts != 3 || r.Text != "done" || r.RunID.String() != "embedded-slot-1" {
		t.Errorf("result %+v, %v", r, err)
	}
	var kinds []string
	for {
		e, err := events.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, string(e.Kind))
		if e.Kind == run.EventEnded {
			break
		}
	}
	if got := strings.Join(kinds, " "); strings.Count(got, string(run.EventStarted)) != 3 {
		t.Errorf("events %s", got)
	}
	if _, err := host.Submit(spec, soltiwasm.Output{}); codeOf(err) != task.CodeEmbedded {
		t.Errorf("Submit of an embedded task: %v", err)
	}
	if _, err := host.SubmitFunc(command("slot"), nil, soltiwasm.Output{}); codeOf(err) != task.CodeInvalidSpec {
		t.Errorf("SubmitFunc of another kind: %v", err)
	}
}

// TestReloadWhileItRuns replaces the module of a task that is between two attempts.
func TestReloadWhileItRuns(t *testing.T) {
	dir := directory(t, "run-flaky")
	host := open(t, soltiwasm.Config{Dirs: []string{dir}})
	spec := command("slot")
	spec.Restart.Policy = task.RestartOnFailure
	spec.Backoff = task.Backoff{Jitter: task.JitterNone, First: 50 * time.Millisecond, Max: 50 * time.Millisecond, Factor: 1}
	handle, err := host.Submit(spec, soltiwasm.Output{})
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, "no", "run-flaky.wasm")
	if err := host.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r, err := handle.Wait(t.Context()); err != nil || r.Outcome != task.Success && codeOf(r.Err) != task.CodeNoRunner {
		t.Errorf("result %+v, %v", r, err)
	}
}

// TestReloadForgetsAnswers changes what supports depends on besides the spec, after its answers were remembered.
func TestReloadForgetsAnswers(t *testing.T) {
	dir := directory(t, "configured")
	host := open(t, soltiwasm.Config{Dirs: []string{dir}})
	for i, config := range []string{"{}", "{take: 1}", "{}", "{take: 2}"} {
		if err := os.WriteFile(filepath.Join(dir, "configured.yaml"), []byte("config: "+config), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := host.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, slot := range []string{"a", "a", "a", "b", "c"} {
			d, err := host.Route(t.Context(), command(slot))
			if taken := i%2 == 1; taken != (d.Runner == "configured") || taken != (err == nil) {
				t.Errorf("with the configuration %s: %q, %v", config, d.Runner, err)
			}
		}
	}
}

// TestReloadUnderLoad exchanges modules while others are routing: every call ends on the set that it began with.
func TestReloadUnderLoad(t *testing.T) {
	dir := directory(t, "ok", "no")
	host := open(t, soltiwasm.Config{Dirs: []string{dir}})
	stop := make(chan struct{})
	var callers sync.WaitGroup
	for range 4 {
		callers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if d, err := host.Route(context.Background(), command("slot")); err != nil || d.Runner != "ok" && d.Runner != "echo-slot" {
					t.Errorf("%+v, %v", d, err)
					return
				}
				host.Capabilities()
			}
		})
	}
	for i := range 20 {
		put(t, dir, []string{"ok", "echo-slot"}[i%2], "ok.wasm")
		if err := host.Reload(t.Context()); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	callers.Wait()
}

func TestReloadShowsTheBroken(t *testing.T) {
	dir := directory(t, "ok")
	host := open(t, soltiwasm.Config{Dirs: []string{dir}})
	put(t, dir, "garbage", "ok.wasm")
	if err := host.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := host.Capabilities()
	if len(c.Runners) != 1 || c.Runners[0].Name != "ok" || len(c.Rejected) != 1 || c.Rejected[0].Code != "malformed" {
		t.Errorf("capabilities %+v", c)
	}
	if _, err := host.Route(t.Context(), command("slot")); err != nil {
		t.Errorf("the last good version: %v", err)
	}
}

func TestClosed(t *testing.T) {
	host := open(t, soltiwasm.Config{Dirs: []string{directory(t, "ok")}})
	for range 2 {
		if err := host.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := host.Route(t.Context(), command("slot")); !errors.Is(err, soltiwasm.ErrClosed) {
		t.Errorf("Route: %v", err)
	}
	if err := host.Reload(t.Context()); !errors.Is(err, soltiwasm.ErrClosed) {
		t.Errorf("Reload: %v", err)
	}
}

type panicky struct{ metrics.NoOp }

func (panicky) TaskStarted(string) { panic("metrics") }

func TestMetricsPanicIsContained(t *testing.T) {
	host := open(t, soltiwasm.Config{Dirs: []string{directory(t, "ok")}, Metrics: panicky{}})
	if result := host.Run(t.Context(), command("slot"), soltiwasm.Output{}); result.Outcome != task.Success {
		t.Errorf("%+v", result)
	}
}

func TestEnvironmentIsText(t *testing.T) {
	env := task.Env{{Key: "X", Value: "\xff"}}
	if _, err := soltiwasm.New(t.Context(), soltiwasm.Config{Engine: wazero.Engine{}, Env: env}); err == nil {
		t.Error("a value that is not UTF-8 was taken")
	}
}

// TestMaskOfJSON hides a value also as it stands in JSON, which is how a guest gets all variables at once.
func TestMaskOfJSON(t *testing.T) {
	host := open(t, soltiwasm.Config{Env: task.Env{{Key: "X", Value: `p"w\d`}}})
	if got := host.Mask().Text(`{"X":"p\"w\\d"}`); got != `{"X":"***"}` {
		t.Errorf("shown as %s", got)
	}
}

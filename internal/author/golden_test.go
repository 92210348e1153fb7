package author_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/internal/author"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/task"
)

// goldenRun is a module with specs in a directory of their own, and what became of them.
type goldenRun struct {
	module, specs string
	golden        author.Golden
	results       []author.GoldenResult
	err           error
}

// goldenTest writes the module, its sidecar and the specs, and holds the one to the others.
func goldenTest(t *testing.T, wasm []byte, sidecar string, specs map[string]string, with func(*author.Golden)) *goldenRun {
	t.Helper()
	dir := t.TempDir()
	r := &goldenRun{module: filepath.Join(dir, "m.wasm"), specs: filepath.Join(dir, "specs")}
	files := map[string]string{r.module: string(wasm)}
	if sidecar != "" {
		files[filepath.Join(dir, "m.yaml")] = sidecar
	}
	for name, text := range specs {
		files[filepath.Join(r.specs, name)] = text
	}
	if err := os.Mkdir(r.specs, 0o755); err != nil {
		t.Fatal(err)
	}
	for path, text := range files {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r.golden = author.Golden{
		Engine: wazero.Engine{}, Limits: abi.DefaultLimits(), Now: time.Now,
		MaskTask: func(n *document.Node) *document.Node { return n },
	}
	if with != nil {
		with(&r.golden)
	}
	r.run(t)
	return r
}

func (r *goldenRun) run(t *testing.T) {
	t.Helper()
	r.results, r.err = r.golden.Test(t.Context(), r.module, r.specs)
}

// statuses are the results in short.
func (r *goldenRun) statuses() string {
	var all []string
	for _, result := range r.results {
		all = append(all, filepath.Base(result.Source)+" "+string(result.Status))
	}
	return strings.Join(all, ", ")
}

func (r *goldenRun) read(t *testing.T, name string) string {
	t.Helper()
	if r.err != nil {
		t.Fatal(r.err)
	}
	data, err := os.ReadFile(filepath.Join(r.specs, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func (r *goldenRun) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(r.specs, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func fixtureBytes(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../../testdata/fixtures", name+".wasm"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

const aSpec = "slot: s\nkind: {x: {}}\ntimeout: 5s\n"

func updating(g *author.Golden) { g.Update = true }

// What comes of one spec of the kind x, as golden files have it.
func TestGoldenFiles(t *testing.T) {
	process := "runner: %s\nerror:\n  code: denied\n  message: \"the task's action is process, which the operator has not granted; to " +
		"grant it, write grants: {actions: [process]} in m.yaml\"\n"
	for _, c := range []struct{ fixture, sidecar, want string }{
		{"ok", "", "runner: ok\ntask:\n  action:\n    run: {}\nrun:\n  outcome: success\n  result: ok\n"},
		{"no", "", "error:\n  code: no_runner\n  message: \"no runner takes kind \\\"x\\\"; the nearest is no: supports said no\"\n"},
		{"only-other", "", "error:\n  code: no_runner\n  message: \"no runner takes kind \\\"x\\\"; the nearest is only-other: takes only other\"\n"},
		{"ok", "disabled: true", "error:\n  code: no_runner\n  message: \"no runner takes kind \\\"x\\\"; the nearest is m.wasm: disabled by its sidecar\"\n"},
		{"echo-config", "config: {greeting: hi}", "runner: echo-config\ntask:\n  action:\n    run: {}\n  annotations:\n    greeting: hi\nrun:\n  outcome: success\n"},
		{"echo-env", "grants: {env: [X]}", "runner: echo-env\ntask:\n  action:\n    run: {}\n  annotations:\n    X: sesame\nrun:\n  outcome: success\n"},
		{"env-in-message", "grants: {env: [X]}", "runner: env-in-message\nerror:\n  code: invalid_task_spec\n  message: \"invalid specification: ***\"\n"},
		{"status3", "", "runner: status3\nerror:\n  code: missing_field\n  message: \"missing field: /kind/missing\"\n"},
		{"denied-process", "", fmt.Sprintf(process, "denied-process")},
		{"denied-process", "grants: {actions: [process]}", "runner: denied-process\ntask:\n  action:\n    process:\n      command: \"true\"\n      failOnNonZero: true\n"},
		{"run-output", "", "runner: run-output\ntask:\n  action:\n    run: {}\nrun:\n  outcome: success\n  stdout: |\n    to stdout\n  stderr: |\n    to stderr\n"},
		{"run-fail", "", "runner: run-fail\ntask:\n  action:\n    run: {}\nrun:\n  outcome: failure\n  message: it did not work this time\n"},
		{"run-fatal", "", "runner: run-fatal\ntask:\n  action:\n    run: {}\nrun:\n  outcome: fatal\n  message: it will never work\n"},
		{"run-exit3", "", "runner: run-exit3\ntask:\n  action:\n    run: {}\nrun:\n  outcome: failure\n  message: the task exited with code 3\n  exitCode: 3\n"},
		{"log", "", "runner: log\ntask:\n  action:\n    run: {}\nlogs:\n  - build debug debug\n  - build info info\n  - build warn warn\n  - build error error\nrun:\n  outcome: success\n"},
		{"metric", "", "runner: metric\ntask:\n  action:\n    run: {}\nmetrics:\n  - \"build counter fixture_builds{mode=\\\"test\\\"} 1\"\n" +
			"  - build gauge fixture_level 0.5\n  - \"build histogram fixture_seconds{mode=\\\"test\\\"} 0.25\"\nrun:\n  outcome: success\n"},
		{"metric-conflict", "", "runner: metric-conflict\ntask:\n  action:\n    run: {}\nmetrics:\n  - build counter fixture_conflict 1\n  - build dropped conflict\nrun:\n  outcome: success\n"},
		{"run-reply-task", "", "runner: run-reply-task\ntask:\n  action:\n    run: {}\nrun:\n  outcome: success\n  result: \"{\\\"action\\\":{\\\"run\\\":{}},\\\"attempt\\\":1,\\\"runId\\\":\\\"run-reply-task-s-1\\\"}\"\n"},
	} {
		t.Run(c.fixture+" "+c.sidecar, func(t *testing.T) {
			r := goldenTest(t, fixtureBytes(t, c.fixture), c.sidecar, map[string]string{"s.yaml": aSpec}, func(g *author.Golden) {
				g.Update = true
				g.Env = task.Env{{Key: "X", Value: "sesame"}}
				g.Mask = task.NewMask(g.Env.Values())
			})
			if got := r.read(t, "s.yaml.golden"); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestGoldenCompares(t *testing.T) {
	r := goldenTest(t, fixtureBytes(t, "ok"), "", map[string]string{
		"one.yaml": aSpec, "two.json": `{"slot": "t", "kind": {"y": {}}, "timeout": 1000}`, "many.yml": aSpec + "---\n" + aSpec, "notes.txt": "",
	}, nil)
	if want := "many.yml missing, one.yaml missing, two.json missing"; r.err != nil || r.statuses() != want {
		t.Fatalf("%s, %v; expected %s", r.statuses(), r.err, want)
	}
	if want := "--- one.yaml.golden\n+++ what came of it\n@@ -0,0 +1,7 @@\n+runner: ok\n"; !strings.HasPrefix(r.results[1].Diff, want) {
		t.Errorf("got\n%swant\n%s", r.results[1].Diff, want)
	}

	r.golden.Update = true
	r.run(t)
	if want := "many.yml written, one.yaml written, two.json written"; r.statuses() != want {
		t.Errorf("%s, %v; expected %s", r.statuses(), r.err, want)
	}
	r.run(t)
	r.golden.Update = false
	r.run(t)
	if want := "many.yml pass, one.yaml pass, two.json pass"; r.statuses() != want {
		t.Errorf("%s, %v; expected %s", r.statuses(), r.err, want)
	}

	// Comments, style and the order of fields don't count; values do.
	r.write(t, "one.yaml.golden", "# as it should be\nrun: {result: 'ok', outcome: success}\ntask: {action: {run: {}}}\nrunner: ok\n")
	r.write(t, "two.json.golden", strings.Replace(r.read(t, "two.json.golden"), "result: ok", "result: fine", 1))
	r.write(t, "many.yml.golden", r.read(t, "one.yaml.golden"))
	r.write(t, "gone.yaml.golden", "")
	r.write(t, "bad.yaml", "slot: s\nkinds: {}\n")
	r.run(t)
	if want := "bad.yaml invalid, many.yml differs, one.yaml pass, two.json differs, gone.yaml.golden stale"; r.statuses() != want {
		t.Errorf("%s, %v; expected %s", r.statuses(), r.err, want)
	}
	if want := "   outcome: success\n-  result: fine\n+  result: ok\n"; !strings.HasSuffix(r.results[3].Diff, want) {
		t.Errorf("got\n%swant at its end\n%s", r.results[3].Diff, want)
	}
	if r.results[0].Err == nil || !strings.Contains(r.results[0].Err.Error(), "bad.yaml:2:1") {
		t.Errorf("of the bad spec: %v", r.results[0].Err)
	}

	// A golden file that is none is shown as it is.
	r.write(t, "one.yaml.golden", "runner: [\n")
	r.run(t)
	if want := "-runner: [\n"; r.results[2].Status != author.GoldenDiffers || !strings.Contains(r.results[2].Diff, want) {
		t.Errorf("%s, and\n%s", r.results[2].Status, r.results[2].Diff)
	}
}

// What comes of a spec doesn't depend on the specs before it, or on how often it is asked about.
func TestGoldenIsRepeatable(t *testing.T) {
	specs := map[string]string{}
	for i := range 9 { // more faults in a row than the host allows
		specs[fmt.Sprintf("%d.yaml", i)] = aSpec
	}
	for _, name := range []string{"trap-supports", "trap-build", "trap-once", "metric-flood", "log-flood", "run-reply-task"} {
		r := goldenTest(t, fixtureBytes(t, name), "", specs, updating)
		first := r.read(t, "0.yaml.golden")
		for i := range 9 {
			if got := r.read(t, fmt.Sprintf("%d.yaml.golden", i)); got != first {
				t.Errorf("%s: number %d differs from the first:\n%s\nand\n%s", name, i, got, first)
			}
		}
		r.golden.Update = false
		r.run(t)
		for _, result := range r.results {
			if !result.OK() {
				t.Errorf("%s again: %s", name, result.Diff)
			}
		}
	}
}

// Random numbers are the same for each spec, and are not all one.
func TestGoldenRandomIsFixed(t *testing.T) {
	wasm, err := os.ReadFile("testdata/runners/random.wasm")
	if err != nil {
		t.Fatal(err)
	}
	r := goldenTest(t, wasm, "", map[string]string{"1.yaml": aSpec, "2.yaml": aSpec}, updating)
	first, second := r.read(t, "1.yaml.golden"), r.read(t, "2.yaml.golden")
	_, result, _ := strings.Cut(first, "result: ")
	result = strings.TrimSpace(result)
	if first != second || len(result) != 8 || strings.Count(result, result[:1]) == 8 {
		t.Errorf("got\n%s\nand\n%s", first, second)
	}
}

func TestGoldenNoRun(t *testing.T) {
	r := goldenTest(t, fixtureBytes(t, "loop-run"), "", map[string]string{"s.yaml": aSpec}, func(g *author.Golden) { g.NoRun, g.Update = true, true })
	if want := "runner: loop-run\ntask:\n  action:\n    run: {}\n"; r.read(t, "s.yaml.golden") != want {
		t.Errorf("got\n%s", r.read(t, "s.yaml.golden"))
	}
}

// One file that can't be read says so itself, and the others are tried.
func TestGoldenFilesThatCannotBeUsed(t *testing.T) {
	r := goldenTest(t, fixtureBytes(t, "ok"), "", map[string]string{
		"dir.yaml": aSpec, "large.yaml": aSpec, "ok.yaml": aSpec, ".#ok.yaml": "an editor's", ".old.yaml.golden": "",
	}, nil)
	for _, dir := range []string{"dir.yaml.golden", "spec.yaml"} {
		if err := os.Mkdir(filepath.Join(r.specs, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	large := filepath.Join(r.specs, "large.yaml.golden")
	r.write(t, "large.yaml.golden", "")
	if err := os.Truncate(large, abi.MaxSpecFile+1); err != nil {
		t.Fatal(err)
	}
	r.run(t)
	if want := "dir.yaml unusable, large.yaml unusable, ok.yaml missing, spec.yaml invalid"; r.err != nil || r.statuses() != want {
		t.Fatalf("%s, %v; expected %s", r.statuses(), r.err, want)
	}
	for i, want := range map[int]string{0: "dir.yaml.golden: expected a regular file, found a directory",
		1: "large.yaml.golden: the file has more than 16777216 bytes", 3: "spec.yaml: expected a regular file, found a directory"} {
		if err := r.results[i].Err; err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%v, expected %s", err, want)
		}
	}
	r.golden.Update = true
	r.run(t)
	if want := "dir.yaml unusable, large.yaml written, ok.yaml written, spec.yaml invalid"; r.err != nil || r.statuses() != want {
		t.Errorf("%s, %v; expected %s", r.statuses(), r.err, want)
	}
	if r.read(t, "large.yaml.golden") != r.read(t, "ok.yaml.golden") {
		t.Error("what was written over the large file is not what came")
	}
}

// A guest that writes without end fills neither the memory nor the golden file, and the specs after it don't suffer.
func TestGoldenBoundsWhatIsKept(t *testing.T) {
	specs := map[string]string{}
	for i := range 12 { // more series in all than a trial remembers
		specs[fmt.Sprintf("%02d.yaml", i)] = aSpec
	}
	for fixture, want := range map[string][]string{
		"log-flood":    {"  - build info again\n", "and 9000 more"},
		"metric-flood": {"fixture_flood{n=\\\"999\\\"} 1\"\n"},
	} {
		r := goldenTest(t, fixtureBytes(t, fixture), "", specs, updating)
		first := r.read(t, "00.yaml.golden")
		for _, text := range want {
			if !strings.Contains(first, text) {
				t.Errorf("%s: there is no %q in\n%.2000s", fixture, text, first)
			}
		}
		if last := r.read(t, "11.yaml.golden"); last != first {
			t.Errorf("%s: the last differs from the first:\n%.2000s", fixture, last)
		}
	}
}

func TestGoldenRunTimesOut(t *testing.T) {
	r := goldenTest(t, fixtureBytes(t, "loop-run"), "", map[string]string{"s.yaml": strings.Replace(aSpec, "5s", "10ms", 1)}, updating)
	if want := "run:\n  outcome: timeout\n  message: \"run: did not end within the task's timeout of 10ms\"\n"; !strings.HasSuffix(r.read(t, "s.yaml.golden"), want) {
		t.Errorf("got\n%s", r.read(t, "s.yaml.golden"))
	}
}

func TestGoldenErrors(t *testing.T) {
	r := goldenTest(t, fixtureBytes(t, "no-abi"), "", map[string]string{"s.yaml": aSpec}, nil)
	if rejection, ok := errors.AsType[*registry.Rejection](r.err); !ok || rejection.Code != registry.CodeABI || rejection.Path != r.module {
		t.Errorf("a module that is none: %v", r.err)
	}
	if r = goldenTest(t, fixtureBytes(t, "ok"), "labells: {}", map[string]string{"s.yaml": aSpec}, nil); r.err == nil || !strings.Contains(r.err.Error(), "the sidecar of m.wasm: m.yaml: line 1, column 1: unknown field \"labells\"") {
		t.Errorf("a sidecar that is none: %v", r.err)
	}
	if r = goldenTest(t, fixtureBytes(t, "ok"), "limits: {file: 10B}", map[string]string{"s.yaml": aSpec}, nil); r.err == nil || !strings.Contains(r.err.Error(), "10 bytes") {
		t.Errorf("a module over the limit: %v", r.err)
	}
	if r = goldenTest(t, fixtureBytes(t, "ok"), "", nil, nil); r.err == nil || !strings.Contains(r.err.Error(), "could be a spec") {
		t.Errorf("no specs: %v", r.err)
	}
	r = goldenTest(t, fixtureBytes(t, "ok"), "", map[string]string{"s.yaml": aSpec}, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.golden.Test(ctx, r.module, r.specs); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

// What a test needs for itself is gone afterwards, whether it could be made or not.
func TestGoldenLeavesNothing(t *testing.T) {
	for _, name := range []string{"ok", "trap-build", "no-abi"} {
		r := goldenTest(t, fixtureBytes(t, name), "", map[string]string{"1.yaml": aSpec, "2.yaml": aSpec}, nil)
		temp := t.TempDir()
		t.Setenv("TMPDIR", temp)
		r.run(t)
		if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
			t.Errorf("%s: left behind: %v, %v", name, left, err)
		}
	}
}

func ExampleGolden_Test() {
	golden := author.Golden{
		Engine: wazero.Engine{}, Limits: abi.DefaultLimits(), Now: time.Now,
		MaskTask: func(n *document.Node) *document.Node { return n },
	}
	results, err := golden.Test(context.Background(), "../../testdata/fixtures/ok.wasm", "testdata/specs")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range results {
		fmt.Println(filepath.Base(r.Source), r.Status)
		fmt.Print(r.Diff)
	}
	// Output:
	// hello.yaml pass
	// sorry.yaml differs
	// --- sorry.yaml.golden
	// +++ what came of it
	// @@ -4,4 +4,4 @@
	//      run: {}
	//  run:
	//    outcome: success
	// -  result: sorry
	// +  result: ok
}

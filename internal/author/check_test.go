package author_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/internal/author"
	"github.com/soltihq/soltiwasm/taskfile"
)

const (
	broken   = "../../testdata/broken"
	fixtures = "../../testdata/fixtures"
)

// workshop has the default limits.
func workshop() author.Workshop {
	return author.Workshop{
		Engine: wazero.Engine{}, Limits: abi.DefaultLimits(), Logger: slog.New(slog.DiscardHandler), Now: time.Now, Rand: rand.Reader,
	}
}

// quick is a workshop where a build that never ends is over sooner.
func quick() author.Workshop {
	w := workshop()
	w.Limits.Build = 100 * time.Millisecond
	return w
}

func checkFile(t *testing.T, w author.Workshop, path string, given ...taskfile.Item) author.Report {
	t.Helper()
	report, err := w.Check(t.Context(), path, given)
	if err != nil {
		t.Fatal(err)
	}
	if report.Module != filepath.Base(path) || report.Findings == nil {
		t.Errorf("module %q, findings %v", report.Module, report.Findings)
	}
	return report
}

// codesOf are the codes of errors and warnings, and those infos that are wanted.
func codesOf(r author.Report, wanted []string) []string {
	codes := []string{}
	for _, f := range r.Findings {
		if f.Level != author.LevelInfo || slices.Contains(wanted, string(f.Code)) {
			codes = append(codes, string(f.Code))
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

func compareCodes(t *testing.T, w author.Workshop, path string, want []string) {
	t.Helper()
	report := checkFile(t, w, path)
	want = slices.Sorted(slices.Values(want))
	if got := codesOf(report, want); !slices.Equal(got, want) {
		t.Errorf("found %v, want %v: %v", got, want, report.Findings)
	}
	wantOK := !slices.ContainsFunc(want, func(code string) bool {
		c, _ := author.FindClause(author.Code(code))
		return c.Level == author.LevelError
	})
	if report.OK() != wantOK {
		t.Errorf("OK is %t", report.OK())
	}
}

var leadingCodes = regexp.MustCompile(`^;;((?: SW\d+)+): `)

// TestBroken: check finds every fault of the broken modules, and nothing else.
func TestBroken(t *testing.T) {
	if testing.Short() {
		t.Skip("some 80 modules")
	}
	for _, source := range brokenSources(t) {
		stem := strings.TrimSuffix(source, ".wat")
		t.Run(filepath.Base(stem), func(t *testing.T) {
			t.Parallel()
			compareCodes(t, quick(), stem+".wasm", brokenCodes(t, source))
		})
	}
}

func brokenSources(t *testing.T) []string {
	t.Helper()
	sources, err := filepath.Glob(filepath.Join(broken, "*.wat"))
	if err != nil || len(sources) < 40 {
		t.Fatalf("%d sources, %v", len(sources), err)
	}
	return sources
}

// brokenCodes are those that a source begins with.
func brokenCodes(t *testing.T, source string) []string {
	t.Helper()
	text, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	found := leadingCodes.FindSubmatch(text)
	if found == nil {
		t.Fatalf("%s doesn't begin with its codes", source)
	}
	return strings.Fields(string(found[1]))
}

// fixtureCodes are what is to be found in fixtures, by their names.
func fixtureCodes(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(broken, "fixtures.txt"))
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		codes[words[0]] = words[1:]
	}
	return codes
}

// TestFixtures: of the modules that other tests use, check finds what is wrong with those that break something, and
// nothing in all others.
func TestFixtures(t *testing.T) {
	if testing.Short() {
		t.Skip("more than a hundred modules")
	}
	want := fixtureCodes(t)
	modules, err := filepath.Glob(filepath.Join(fixtures, "*.wasm"))
	if err != nil || len(modules) <= len(want) {
		t.Fatalf("%d modules, %v", len(modules), err)
	}
	for _, module := range modules {
		stem := strings.TrimSuffix(filepath.Base(module), ".wasm")
		codes := want[stem]
		delete(want, stem)
		t.Run(stem, func(t *testing.T) {
			t.Parallel()
			compareCodes(t, quick(), module, codes)
		})
	}
	for stem := range want {
		t.Errorf("there is no fixture %s", stem)
	}
}

// TestGood: there is nothing to say against the modules that are in use. Those of the SDKs' conformance set put what a
// spec says into their tasks as it is, some of it as JSON, which is found.
func TestGood(t *testing.T) {
	want := map[string][]string{
		"c.wasm": {"SW801"}, "assemblyscript.wasm": {"SW801"}, "rust.wasm": {"SW801"},
	}
	for _, pattern := range []string{"../../testdata/modules/*.wasm", "../../guest/examples/testdata/*.wasm", "../../guest/conformance/testdata/*.wasm"} {
		modules, err := filepath.Glob(pattern)
		if err != nil || len(modules) == 0 {
			t.Fatalf("%s: %d modules, %v", pattern, len(modules), err)
		}
		for _, module := range modules {
			t.Run(filepath.Base(module), func(t *testing.T) {
				t.Parallel()
				compareCodes(t, workshop(), module, want[filepath.Base(module)])
			})
		}
	}
}

// TestNoModule: whatever a path leads to, there is a report with a finding.
func TestNoModule(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.wasm")
	if err := os.WriteFile(text, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	large := filepath.Join(dir, "large.wasm")
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, abi.DefaultLimits().File+1); err != nil {
		t.Fatal(err)
	}
	for path, code := range map[string]string{
		filepath.Join(dir, "none.wasm"): "SW001", dir: "SW002", text: "SW101", large: "SW1101", os.DevNull: "SW002",
		filepath.Join(text, "below"): "SW001",
	} {
		t.Run(filepath.Base(path), func(t *testing.T) { compareCodes(t, workshop(), path, []string{code}) })
	}
}

// TestLoad: compiling over the limit load is found without compiling anything.
func TestLoad(t *testing.T) {
	w := workshop()
	w.Limits.Load = time.Millisecond
	report, err := w.Check(t.Context(), "../../testdata/modules/http-probe.wasm", nil)
	if got := codesOf(report, nil); err != nil || !slices.Equal(got, []string{"SW1103"}) {
		t.Errorf("%v, %v", report, err)
	}
}

// TestGiven: a spec of the author's shows what specs that are made up don't.
func TestGiven(t *testing.T) {
	spec := filepath.Join(t.TempDir(), "a.yaml")
	if err := os.WriteFile(spec, []byte("slot: a\nkind: {x: {name: a}}\ntimeout: 5s\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	items := taskfile.Read([]string{spec}, nil)
	if len(items) != 1 || items[0].Err != nil {
		t.Fatalf("%v", items)
	}
	report := checkFile(t, quick(), filepath.Join(fixtures, "no.wasm"), items...)
	if got := codesOf(report, []string{"SW703"}); !slices.Equal(got, []string{"SW703"}) {
		t.Errorf("%v", report)
	}
}

// TestCutShort: what there was no time for is told.
func TestCutShort(t *testing.T) {
	var calls atomic.Int64
	begun := time.Now()
	w := quick()
	w.Now = func() time.Time { return begun.Add(time.Duration(calls.Add(1)) * 300 * time.Millisecond) }
	report := checkFile(t, w, filepath.Join(broken, "reply-grows.wasm"))
	if got := codesOf(report, []string{"SW1112"}); !slices.Equal(got, []string{"SW1112"}) {
		t.Errorf("%v", report)
	}
}

// TestCheckEnds: a check ends with its context, and leaves no directory behind.
func TestCheckEnds(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	w := workshop()
	w.Limits.Build = time.Hour
	_, err := w.Check(ctx, filepath.Join(fixtures, "loop-build.wasm"), nil)
	if err == nil {
		t.Error("it ended by itself")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestClauses: codes are unique, in order, and in the form that their section gives them.
func TestClauses(t *testing.T) {
	form := regexp.MustCompile(`^SW(0|[1-9]|1[0-2])\d\d$`)
	last := 0
	for _, c := range author.Clauses() {
		var n int
		if _, err := fmt.Sscanf(string(c.Code), "SW%d", &n); err != nil || !form.MatchString(string(c.Code)) || n <= last {
			t.Errorf("%s after %d, %v", c.Code, last, err)
		}
		last = n
		if c.Rule == "" || c.Fix == "" || !slices.Contains([]author.Level{author.LevelError, author.LevelWarning, author.LevelInfo}, c.Level) {
			t.Errorf("%+v", c)
		}
	}
	if _, ok := author.FindClause("SW999"); ok {
		t.Error("found SW999")
	}
}

// TestClausesAreTested: each code is expected of some module.
func TestClausesAreTested(t *testing.T) {
	expected := []string{"SW001", "SW002", "SW703", "SW1101", "SW1103", "SW1112"} // by the tests in this file
	for _, codes := range fixtureCodes(t) {
		expected = append(expected, codes...)
	}
	for _, source := range brokenSources(t) {
		expected = append(expected, brokenCodes(t, source)...)
	}
	for _, c := range author.Clauses() {
		if !slices.Contains(expected, string(c.Code)) {
			t.Errorf("%s is expected of no module", c.Code)
		}
	}
}

// TestClausesAreDocumented holds the table of docs/abi.md and the codes together.
func TestClausesAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/abi.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("(?m)^\\| `?(SW\\d+)`? \\| (\\w+) \\| (.*) \\|$")
	var documented, want []string
	for _, m := range row.FindAllStringSubmatch(string(text), -1) {
		documented = append(documented, strings.Join(m[1:], " | "))
	}
	for _, c := range author.Clauses() {
		want = append(want, fmt.Sprintf("%s | %s | %s", c.Code, c.Level, c.Rule))
	}
	for _, line := range want {
		if !slices.Contains(documented, line) {
			t.Errorf("docs/abi.md lacks | %s |", line)
		}
	}
	for _, line := range documented {
		if !slices.Contains(want, line) {
			t.Errorf("docs/abi.md has | %s |, which check doesn't know so", line)
		}
	}
}

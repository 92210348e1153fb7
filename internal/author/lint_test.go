package author_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/internal/author"
	"github.com/soltihq/soltiwasm/task"
)

// withManifest is a module with a manifest at its end.
func withManifest(wasm []byte, manifest string) []byte {
	payload := append([]byte{byte(len(abi.ManifestSection))}, abi.ManifestSection...)
	payload = append(payload, manifest...)
	wasm = append(slices.Clone(wasm), 0)
	wasm = binary.AppendUvarint(wasm, uint64(len(payload)))
	return append(wasm, payload...)
}

// put is a module of a directory of runners.
type put struct{ file, fixture, manifest, sidecar string }

// runnersDir makes a directory of runners, and a host of it.
func runnersDir(t *testing.T, puts ...put) (string, *soltiwasm.Host) {
	t.Helper()
	dir := t.TempDir()
	for _, p := range puts {
		var wasm []byte
		if p.fixture != "" {
			wasm = fixtureBytes(t, p.fixture)
		}
		if p.manifest != "" {
			wasm = withManifest(wasm, p.manifest)
		}
		files := map[string]string{p.file + ".wasm": string(wasm), p.file + ".yaml": p.sidecar}
		for name, text := range files {
			if text == "" {
				continue
			}
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir, openHost(t, dir)
}

func openHost(t *testing.T, dir string) *soltiwasm.Host {
	t.Helper()
	host, err := soltiwasm.New(t.Context(), soltiwasm.Config{Engine: wazero.Engine{}, Dirs: []string{dir}})
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

// codes are the findings in short, but for that of digests that aren't pinned.
func codes(reports []author.Report) string {
	var all []string
	for _, r := range reports {
		words := []string{strings.TrimSuffix(r.Module, ".wasm")}
		for _, f := range r.Findings {
			if f.Code != "SL403" {
				words = append(words, string(f.Code))
			}
		}
		all = append(all, strings.Join(words, " "))
	}
	return strings.Join(all, ", ")
}

// The fixtures ok, empty-reply, log and metric take every spec, which can be told from their supports; no takes none;
// pointer-long and bad-range take some, as far as anybody can tell.
func TestLint(t *testing.T) {
	eu, us := "labels: {zone: eu}\n", "labels: {zone: us}\n"
	x, y, xy := `{"kinds":["x"]}`, `{"kinds":["y"]}`, `{"kinds":["x","y"]}`
	for _, c := range []struct {
		name string
		puts []put
		want string
	}{
		{"none", nil, ""},
		{"one", []put{{"a", "ok", "", ""}}, "a"},
		{"other kinds", []put{{"a", "ok", x, ""}, {"b", "log", y, ""}}, "a, b"},
		{"a fall-back", []put{{"a", "ok", x, ""}, {"b", "log", "", "order: 1"}}, "a, b"},

		{"shadowed", []put{{"a", "ok", "", ""}, {"b", "log", "", ""}}, "a, b SL201"},
		{"shadowed by order", []put{{"a", "ok", "", ""}, {"b", "log", "", "order: -1"}}, "b, a SL201"},
		{"shadowed with labels", []put{{"a", "ok", "", eu}, {"b", "log", "", eu}}, "a, b SL201"},
		{"a kind shadowed by any", []put{{"a", "ok", "", ""}, {"b", "pointer-long", x, ""}}, "a, b SL201"},
		{"any not shadowed by a kind", []put{{"a", "ok", x, ""}, {"b", "log", "", ""}}, "a, b SL205"},
		{"shadowed by two", []put{{"a", "ok", x, ""}, {"b", "log", y, ""}, {"c", "pointer-long", xy, ""}}, "a, b, c SL201"},
		{"shadowed in part", []put{{"a", "ok", x, ""}, {"c", "pointer-long", xy, "order: 1"}}, "a, c SL206"},
		{"shadowed in part, and a doubt", []put{{"a", "ok", x, ""}, {"b", "trap-once", y, ""}, {"c", "pointer-long", xy, ""}}, "a, b, c SL205 SL206"},
		{"not by a disabled one", []put{{"a", "ok", "", "disabled: true"}, {"b", "log", "", ""}}, "a SL105, b"},
		{"not by one that says no", []put{{"a", "no", "", ""}, {"b", "log", "", ""}}, "a SL202, b"},
		{"not by one that may say no", []put{{"a", "pointer-long", "", ""}, {"b", "log", "", ""}}, "a, b SL204"},

		{"a selector leads to it", []put{{"a", "ok", "", eu}, {"b", "log", "", us}}, "a, b SL203"},
		{"a selector by a label that it lacks", []put{{"a", "ok", "", eu}, {"b", "log", "", ""}}, "a, b SL203"},
		{"a selector by a label that it has", []put{{"a", "ok", "", ""}, {"b", "log", "", eu}}, "a, b SL203"},
		{"a selector past two", []put{{"a", "ok", x, eu}, {"b", "log", y, ""}, {"c", "metric", xy, us}}, "a, b, c SL203"},
		{"labels and a doubt", []put{{"a", "pointer-long", "", eu}, {"b", "log", "", us}}, "a, b"},

		{"overlap", []put{{"a", "pointer-long", xy, ""}, {"b", "log", x, "order: 1"}}, "a, b SL204"},
		{"overlap in part", []put{{"a", "pointer-long", `{"kinds":["x","z"]}`, ""}, {"b", "log", xy, ""}}, "a, b SL205"},
		{"overlap in part, in order", []put{{"a", "pointer-long", `{"kinds":["x","z"]}`, ""}, {"b", "log", xy, "order: 1"}}, "a, b"},

		{"grants", []put{{"a", "ok", `{"env":["A","B_*"],"actions":["wasm"]}`, "grants: {env: [A, 'B_*'], actions: [wasm]}"}}, "a"},
		{"wider grants", []put{{"a", "ok", `{"env":["A_B"]}`, "grants: {env: ['A_*']}"}}, "a"},
		{"narrower grants", []put{{"a", "ok", `{"env":["A_*"]}`, "grants: {env: ['A_B']}"}}, "a SL301"},
		{"grants not given", []put{{"a", "ok", `{"env":["A"],"actions":["process"]}`, ""}}, "a SL301 SL302"},
		{"grants not asked for", []put{{"a", "ok", "", "grants: {env: ['*'], actions: [process]}"}}, "a SL303 SL304"},
		{"other grants", []put{{"a", "ok", `{"env":["AB"]}`, "grants: {env: [A]}"}}, "a SL301 SL303"},
		{"directories", []put{{"a", "ok", "", "grants: {fs: [{host: /tmp, guest: /x}]}"}}, "a SL305"},
		{"grants of a disabled one", []put{{"a", "ok", `{"env":["A"]}`, "disabled: true"}}, "a SL105"},

		{"rejected", []put{{"a", "no-abi", "", ""}, {"b", "garbage", "", ""}}, "a SL101, b SL101"},
		{"a name twice", []put{{"a", "ok", "", ""}, {"b", "keeps-name", "", ""}}, "a, b SL102"},
		{"a bad sidecar", []put{{"a", "ok", "", "labells: {}"}}, "a SL103"},
		{"other bytes", []put{{"a", "ok", "", "digest: sha256:" + strings.Repeat("0", 64)}}, "a SL104"},
		{"no module", []put{{"a", "ok", "", ""}, {"b", "", "", "order: 1"}}, "a, b.yaml SL401"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, host := runnersDir(t, c.puts...)
			reports, err := author.Lint(t.Context(), host, dir, abi.DefaultLimits())
			if got := codes(reports); err != nil || got != c.want {
				t.Errorf("%s, %v; expected %s", got, err, c.want)
			}
			checkProofs(t, host, reports)
			for _, r := range reports {
				if wrong := strings.Contains(codes([]author.Report{r}), "SL1") && r.OK() && !strings.Contains(codes([]author.Report{r}), "SL105"); wrong {
					t.Errorf("%+v is in order", r)
				}
			}
		})
	}
}

// checkProofs routes specs of all sorts: who is said to be never chosen isn't, and who is said to need a selector is
// chosen with one and not without.
func checkProofs(t *testing.T, host *soltiwasm.Host, reports []author.Report) {
	t.Helper()
	with, without := map[string]bool{}, map[string]bool{}
	for _, kind := range []string{"x", "y", "z"} {
		for _, selector := range []string{"", "zone=eu", "zone=us", "!zone", "zone"} {
			spec := customSpec(selector)
			spec.Kind = task.Custom{Name: kind, Payload: []byte("{}")}
			d, _ := host.Route(t.Context(), spec)
			if selector == "" {
				without[d.Module] = true
			} else {
				with[d.Module] = true
			}
		}
	}
	for _, r := range reports {
		for _, f := range r.Findings {
			switch {
			case (f.Code == "SL201" || f.Code == "SL202") && (with[r.Module] || without[r.Module]):
				t.Errorf("%s is chosen: %s", r.Module, f.Message)
			case f.Code == "SL203" && (!with[r.Module] || without[r.Module]):
				t.Errorf("%s is chosen with a selector: %v, without: %v: %s", r.Module, with[r.Module], without[r.Module], f.Message)
			}
		}
	}
}

func TestLintFiles(t *testing.T) {
	dir, host := runnersDir(t, put{"a", "ok", "", ""})
	if err := os.WriteFile(filepath.Join(dir, "a.yml"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	reports, err := author.Lint(t.Context(), host, dir, abi.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if got := codes(reports); got != "a SL402" {
		t.Errorf("%s", got)
	}
	var unpinned author.Finding
	for _, f := range reports[0].Findings {
		if f.Code == "SL403" {
			unpinned = f
		}
	}
	digest := host.Capabilities().Runners[0].Digest
	if unpinned.Level != author.LevelInfo || !strings.Contains(unpinned.Message, digest) {
		t.Errorf("%+v", unpinned)
	}

	dir, host = runnersDir(t, put{"a", "ok", "", "digest: " + digest})
	reports, err = author.Lint(t.Context(), host, dir, abi.DefaultLimits())
	if err != nil || len(reports) != 1 || len(reports[0].Findings) != 0 {
		t.Errorf("%+v, %v", reports, err)
	}
}

// Each code is told once, with a level, a rule and a fix.
func TestLintClauses(t *testing.T) {
	seen := map[author.Code]bool{}
	for _, c := range author.LintClauses() {
		if seen[c.Code] || c.Rule == "" || c.Fix == "" || c.Level == "" {
			t.Errorf("%+v", c)
		}
		seen[c.Code] = true
	}
}

func TestLintEnds(t *testing.T) {
	dir, host := runnersDir(t, put{"a", "ok", "", ""})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := author.Lint(ctx, host, dir, abi.DefaultLimits()); err == nil {
		t.Error("it went on")
	}
}

func ExampleLint() {
	ctx := context.Background()
	dir := "testdata/runners"
	host, err := soltiwasm.New(ctx, soltiwasm.Config{Engine: wazero.Engine{}, Dirs: []string{dir}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer host.Close()
	reports, err := author.Lint(ctx, host, dir, abi.DefaultLimits())
	for _, r := range reports {
		fmt.Println(r.Module, r.OK())
		for _, f := range r.Findings {
			fmt.Println(f.Code, f.Level, f.Fix)
		}
	}
	fmt.Println(err)
	// Output:
	// random.wasm true
	// SL403 info Write it as digest into the sidecar; soltiwasm inspect --sidecar drafts one.
	// <nil>
}

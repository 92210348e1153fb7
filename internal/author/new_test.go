package author_test

import (
	"errors"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/internal/author"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/taskfile"
)

func TestNew(t *testing.T) {
	for _, language := range author.Languages() {
		t.Run(language, func(t *testing.T) {
			parent := t.TempDir()
			dir := filepath.Join(parent, "made")
			made, err := author.New(author.NewRunner{Name: "My_Runner.1", Language: language, Dir: dir})
			if err != nil {
				t.Fatal(err)
			}
			if made.Dir != dir || made.Kind != "my-runner-1" {
				t.Errorf("made %+v", made)
			}
			if entries, err := os.ReadDir(parent); err != nil || len(entries) != 1 {
				t.Errorf("left behind: %v, %v", entries, err)
			}
			files := filesIn(t, dir)
			if !slices.Equal(files, made.Files) {
				t.Errorf("made %v, said %v", files, made.Files)
			}
			for _, want := range []string{"Makefile", "README.md", ".gitignore", "manifest.json", "My_Runner.1.yaml", "specs/hello.yaml", "specs/hello.yaml.golden"} {
				if !slices.Contains(files, want) {
					t.Errorf("there is no %s", want)
				}
			}
			for _, file := range files {
				checkScaffolded(t, dir, file)
			}
		})
	}
}

func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			files = append(files, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	return files
}

// checkScaffolded holds one file to what can be said of it without a toolchain.
func checkScaffolded(t *testing.T, dir, file string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(file))
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(file, "sdk/") {
		if strings.HasSuffix(file, "_test.go") {
			t.Errorf("%s is a test of the SDK", file)
		}
		return
	}
	if strings.Contains(string(data), "{{") || strings.Contains(string(data), "<no value>") {
		t.Errorf("%s is not filled in:\n%s", file, data)
	}
	if !strings.HasSuffix(string(data), "\n") || strings.Contains(string(data), "\n\n\n") || strings.Contains(string(data), " \n") {
		t.Errorf("%s has lines that nobody would write:\n%s", file, data)
	}
	switch filepath.Ext(file) {
	case ".go":
		if formatted, err := format.Source(data); err != nil || string(formatted) != string(data) {
			t.Errorf("%s is not formatted: %v", file, err)
		}
	case ".json":
		if file != "manifest.json" {
			return
		}
		if m, err := registry.ParseManifest(data); err != nil || !slices.Equal(m.Kinds, []string{"my-runner-1"}) {
			t.Errorf("%s: %+v, %v", file, m, err)
		}
	case ".yaml":
		if !strings.HasPrefix(file, "specs/") {
			if _, err := registry.ParseSidecar(data); err != nil {
				t.Errorf("%s: %v", file, err)
			}
			return
		}
		for _, item := range taskfile.Read([]string{path}, nil) {
			if item.Err != nil || item.Spec.Kind.KindName() != "my-runner-1" {
				t.Errorf("%s: %+v", file, item)
			}
		}
	}
}

// The copies are those of the SDK as it is now.
func TestNewCopiesTheSDK(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	if _, err := author.New(author.NewRunner{Name: "r", Language: "go", Dir: dir}); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"guest/runner.go", "guest/guesttest/host.go", "abi/abi.go", "metrics/rules.go"} {
		got, err := os.ReadFile(filepath.Join(dir, "sdk", file))
		if err != nil {
			t.Fatal(err)
		}
		if want, err := os.ReadFile(filepath.Join("../..", file)); err != nil || string(got) != string(want) {
			t.Errorf("%s is another file than that of the SDK: %v", file, err)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for _, c := range []struct {
		runner author.NewRunner
		want   string
	}{
		{author.NewRunner{Name: "", Language: "go"}, "the runner's name is empty"},
		{author.NewRunner{Name: "-x", Language: "go"}, "the runner's name: expected a letter or digit first and last"},
		{author.NewRunner{Name: "a/b", Language: "go"}, "the runner's name: expected only letters"},
		{author.NewRunner{Name: "..", Language: "go"}, "the runner's name: expected a letter or digit"},
		{author.NewRunner{Name: strings.Repeat("n", 64), Language: "go"}, "the runner's name: expected at most 63 bytes"},
		{author.NewRunner{Name: "x", Language: "perl"}, `the language: expected one of go, c, assemblyscript, rust, wat, found "perl"`},
		{author.NewRunner{Name: "x", Language: "go", Kind: "No"}, `the kind "No": kind name`},
		{author.NewRunner{Name: "subprocess", Language: "go"}, "the kind subprocess is built in"},
		{author.NewRunner{Name: "x", Language: "go", Kind: "embedded"}, "the kind embedded is built in"},
	} {
		dir := filepath.Join(t.TempDir(), "r")
		c.runner.Dir = dir
		if _, err := author.New(c.runner); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, expected %q", c.runner, err, c.want)
		}
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%+v: something was made: %v", c.runner, err)
		}
	}
}

// What is there already is left alone, to the byte.
func TestNewOverwritesNothing(t *testing.T) {
	parent := t.TempDir()
	write := func(path string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(parent, "full", "file"))
	write(filepath.Join(parent, "file"))
	if err := os.Mkdir(filepath.Join(parent, "target"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("target", filepath.Join(parent, "link")); err != nil {
		t.Fatal(err)
	}
	before := filesIn(t, parent)
	for _, dir := range []string{"full", "file", "link"} {
		_, err := author.New(author.NewRunner{Name: "r", Language: "wat", Dir: filepath.Join(parent, dir)})
		if !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), "--dir") {
			t.Errorf("%s: %v", dir, err)
		}
	}
	if _, err := author.New(author.NewRunner{Name: "r", Language: "wat", Dir: filepath.Join(parent, "missing", "r")}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder in one that is not there: %v", err)
	}
	if after := filesIn(t, parent); !slices.Equal(before, after) {
		t.Errorf("%v became %v", before, after)
	}
	if _, err := author.New(author.NewRunner{Name: "r", Language: "wat", Dir: filepath.Join(parent, "target")}); err != nil {
		t.Errorf("an empty folder: %v", err)
	}
}

// An empty folder that is there stays the same one, as it may be where the user stands.
func TestNewInAFolderThatIsThere(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	before, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	made, err := author.New(author.NewRunner{Name: "r", Language: "c", Dir: "."})
	if err != nil || made.Dir != "." {
		t.Fatalf("%+v, %v", made, err)
	}
	if files := filesIn(t, dir); !slices.Equal(files, made.Files) {
		t.Errorf("%v, said %v", files, made.Files)
	}
	if after, err := os.Stat("."); err != nil || !os.SameFile(before, after) {
		t.Errorf("it is another folder now: %v", err)
	}
	if _, err := author.New(author.NewRunner{Name: "r", Language: "c", Dir: "."}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second time: %v", err)
	}
}

// Names that YAML would take for other things than strings are names all the same.
func TestNewQuotes(t *testing.T) {
	for _, name := range []string{"1", "true", "null", "1e3", "0x1f", "2026-11-23", "no"} {
		dir := filepath.Join(t.TempDir(), "r")
		if _, err := author.New(author.NewRunner{Name: name, Language: "c", Dir: dir}); err != nil {
			t.Fatal(err)
		}
		items := taskfile.Read([]string{filepath.Join(dir, "specs")}, nil)
		for _, item := range items {
			if item.Err != nil || item.Spec.Kind.KindName() != name {
				t.Errorf("%s: %+v", name, item)
			}
		}
		for _, file := range []string{"hello.yaml.golden", "no-name.yaml.golden"} {
			data, err := os.ReadFile(filepath.Join(dir, "specs", file))
			if err != nil {
				t.Fatal(err)
			}
			docs, err := document.ParseYAML(data, document.Bounds{})
			if err != nil || docs[0].Err != nil || docs[0].Root.Get("runner").Kind != document.String {
				t.Errorf("%s: %v\n%s", name, err, data)
			}
		}
	}
}

func TestDefaultKind(t *testing.T) {
	for name, want := range map[string]string{"hello": "hello", "Http_Probe.2": "http-probe-2", "a..b": "a--b"} {
		if got := author.DefaultKind(name); got != want {
			t.Errorf("%s: %s, expected %s", name, got, want)
		}
	}
}

// The addresses in the text format are written by hand, and have to leave room for the longest words.
func TestNewWatLongest(t *testing.T) {
	wat2wasm, err := exec.LookPath("wat2wasm")
	if err != nil {
		t.Skip("needs wat2wasm")
	}
	label := strings.Repeat("k", 63)
	kind := strings.Join([]string{label, label, label, label[:61]}, ".")
	dir := filepath.Join(t.TempDir(), "r")
	if _, err := author.New(author.NewRunner{Name: strings.Repeat("n", 63), Language: "wat", Kind: kind, Dir: dir}); err != nil {
		t.Fatal(err)
	}
	module := filepath.Join(dir, "r.wasm")
	if out, err := exec.Command(wat2wasm, filepath.Join(dir, "runner.wat"), "-o", module).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	wasm, err := os.ReadFile(module)
	if err != nil {
		t.Fatal(err)
	}
	if _, rejection := registry.Examine(wasm, abi.DefaultLimits()); rejection != nil {
		t.Fatal(rejection)
	}
	spec := "slot: s\ntimeout: 5s\nkind:\n  " + kind + ": {name: " + strings.Repeat("x", 1000) + "}\n"
	config := "config: {greeting: " + strings.Repeat("y", 1000) + "}\n"
	results := goldenTest(t, wasm, config, map[string]string{"s.yaml": spec}, func(g *author.Golden) { g.Update = true })
	golden := results.read(t, "s.yaml.golden")
	for _, want := range []string{"runner: " + strings.Repeat("n", 63), "outcome: success", "result: \"" + strings.Repeat("y", 1000) + ", " + strings.Repeat("x", 1000)} {
		if !strings.Contains(golden, want) {
			t.Errorf("there is no %.80s in\n%.3000s", want, golden)
		}
	}
}

func ExampleNew() {
	parent, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(parent)
	made, err := author.New(author.NewRunner{Name: "greeter", Language: "wat", Dir: filepath.Join(parent, "greeter")})
	fmt.Println(made.Kind, err)
	for _, file := range made.Files {
		fmt.Println(file)
	}
	// Output:
	// greeter <nil>
	// .gitignore
	// Makefile
	// README.md
	// greeter.yaml
	// manifest.json
	// runner.wat
	// specs/hello.yaml
	// specs/hello.yaml.golden
	// specs/no-name.yaml
	// specs/no-name.yaml.golden
}

package author

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/document"
)

//go:embed templates
var templates embed.FS

// language is one that runners are written in.
type language struct {
	Name   string
	Title  string
	Needs  string            // what builds the runner
	Get    string            // the command that gets it into the folder, if there is one
	Source string            // the file that an author writes
	Ignore []string          // what building leaves, beside the module
	Tests  string            // the command that runs the unit tests of the folder, if it has any
	Run    string            // what build gives run, as the golden file has it after the key
	files  map[string]string // templates beside the common ones, and where their text goes
	sdk    map[string]string // patterns of files of soltiwasm.SDK, and the folder that they go to
}

// greeting is what build gives run in the languages that have an SDK.
const greeting = "\n      greeting: \"hello, Ada\""

// languages are those that runners are written in, in the order in which they are named.
func languages() []language {
	return []language{
		{
			Name: "go", Title: "Go", Needs: "Go 1.26", Source: "main.go", Tests: "$(GO) test ./...", Run: greeting,
			files: map[string]string{
				"main.go.tmpl": "main.go", "main_test.go.tmpl": "main_test.go", "go.mod.tmpl": "go.mod", "sdk.mod.tmpl": "sdk/go.mod",
			},
			sdk: map[string]string{
				"guest/*.go": "sdk/guest", "guest/guesttest/*.go": "sdk/guest/guesttest", "abi/*.go": "sdk/abi", "metrics/*.go": "sdk/metrics",
			},
		}, {
			Name: "c", Title: "C", Needs: "clang and wasm-ld, 14 or newer", Source: "runner.c", Ignore: []string{"*.o"}, Run: greeting,
			files: map[string]string{"runner.c.tmpl": "runner.c"},
			sdk:   map[string]string{"guest/c/solti.h": "sdk"},
		}, {
			Name: "assemblyscript", Title: "AssemblyScript", Needs: "asc 0.28, which `npm install` gets", Get: "npm install", Source: "index.ts",
			Ignore: []string{"node_modules/"}, Run: greeting,
			files: map[string]string{"index.ts.tmpl": "index.ts", "package.json.tmpl": "package.json"},
			sdk:   map[string]string{"guest/assemblyscript/package.json": "sdk", "guest/assemblyscript/assembly/*.ts": "sdk/assembly"},
		}, {
			Name: "rust", Title: "Rust", Needs: "cargo and the target wasm32-unknown-unknown", Source: "src/lib.rs", Ignore: []string{"target/"},
			Tests: "$(CARGO) test --offline --quiet", Run: greeting,
			files: map[string]string{"lib.rs.tmpl": "src/lib.rs", "Cargo.toml.tmpl": "Cargo.toml"},
			sdk:   map[string]string{"guest/rust/Cargo.toml": "sdk", "guest/rust/src/*.rs": "sdk/src"},
		}, {
			Name: "wat", Title: "WebAssembly text", Needs: "wat2wasm of wabt", Source: "runner.wat", Run: " {}",
			files: map[string]string{"runner.wat.tmpl": "runner.wat"},
		},
	}
}

// commonFiles are the templates of every language, and where their text goes. NAME stands for the runner's.
func commonFiles() map[string]string {
	return map[string]string{
		"Makefile.tmpl": "Makefile", "README.md.tmpl": "README.md", "gitignore.tmpl": ".gitignore",
		"manifest.json.tmpl": "manifest.json", "sidecar.yaml.tmpl": "NAME.yaml",
		"hello.yaml.tmpl": "specs/hello.yaml", "hello.golden.tmpl": "specs/hello.yaml.golden",
		"no-name.yaml.tmpl": "specs/no-name.yaml", "no-name.golden.tmpl": "specs/no-name.yaml.golden",
	}
}

// scaffoldFile is one file of a new runner's folder.
type scaffoldFile struct {
	path string // with slashes
	data []byte
}

// scaffold is what the templates are filled in with.
type scaffold struct {
	Name, Kind string
	Language   language
}

// pointer is that of the kind's payload. A kind's name has nothing that a JSON Pointer escapes.
func (s scaffold) pointer() string { return "/kind/" + s.Kind }

// quote writes a word as YAML has it: one such as 1 or true is a string only in quotes.
func quote(word string) string {
	return strings.TrimSuffix(string(document.NewString(word).AppendYAML(nil)), "\n")
}

// replacer fills in a template, whose {{words}} are these. Package text/template could do more, but is half a megabyte of
// the program, which every command would load.
func (s scaffold) replacer(recipe string) *strings.Replacer {
	l := s.Language
	tests, sdk, ignore := "", "", ""
	if l.Tests != "" {
		tests = "\n\t" + l.Tests
	}
	if len(l.sdk) > 0 {
		sdk = "\n| `sdk` | the SDK as it came with the command that made this folder |"
	}
	for _, pattern := range l.Ignore {
		ignore += "\n" + pattern
	}
	return strings.NewReplacer(
		"{{Name}}", s.Name, "{{NameLen}}", strconv.Itoa(len(s.Name)), "{{QuotedName}}", quote(s.Name),
		"{{Kind}}", s.Kind, "{{QuotedKind}}", quote(s.Kind),
		"{{Pointer}}", s.pointer(), "{{PointerLen}}", strconv.Itoa(len(s.pointer())), "{{FieldLen}}", strconv.Itoa(len(s.pointer()+"/name")),
		"{{Title}}", l.Title, "{{Needs}}", l.Needs, "{{Source}}", l.Source,
		"{{Recipe}}", recipe, "{{Tests}}", tests, "{{SDK}}", sdk, "{{Ignore}}", ignore, "{{Run}}", l.Run,
	)
}

// language is the one that the runner is written in.
func (n NewRunner) language() language {
	all := languages()
	return all[slices.IndexFunc(all, func(l language) bool { return l.Name == n.Language })]
}

// files are those of the folder.
func (n NewRunner) files() ([]scaffoldFile, error) {
	s := scaffold{Name: n.Name, Kind: n.Kind, Language: n.language()}
	files, err := s.render()
	if err != nil {
		return nil, err
	}
	sdk := soltiwasm.SDK()
	patterns := s.Language.sdk
	if len(patterns) > 0 {
		files, err = appendCopies(files, sdk, "LICENSE", "sdk")
	}
	for pattern, to := range patterns {
		if err == nil {
			files, err = appendCopies(files, sdk, pattern, to)
		}
	}
	return files, err
}

// render fills in the templates.
func (s scaffold) render() ([]scaffoldFile, error) {
	own := "templates/" + s.Language.Name + "/"
	recipe, err := templates.ReadFile(own + "recipe.tmpl")
	if err != nil {
		return nil, err
	}
	// The recipe is part of a template, and one itself.
	fill := s.replacer(s.replacer("").Replace(strings.TrimSuffix(string(recipe), "\n")))
	var files []scaffoldFile
	for dir, from := range map[string]map[string]string{"templates/common/": commonFiles(), own: s.Language.files} {
		for name, to := range from {
			text, err := templates.ReadFile(dir + name)
			if err != nil {
				return nil, err
			}
			files = append(files, scaffoldFile{strings.ReplaceAll(to, "NAME", s.Name), []byte(fill.Replace(string(text)))})
		}
	}
	return files, nil
}

// appendCopies adds the files of the SDK that a pattern names, but for tests.
func appendCopies(files []scaffoldFile, sdk fs.FS, pattern, to string) ([]scaffoldFile, error) {
	names, err := fs.Glob(sdk, pattern)
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("the SDK has no %s", pattern)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		data, rerr := fs.ReadFile(sdk, name)
		if rerr != nil {
			return nil, rerr
		}
		files = append(files, scaffoldFile{path.Join(to, path.Base(name)), data})
	}
	return files, err
}

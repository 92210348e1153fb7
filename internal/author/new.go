package author

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/task"
)

// NewRunner says what [New] makes.
type NewRunner struct {
	Name     string // by the rules of the ABI's section 2
	Language string // one of Languages
	Kind     string // the custom kind that the runner takes; empty is the one of DefaultKind
	Dir      string // the folder to be made; empty is one with the runner's name
}

// Folder is what [New] made.
type Folder struct {
	Dir   string
	Kind  string
	Files []string // by their paths in Dir, sorted
}

// Languages are the names of the languages that [New] knows.
func Languages() []string {
	var names []string
	for _, l := range languages() {
		names = append(names, l.Name)
	}
	return names
}

// DefaultKind is the kind of a runner where nobody names one: its name in lower case, with hyphens for what a DNS label
// can't hold.
func DefaultKind(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			return r
		case 'A' <= r && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, name)
}

// withDefaults fills in what was left out.
func (n NewRunner) withDefaults() NewRunner {
	if n.Kind == "" {
		n.Kind = DefaultKind(n.Name)
	}
	if n.Dir == "" {
		n.Dir = n.Name
	}
	return n
}

// Validate says what is wrong with the name, the language or the kind.
func (n NewRunner) Validate() error {
	if err := registry.CheckName(n.Name); err != nil {
		return fmt.Errorf("the runner's name: %w", err)
	}
	if !slices.Contains(Languages(), n.Language) {
		return fmt.Errorf("the language: expected one of %s, found %q", strings.Join(Languages(), ", "), n.Language)
	}
	kind := n.withDefaults().Kind
	if err := task.ValidateKindName(kind); err != nil {
		return fmt.Errorf("the kind %q: %w", kind, err)
	}
	switch kind {
	case task.KindSubprocess, task.KindWasm, task.KindContainer, task.KindEmbedded:
		return fmt.Errorf("the kind %s is built in; a new runner wants one of its own, named with --kind", kind)
	}
	return nil
}

// New makes the folder of a new runner: its source, the SDK that this source is built with, a manifest, tests and a
// Makefile. It makes all of it or nothing. A folder that is there already is taken only if it is empty; otherwise the
// error is fs.ErrExist.
func New(n NewRunner) (Folder, error) {
	if err := n.Validate(); err != nil {
		return Folder{}, err
	}
	n = n.withDefaults()
	files, err := n.files()
	if err != nil {
		return Folder{}, err
	}
	dir := filepath.Clean(n.Dir)
	if err := checkVacant(dir); err != nil {
		return Folder{}, err
	}
	if err := writeFolder(dir, files); err != nil {
		return Folder{}, fmt.Errorf("making the folder %s: %w", dir, err)
	}
	made := Folder{Dir: dir, Kind: n.Kind}
	for _, f := range files {
		made.Files = append(made.Files, f.path)
	}
	slices.Sort(made.Files)
	return made, nil
}

// checkVacant refuses a path where something is already. An empty folder is nothing.
func checkVacant(dir string) error {
	info, err := os.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(filepath.Dir(dir)); err != nil {
			return fmt.Errorf("making the folder %s: %w: make the one that it is to be in first", dir, err)
		}
		return nil
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%s: %w, and is no folder: name another with --dir", dir, fs.ErrExist)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s: %w, and is not empty: name another with --dir", dir, fs.ErrExist)
	}
	return nil
}

// writeFolder writes the files beside dir and then puts them there in one step.
func writeFolder(dir string, files []scaffoldFile) (err error) {
	work, err := os.MkdirTemp(filepath.Dir(dir), ".soltiwasm-new-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	// The work folder is nobody else's to read; the one inside of it has the usual mode.
	made := filepath.Join(work, "runner")
	for _, f := range files {
		path := filepath.Join(made, filepath.FromSlash(f.path))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, f.data, 0o666); err != nil {
			return err
		}
	}
	// Only an empty folder can be removed, so nothing is lost to somebody who was quicker.
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(made, dir)
}

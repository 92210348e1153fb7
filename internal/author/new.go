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
	Build string   // the commands that build it, for a shell in Dir
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
	if n.Name == "" {
		return errors.New("the runner's name is empty: expected letters and digits, such as greeter")
	}
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
	made := Folder{Dir: dir, Kind: n.Kind, Build: "make"}
	if get := n.language().Get; get != "" {
		made.Build = get + " && make"
	}
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
		return &occupiedError{dir, "is no folder"}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	if len(entries) > 0 {
		return &occupiedError{dir, "is not empty"}
	}
	return nil
}

// occupiedError is a path where something is already. It is fs.ErrExist.
type occupiedError struct{ dir, why string }

func (e *occupiedError) Error() string {
	return fmt.Sprintf("%s %s; nothing was written: name another with --dir", e.dir, e.why)
}

func (*occupiedError) Unwrap() error { return fs.ErrExist }

// writeFolder writes the files to a folder beside dir, which becomes dir in one step. If dir is there already, that
// may be where the user stands or a file system of its own, so that it has to stay: the files are moved into it.
func writeFolder(dir string, files []scaffoldFile) (err error) {
	_, err = os.Lstat(dir)
	beside, there := filepath.Dir(dir), err == nil
	if there {
		beside = dir
	}
	work, err := os.MkdirTemp(beside, ".soltiwasm-new-*")
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
	if there {
		return moveInto(dir, made)
	}
	return os.Rename(made, dir) // which replaces nothing but an empty folder
}

// moveInto moves what is in from into dir, where nothing has these names: all of it or nothing.
func moveInto(dir, from string) (err error) {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if _, err := os.Lstat(path); err == nil { // somebody was quicker
			return &fs.PathError{Op: "move", Path: path, Err: fs.ErrExist}
		}
		if err := os.Rename(filepath.Join(from, e.Name()), path); err != nil {
			return err
		}
		defer func() {
			if err != nil {
				err = errors.Join(err, os.RemoveAll(path))
			}
		}()
	}
	return nil
}

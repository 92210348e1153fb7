package rows

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/bench/compare"
)

// Bench is what the rows are measured with.
type Bench struct {
	Method compare.Method
	Quick  bool   // few and small, to see whether everything works
	Root   string // the repository
	Temp   string // for what is built; removed afterwards
	Log    func(format string, args ...any)

	built     map[string]string // programs and Go guests, by package
	installed time.Time         // when the last module was written
}

// Guest reads a committed guest.
func (b *Bench) Guest(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(b.Root, "bench", "guests", name+".wasm"))
}

// Program builds a command of this module, or, where the package begins with "../", of the repository's, as a release is
// built: without cgo and symbols.
func (b *Bench) Program(pkg string) (string, error) {
	return b.build(pkg, []string{"CGO_ENABLED=0"}, "-trimpath", "-ldflags=-s -w")
}

// GoGuest builds a Go guest as docs/writing-runners.md has it, and reads it.
func (b *Bench) GoGuest(pkg string) ([]byte, error) {
	path, err := b.build(pkg, []string{"GOOS=wasip1", "GOARCH=wasm"}, "-buildmode=c-shared", "-trimpath", "-ldflags=-s -w")
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

func (b *Bench) build(pkg string, env []string, flags ...string) (string, error) {
	if path, is := b.built[pkg]; is {
		return path, nil
	}
	out := filepath.Join(b.Temp, "built-"+strings.NewReplacer("/", "-", ".", "").Replace(pkg))
	dir, name := filepath.Join(b.Root, "bench"), pkg
	if rest, is := strings.CutPrefix(pkg, "../"); is {
		// In its own directory it is built in its own module, with the versions that go.mod has there.
		dir, name = filepath.Join(b.Root, rest), "."
	}
	b.Log("building %s", pkg)
	cmd := exec.Command("go", append(append([]string{"build"}, flags...), "-o", out, name)...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building %s: %w\n%s", pkg, err, text)
	}
	if b.built == nil {
		b.built = map[string]string{}
	}
	b.built[pkg] = out
	return out, nil
}

// place is the name in the guests that many runners are made of.
const place = "bench-0000"

// rename makes another runner of a guest, by writing over its name.
func rename(guest []byte, number int) ([]byte, error) {
	at := strings.Index(string(guest), place)
	if at < 0 || strings.Contains(string(guest[at+1:]), place) {
		return nil, fmt.Errorf("the guest has the name %s not exactly once", place)
	}
	named := append([]byte(nil), guest...)
	copy(named[at:], runnerName(number))
	return named, nil
}

func runnerName(number int) string { return fmt.Sprintf("bench-%04d", number) }

// withCode makes a guest's code another than that of every other number, as that of different modules is: who loads them may
// not share it. The guest gets a global, and has none itself.
func withCode(guest []byte, number int) []byte {
	const header, global, f64, f64Const, end = 8, 6, 0x7c, 0x44, 0x0b
	at := header
	for guest[at] < global {
		size, n := binary.Uvarint(guest[at+1:])
		at += 1 + n + int(size)
	}
	section := binary.LittleEndian.AppendUint64([]byte{1, f64, 0, f64Const}, math.Float64bits(float64(number)))
	section = append(section, end)
	return slices.Concat(guest[:at], []byte{global, byte(len(section))}, section, guest[at:])
}

// withManifest adds a manifest to a guest.
func withManifest(guest []byte, manifest string) []byte {
	sized := func(b []byte) []byte { return append(binary.AppendUvarint(nil, uint64(len(b))), b...) }
	section := append(sized([]byte(abi.ManifestSection)), manifest...)
	return append(append(append([]byte(nil), guest...), 0), sized(section)...)
}

// install writes modules into a new directory and returns it.
func (b *Bench) install(modules [][]byte) (string, error) {
	dir, err := os.MkdirTemp(b.Temp, "runners")
	if err != nil {
		return "", err
	}
	for i, m := range modules {
		if err := os.WriteFile(filepath.Join(dir, runnerName(i)+".wasm"), m, 0o644); err != nil {
			return "", err
		}
	}
	b.installed = time.Now()
	return dir, nil
}

// settle waits until the modules are older than what file systems tell apart: before that, a host doesn't rely on what
// it knows of a file.
func (b *Bench) settle() { time.Sleep(time.Until(b.installed.Add(3 * time.Second))) }

// Subject makes a subject that does something again and again.
func Subject(name string, do func() error) compare.Subject {
	return compare.Subject{Name: name, Do: func(n int) error {
		for range n {
			if err := do(); err != nil {
				return err
			}
		}
		return nil
	}}
}

// closing calls close and joins its error to the one that a function returns.
func closing(err *error, close func(context.Context) error) {
	*err = errors.Join(*err, close(context.Background()))
}

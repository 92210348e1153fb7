//go:build unix

package registry_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/soltihq/soltiwasm/registry"
)

// TestFilesThatAreNone has everything in a directory that is named like a module and is none.
func TestFilesThatAreNone(t *testing.T) {
	b := newBench(t, "ok")
	outside := t.TempDir()
	data, err := os.ReadFile(filepath.Join(b.dir, "ok.wasm"))
	check(t, err)
	check(t, os.WriteFile(filepath.Join(outside, "x.wasm"), data, 0o600))
	in := func(name string) string { return filepath.Join(b.dir, name) }
	check(t, os.Mkdir(in("folder.wasm"), 0o700))
	check(t, syscall.Mkfifo(in("fifo.wasm"), 0o600))
	check(t, os.Symlink("/dev/zero", in("device.wasm")))
	check(t, os.Symlink(filepath.Join(outside, "x.wasm"), in("leaves.wasm")))
	check(t, os.Symlink("nowhere", in("nowhere.wasm")))
	check(t, os.Symlink("circle.wasm", in("circle.wasm")))
	check(t, os.Symlink("fifo.wasm", in("to-fifo.wasm")))
	check(t, os.Mkdir(in("sub"), 0o700))
	check(t, os.WriteFile(in("sub/y.wasm"), data, 0o600)) // not read: a directory is not searched recursively
	s := b.load(t, &registry.Snapshot{})
	want := "circle.wasm:not_a_file device.wasm:not_a_file fifo.wasm:not_a_file folder.wasm:not_a_file " +
		"leaves.wasm:not_a_file nowhere.wasm:not_a_file to-fifo.wasm:not_a_file"
	if names(s) != "ok" || codes(s) != want {
		t.Errorf("runners %q, rejected %q", names(s), codes(s))
	}
}

// TestLinkInside has a link that stays in the directory, as volumes of configuration have.
func TestLinkInside(t *testing.T) {
	b := newBench(t, "ok")
	check(t, os.Mkdir(filepath.Join(b.dir, "..data"), 0o700))
	check(t, os.Rename(filepath.Join(b.dir, "ok.wasm"), filepath.Join(b.dir, "..data", "ok.wasm")))
	check(t, os.Symlink("..data/ok.wasm", filepath.Join(b.dir, "ok.wasm")))
	if s := b.load(t, &registry.Snapshot{}); names(s) != "ok" {
		t.Errorf("runners %q, rejected %q", names(s), codes(s))
	}
}

func TestSidecarThatIsNoFile(t *testing.T) {
	b := newBench(t, "ok")
	check(t, syscall.Mkfifo(filepath.Join(b.dir, "ok.yaml"), 0o600))
	if s := b.load(t, &registry.Snapshot{}); codes(s) != "ok.wasm:sidecar" {
		t.Errorf("rejected %q", codes(s))
	}
}

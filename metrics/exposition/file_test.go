package exposition_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/metrics/exposition"
)

// only returns the names of all files in a directory.
func only(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

func TestWriteFileReplaces(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "solti.prom")
	b := newBackend(t, exposition.Options{})
	for _, want := range []string{`{runner="a"} 1`, `{runner="a"} 2`} {
		b.TaskStarted("a")
		if err := b.WriteFile(path); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil || !strings.HasSuffix(string(text), want+"\n") {
			t.Errorf("error %v, got:\n%s\nwant %s at the end", err, text, want)
		}
	}
	if got := only(t, dir); got != "solti.prom" {
		t.Errorf("the directory has %s, want only the file", got)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v, want 0644", info.Mode())
	}
}

// A name relative to the working directory must not send the temporary file elsewhere.
func TestWriteFileRelative(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := newBackend(t, exposition.Options{}).WriteFile("m.prom"); err != nil {
		t.Fatal(err)
	}
	if got := only(t, dir); got != "m.prom" {
		t.Errorf("the directory has %s", got)
	}
}

func TestWriteFileRefuses(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "target")
	link := filepath.Join(dir, "link")
	if err := os.WriteFile(target, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	before := only(t, dir)
	b := newBackend(t, exposition.Options{})
	for name, path := range map[string]string{"a link": link, "a directory": dir, "a device": os.DevNull} {
		t.Run(name, func(t *testing.T) {
			err := b.WriteFile(path)
			if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "not a regular file") {
				t.Errorf("got %v, want an error that names %s", err, path)
			}
		})
	}
	if text, err := os.ReadFile(link); err != nil || string(text) != "old" {
		t.Errorf("the link leads to %q, error %v", text, err)
	}
	if got := only(t, dir); got != before {
		t.Errorf("the directory has %s, had %s", got, before)
	}
}

func TestWriteFileNowhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "m.prom")
	if err := newBackend(t, exposition.Options{}).WriteFile(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want an error that names %s", err, path)
	}
}

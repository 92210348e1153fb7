package author

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// A folder that can't be written to its end is not begun.
func TestWriteFolderFails(t *testing.T) {
	parent := t.TempDir()
	files := []scaffoldFile{{"a", []byte("1")}, {"b/c", []byte("2")}, {"a/d", []byte("a is a file")}}
	if err := writeFolder(filepath.Join(parent, "r"), files); err == nil {
		t.Fatal("a folder with an impossible file was written")
	}
	if entries, err := os.ReadDir(parent); err != nil || len(entries) != 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// Where somebody was quicker, what was moved already is taken away again, and theirs stays.
func TestMoveIntoFails(t *testing.T) {
	from, dir := t.TempDir(), t.TempDir()
	for _, path := range []string{filepath.Join(from, "a"), filepath.Join(from, "b"), filepath.Join(dir, "b")} {
		if err := os.WriteFile(path, []byte(path), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := moveInto(dir, from); !errors.Is(err, fs.ErrExist) {
		t.Errorf("%v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "b")); err != nil || string(text) != filepath.Join(dir, "b") {
		t.Errorf("%s, %v", text, err)
	}
}

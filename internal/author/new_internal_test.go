package author

import (
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

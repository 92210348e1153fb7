//go:build unix

package taskfile_test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/soltihq/soltiwasm/taskfile"
)

// Opening a pipe without a writer would block for ever.
func TestReadOpensNoPipe(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe.yaml")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	for _, arg := range []string{pipe, dir, "/dev/zero"} {
		items := taskfile.Read([]string{arg}, nil)
		if len(items) != 1 || items[0].Err == nil || !strings.Contains(items[0].Err.Error(), "not a regular file") {
			t.Errorf("Read(%q) = %+v", arg, items)
		}
	}
}

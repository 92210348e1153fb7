package soltiwasm_test

import (
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm"
)

// The package guesttest and all that it imports of this module are there, and the other SDKs.
func TestSDK(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{.ImportPath}}", "./guest/guesttest").Output()
	if err != nil {
		t.Fatal(err)
	}
	wanted := []string{"guest/c/solti.h", "guest/assemblyscript/assembly/index.ts", "guest/rust/src/lib.rs", "LICENSE"}
	for path := range strings.Lines(string(out)) {
		if dir, ours := strings.CutPrefix(strings.TrimSpace(path), modulePath+"/"); ours {
			wanted = append(wanted, dir+"/*.go")
		}
	}
	for _, pattern := range wanted {
		found, err := fs.Glob(soltiwasm.SDK(), pattern)
		if err != nil || len(found) == 0 {
			t.Errorf("%s: %v, %v", pattern, found, err)
		}
		if there, err := filepath.Glob(pattern); err != nil || len(there) != len(found) {
			t.Errorf("%s: %d files are embedded of %d, %v", pattern, len(found), len(there), err)
		}
	}
}

func ExampleSDK() {
	header, err := fs.ReadFile(soltiwasm.SDK(), "guest/c/solti.h")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Contains(string(header), "#define SOLTI_RUNNER("))
	// Output: true
}

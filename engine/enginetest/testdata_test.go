package enginetest_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestModulesMatchTheirSources assembles each source again, where the assembler is installed.
func TestModulesMatchTheirSources(t *testing.T) {
	sources, err := filepath.Glob("testdata/*.wat")
	if err != nil || len(sources) == 0 {
		t.Fatalf("no sources: %v", err)
	}
	if _, err := exec.LookPath("wat2wasm"); err != nil {
		t.Skip("wat2wasm is not installed")
	}
	for _, source := range sources {
		t.Run(filepath.Base(source), func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out.wasm")
			if text, err := exec.Command("wat2wasm", source, "-o", out).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, text)
			}
			want, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(strings.TrimSuffix(source, ".wat") + ".wasm")
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("the module is not that of the source (%v): run go generate ./engine/enginetest", err)
			}
		})
	}
}

package wasmtime_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestHouse holds what this module's packages may import of the main module, and that one package imports Wasmtime. The
// main module's test of the same name doesn't see them.
func TestHouse(t *testing.T) {
	const house = "github.com/soltihq/soltiwasm/"
	allowed := map[string][]string{
		"engine/wasmtime":            {"engine", "wasmtime-go"},
		"engine/wasmtime/crosscheck": {"engine", "sandbox"},
		"engine/wasmtime/cmd/soltiwasm-wasmtime": {
			"engine", "engine/wasmtime", "engine/wasmtime/crosscheck", "engine/wazero", "internal/cli",
		},
	}
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != len(allowed) {
		t.Errorf("go list shows %d packages, want %d", len(lines), len(allowed))
	}
	for _, line := range lines {
		paths := strings.Fields(line)
		pkg := strings.TrimPrefix(paths[0], house)
		for _, path := range paths[1:] {
			name, ours := strings.CutPrefix(path, house)
			if strings.Contains(path, "wasmtime-go") {
				name, ours = "wasmtime-go", true
			}
			if foreign := strings.Contains(strings.Split(path, "/")[0], "."); foreign && (!ours || !slices.Contains(allowed[pkg], name)) {
				t.Errorf("%s imports %s", pkg, path)
			}
		}
	}
}

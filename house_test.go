package soltiwasm_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const modulePath = "github.com/soltihq/soltiwasm"

// floors says where every package lives. A package imports those on lower floors only; see docs/model.md.
var floors = map[string]int{
	"task": 1, "abi": 1, "engine": 1, "sandbox": 1, "metrics": 1, "metrics/exposition": 1, "document": 1,
	"guest/conformance": 2, "guest/conformance/go": 2, "guest/examples": 2, "guest/examples/go": 2,
	"hostfuncs": 2, "taskfile": 2, "engine/wazero": 2, "engine/enginetest": 2, "metrics/prometheus": 2, "guest": 2, "guest/guesttest": 2,
	"registry": 3, "router": 3, "run": 3, "run/process": 3, "run/wasi": 3,
	"":                4,
	"internal/author": 5,
	"internal/cli":    6,
	"cmd/soltiwasm":   7,
}

// importers names the packages that may import each foreign library: one, so that it can be replaced in one room. The
// exception is golang.org/x/sys, which is the standard library's own extension.
var importers = map[string][]string{
	"github.com/tetratelabs/wazero":       {"engine/wazero"},
	"golang.org/x/sys":                    {"engine/wazero", "run/process"},
	"github.com/prometheus/client_golang": {"metrics/prometheus"},
	"github.com/prometheus/common":        {"metrics/prometheus"},
	"github.com/spf13/cobra":              {"internal/cli"},
	"go.yaml.in/yaml/v4":                  {"document"},
}

// TestHouse holds the arrows between packages against the code, test files excepted.
func TestHouse(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	seen := 0
	for {
		var pkg struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&pkg); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		seen++
		for _, fault := range arrowFaults(pkg.ImportPath, pkg.Imports) {
			t.Error(fault)
		}
	}
	if seen == 0 {
		t.Error("go list shows no packages")
	}
}

// TestArrowFaults shows that the check would notice.
func TestArrowFaults(t *testing.T) {
	for _, c := range []struct {
		pkg, imports string
		ok           bool
	}{
		{"registry", modulePath + "/task", true},
		{"task", modulePath + "/abi", false},
		{"registry", modulePath + "/router", false},
		{"task", "github.com/spf13/cobra", false},
		{"internal/cli", "github.com/spf13/cobra", true},
		{"engine/wazero", modulePath + "/engine", true},
		{"router", modulePath + "/internal/cli", false},
		{"nowhere", "fmt", false},
	} {
		if faults := arrowFaults(modulePath+"/"+c.pkg, []string{c.imports}); (len(faults) == 0) != c.ok {
			t.Errorf("%s importing %s: %v", c.pkg, c.imports, faults)
		}
	}
}

func arrowFaults(importPath string, imports []string) (faults []string) {
	pkg := strings.TrimPrefix(strings.TrimPrefix(importPath, modulePath), "/")
	floor, known := floors[pkg]
	if !known {
		return []string{importPath + " has no floor in house_test.go"}
	}
	for _, path := range imports {
		if inner, ours := strings.CutPrefix(path, modulePath); ours {
			inner = strings.TrimPrefix(inner, "/")
			if parent := strings.HasPrefix(pkg, inner+"/") && inner != ""; floors[inner] >= floor && !parent {
				faults = append(faults, importPath+" imports "+path+", which is not on a lower floor")
			}
			continue
		}
		if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") {
			continue // the standard library
		}
		if !slices.ContainsFunc(libraries(path), func(l string) bool { return slices.Contains(importers[l], pkg) }) {
			faults = append(faults, importPath+" imports "+path+", which is another package's to import")
		}
	}
	return faults
}

// libraries are the listed libraries that a package belongs to.
func libraries(path string) (found []string) {
	for library := range importers {
		if path == library || strings.HasPrefix(path, library+"/") {
			found = append(found, library)
		}
	}
	return found
}

package soltiwasm_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocsCompile compiles the Go code of the README, which is a program, and of the page on embedding, whose blocks are
// declarations or statements of one function. What a statement declares needn't be used. promhttp is left out, since this
// module doesn't have what it needs.
func TestDocsCompile(t *testing.T) {
	readme, embedding := goBlocks(t, "README.md"), goBlocks(t, "docs/embedding.md")
	if len(readme) != 1 || len(embedding) < 6 {
		t.Fatalf("%d and %d blocks of Go", len(readme), len(embedding))
	}
	compile(t, "README.md", readme[0])
	declares := regexp.MustCompile(`(?m)^(\w+)(?:, err)? := `)
	top, statements := "", ""
	for _, block := range embedding {
		if strings.Contains(block, "\nfunc ") {
			top += block
			continue
		}
		block = regexp.MustCompile(`(?m)^.*promhttp.*$`).ReplaceAllString(block, "")
		for _, name := range declares.FindAllStringSubmatch(block, -1) {
			block += "_ = " + name[1] + "\n"
		}
		statements += "func() {\n" + block + "}()\n"
	}
	compile(t, "docs/embedding.md", `package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/metrics/prometheus"
	"github.com/soltihq/soltiwasm/task"
)

`+top+`
func try(ctx context.Context, host *soltiwasm.Host, dir string, err error) {
`+statements+`}

func main() { try(context.Background(), nil, "", nil) }
`)
}

// compile builds a program of one file, as a package of this module.
func compile(t *testing.T, page, source string) {
	t.Helper()
	dir := t.TempDir()
	file, overlay := filepath.Join(dir, "main.go"), filepath.Join(dir, "overlay.json")
	place, err := filepath.Abs("internal/snippet/main.go") // where nothing is
	if err != nil {
		t.Fatal(err)
	}
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{place: file}})
	if err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string][]byte{file: []byte(source), overlay: replace} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("go", "build", "-o", os.DevNull, "-overlay", overlay, "./internal/snippet").CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", page, err, out)
	}
}

// goBlocks returns the blocks of Go of a page.
func goBlocks(t *testing.T, page string) []string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for i, part := range strings.Split(string(text), "```go\n") {
		if block, _, closed := strings.Cut(part, "```\n"); i > 0 && closed {
			blocks = append(blocks, block)
		}
	}
	return blocks
}

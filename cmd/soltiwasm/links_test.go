package main_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The program's start is paid by each command: libraries that take long to initialize, or have the linker keep what nobody
// calls, stay out of it. (cobra imports text/template; the linker drops that as long as nobody executes a template.)
func TestWhatIsLinked(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", `{{.ImportPath}} {{join .Imports " "}}`, ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	const ours = "github.com/soltihq/soltiwasm"
	own := 0
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		for _, no := range []string{"net/http", "html/template", "google.golang.org/protobuf", "github.com/prometheus"} {
			if words[0] == no || strings.HasPrefix(words[0], no+"/") {
				t.Errorf("the program links %s", words[0])
			}
		}
		if !strings.HasPrefix(words[0], ours) {
			continue
		}
		own++
		if slices.Contains(words[1:], "text/template") {
			t.Errorf("%s imports text/template", words[0])
		}
	}
	if own < 10 {
		t.Errorf("only %d packages of this module are listed", own)
	}
}

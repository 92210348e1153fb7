package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/registry"
)

// TestDocs tries what the pages tell their readers to do. A part of a page is a shell script: a block of sh is
// run, and a block whose first line names a file, as in ```go main.go, is written there, or added to what an earlier block
// of the part wrote. The comment <!-- needs: … --> in a part names its tools. Lines of npm are left out: they need
// the network, and what they install is a tool.
func TestDocs(t *testing.T) {
	if testing.Short() {
		t.Skip("builds modules with their toolchains")
	}
	for page, least := range map[string]int{"writing-runners.md": 5, "recipes.md": 1, "abi.md": 1, "model.md": 1} {
		sections := readSections(t, filepath.Join("../../docs", page))
		if len(sections) < least {
			t.Errorf("%s has %d sections with commands, expected at least %d", page, len(sections), least)
		}
		for _, s := range sections {
			t.Run(page+" "+s.title, func(t *testing.T) {
				env := toolchain(t, s.needs)
				dir := t.TempDir()
				t.Log(tryCommand(t, dir, env, "sh", "-e", "-x", "-c", s.script.String()))
			})
		}
	}
}

// under is a part of a page that has commands.
type part struct {
	title  string
	needs  []string
	script strings.Builder
	wrote  map[string]bool
}

// readSections takes a page apart.
func readSections(t *testing.T, page string) []*part {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var all []*part
	now := &part{}
	lines := strings.Split(string(text), "\n")
	for i := 0; i < len(lines); i++ {
		l := lines[i]
		if title, ok := strings.CutPrefix(l, "## "); ok {
			now = &part{title: title, wrote: map[string]bool{}}
		}
		if needs, ok := strings.CutPrefix(l, "<!-- needs: "); ok {
			now.needs = strings.Fields(strings.TrimSuffix(needs, " -->"))
		}
		info, fence := strings.CutPrefix(l, "```")
		if !fence {
			continue
		}
		begin := i + 1
		for i++; i < len(lines) && lines[i] != "```"; i++ {
		}
		if now.add(strings.Fields(info), lines[begin:i]) && (len(all) == 0 || all[len(all)-1] != now) {
			all = append(all, now)
		}
	}
	return all
}

// add adds a block to the script, and says whether it belongs there.
func (s *part) add(info, block []string) bool {
	switch {
	case len(info) == 1 && info[0] == "sh":
		for _, l := range block {
			if !strings.HasPrefix(l, "npm ") {
				s.script.WriteString(l + "\n")
			}
		}
	case len(info) == 2:
		op := ">"
		if s.wrote[info[1]] {
			op = ">>"
		}
		s.wrote[info[1]] = true
		fmt.Fprintf(&s.script, "cat %s%s <<'END_OF_BLOCK'\n%s\nEND_OF_BLOCK\n", op, info[1], strings.Join(block, "\n"))
	default:
		return false
	}
	return true
}

// The example of a sidecar is one.
func TestDocsSidecar(t *testing.T) {
	text, err := os.ReadFile("../../docs/abi.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## 10. ")
	_, block, _ := strings.Cut(section, "```yaml\n")
	block, _, found := strings.Cut(block, "```")
	sidecar, err := registry.ParseSidecar([]byte(block))
	if !found || err != nil || len(sidecar.Grants.FS) != 1 || sidecar.Process.Memory == nil {
		t.Errorf("%+v, %v", sidecar, err)
	}
}

// Commands are in blocks that are tried.
func TestDocsTryAllCommands(t *testing.T) {
	for _, page := range []string{"writing-runners.md", "recipes.md"} {
		text, err := os.ReadFile(filepath.Join("../../docs", page))
		if err != nil {
			t.Fatal(err)
		}
		info, inside := "", false
		for n, l := range strings.Split(string(text), "\n") {
			if after, fence := strings.CutPrefix(l, "```"); fence {
				inside = !inside
				info = after
				continue
			}
			command := strings.HasPrefix(l, "soltiwasm ") || strings.HasPrefix(l, "make") || strings.HasPrefix(l, "$ ")
			if inside && command && info != "sh" {
				t.Errorf("%s:%d: a command in a block that is not tried: %s", page, n+1, l)
			}
		}
	}
}

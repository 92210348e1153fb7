//go:build unix

package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestProcessScripts runs the scripts in which tasks are processes. Beside the commands of TestScripts they have
//
//	gone FILE…                    expect that none of the processes whose ids are in the files is alive
//	written STREAM FILE           expect that the output in the events on standard output is the file's content
//	follows FIRST SECOND          expect FIRST in the standard output, and SECOND after it
func TestProcessScripts(t *testing.T) {
	runScripts(t, "testdata/process", t.TempDir(), map[string]script{"gone": gone, "written": written, "follows": follows})
}

func gone(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: gone FILE…")
	}
	for _, file := range args {
		ids := strings.Fields(ts.ReadFile(file))
		if len(ids) == 0 {
			ts.Fatalf("%s holds no process ids", file)
		}
		for _, id := range ids {
			pid, err := strconv.Atoi(id)
			ts.Check(err)
			if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) && !isZombie(pid) {
				ts.Fatalf("process %d of %s is alive: %v", pid, file, err)
			}
		}
	}
}

// isZombie says whether a process has ended and waits for its parent to notice, which after the end of its own parent is
// somebody else's affair.
func isZombie(pid int) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(rest, "Z")
}

func written(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: written STREAM FILE")
	}
	var got strings.Builder
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		var l struct {
			Event struct{ Kind, Stream, Data, Base64 string }
		}
		ts.Check(json.Unmarshal([]byte(line), &l))
		if l.Event.Kind != "output" || l.Event.Stream != args[0] {
			continue
		}
		data, err := base64.StdEncoding.DecodeString(l.Event.Base64)
		ts.Check(err)
		got.WriteString(l.Event.Data + string(data))
	}
	if want := ts.ReadFile(args[1]); got.String() != want {
		ts.Fatalf("the events' output has %d bytes, %s has %d, and they differ", got.Len(), args[1], len(want))
	}
}

func follows(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: follows FIRST SECOND")
	}
	_, rest, ok := strings.Cut(ts.ReadFile("stdout"), args[0])
	if !ok || !strings.Contains(rest, args[1]) {
		ts.Fatalf("standard output does not have %q and after it %q", args[0], args[1])
	}
}

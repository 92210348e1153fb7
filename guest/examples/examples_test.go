// Package examples holds one runner for each SDK that does something of use. The modules in testdata are built from the
// sources by build.sh; the one in Go is built by the test.
package examples_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/task"
	"github.com/soltihq/soltiwasm/taskfile"
)

// bench is a host with the examples, and what it measures.
type bench struct {
	*soltiwasm.Host
	metrics *metrics.Memory
}

func newBench(t *testing.T, dir string) bench {
	t.Helper()
	b := bench{metrics: metrics.NewMemory()}
	env := task.Env{{Key: "NOTIFY_FROM", Value: "root"}, {Key: "PATH", Value: os.Getenv("PATH")}}
	host, err := soltiwasm.New(t.Context(), soltiwasm.Config{
		Engine: wazero.Engine{}, Dirs: []string{dir}, Env: env, Metrics: b.metrics,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := host.Close(); err != nil {
			t.Error(err)
		}
	})
	b.Host = host
	return b
}

func (b bench) run(t *testing.T, spec task.Spec) (task.Result, string) {
	t.Helper()
	var stdout bytes.Buffer
	result := b.Run(t.Context(), spec, soltiwasm.Output{Stdout: &stdout})
	return result, stdout.String()
}

// payload is a spec of the custom kind.
func payload(kind, json string) task.Spec {
	return task.Spec{Slot: "s", Timeout: time.Minute, Kind: task.Custom{Name: kind, Payload: []byte(json)}}
}

// TestTasks runs the task of each example.
func TestTasks(t *testing.T) {
	for _, c := range []struct{ example, dir, runner, result, output, metric string }{
		{"c", "testdata", "checksum", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "", ""},
		{"assemblyscript", "testdata", "notify", "", "Dear Ada, 3 of your tasks failed.\n", ""},
		{
			"rust", "testdata", "stats",
			`{"count":6,"min":11,"max":48,"mean":18,"median":12.25,"p95":39.25,"deviation":13.431927138972526}`, "",
			"guest stats stats_mean{} gauge 18",
		},
		{
			"go", "", "table", "4 rows",
			"city,people\r\n\"\"\"La Tchaux\"\"\",37024\r\nWinterthur,115104\r\n\"Bern, the capital\",134591\r\nAtlantis,unknown\r\n",
			"guest table table_rows{} counter 4",
		},
	} {
		t.Run(c.example, func(t *testing.T) {
			if c.dir == "" {
				c.dir = buildGo(t)
			}
			b := newBench(t, c.dir)
			items := taskfile.Read([]string{filepath.Join(c.example, "task.yaml")}, nil)
			if len(items) != 1 || items[0].Err != nil {
				t.Fatal(items)
			}
			result, output := b.run(t, items[0].Spec)
			if result.Outcome != task.Success || result.RunID.Runner != c.runner || result.Text != c.result || output != c.output {
				t.Errorf("%s %s, %q, printed %q, %v", result.RunID, result.Outcome, result.Text, output, result.Err)
			}
			if got := b.metrics.String(); !strings.Contains(got, c.metric) {
				t.Errorf("metrics: %s", got)
			}
		})
	}
}

// buildGo builds the example in Go, and returns the directory that it is in.
func buildGo(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds a module with the go command, and compiles it")
	}
	dir := t.TempDir()
	module := filepath.Join(dir, "table.wasm")
	build := exec.Command("go", "build", "-buildmode=c-shared", "-trimpath", "-ldflags=-s -w", "-o", module, "./go")
	build.Env = append(build.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=")
	embed := exec.Command("go", "run", "../../testdata/modules/src/embed", module, "go/manifest.json")
	for _, cmd := range []*exec.Cmd{build, embed} {
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", cmd, err, out)
		}
	}
	return dir
}

// TestRefusals has examples refuse what they should.
func TestRefusals(t *testing.T) {
	b := newBench(t, "testdata")
	for _, c := range []struct{ kind, payload, want string }{
		{"checksum", `{}`, "missing field: /kind/checksum/text"},
		{"checksum", `{"text":"a","expected":"ABC"}`, "/kind/checksum/expected: expected 64 hexadecimal digits in lower case"},
		{"checksum", `{"text":"a","expected":null}`, "/kind/checksum/expected: expected 64 hexadecimal digits in lower case"},
		{"checksum", `{"text":"` + strings.Repeat("a", 65537) + `"}`, "/kind/checksum/text: longer than 65,536 bytes"},
		{
			"checksum", `{"text":"a","expected":"` + strings.Repeat("0", 64) + `"}`,
			fmt.Sprintf("the text has the checksum %x, not %s", sha256.Sum256([]byte("a")), strings.Repeat("0", 64)),
		},
		{"notify", `{}`, "missing field: /kind/notify/template"},
		{"notify", `{"template":"a {{b}}"}`, "/kind/notify/template: there is no value for {{b}}"},
		{"notify", `{"template":"a {{b}","values":{"b":"c"}}`, "/kind/notify/template: the {{ at character 3 is not closed"},
		{"notify", `{"template":"a","values":[1]}`, "/kind/notify/values: expected names and values"},
		{"stats", `{}`, "missing field: /kind/stats/values"},
		{"stats", `{"values":[1,"x"]}`, "/kind/stats/values/1: expected a number"},
	} {
		result, _ := b.run(t, payload(c.kind, c.payload))
		if result.Err == nil || !strings.Contains(result.Err.Error(), c.want) {
			t.Errorf("%s %.40s: %s, %v, want %q", c.kind, c.payload, result.Outcome, result.Err, c.want)
		}
	}
}

// TestChecksum compares the example in C with the standard library, around the sizes of its blocks.
func TestChecksum(t *testing.T) {
	b := newBench(t, "testdata")
	for _, n := range []int{0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 1000, 65536} {
		text := strings.Repeat("a\x00é", n/4+1)[:n]
		if n%4 == 3 {
			text = text[:n-1] + "x" // not half an é
		}
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		result, _ := b.run(t, payload("checksum", `{"text":`+string(quoted)+`}`))
		if want := fmt.Sprintf("%x", sha256.Sum256([]byte(text))); result.Text != want {
			t.Errorf("%d bytes: %q, want %q, %v", n, result.Text, want, result.Err)
		}
	}
}

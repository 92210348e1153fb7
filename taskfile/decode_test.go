package taskfile_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/task"
	"github.com/soltihq/soltiwasm/taskfile"
)

func repeat(s string, n int) string { return strings.Repeat(s, n) }

func as(n int) string { return repeat("a", n) }

// spec is a document of a kind.
func spec(kind string) string { return "slot: a\ntimeout: 1\nkind: " + kind + "\n" }

// with is a document with more lines.
func with(lines ...string) string {
	return "slot: a\nkind: embedded\n" + strings.Join(lines, "\n") + "\n"
}

// expression is a document with a requirement in its selector.
func expression(requirement string) string {
	return with("timeout: 1", "runnerSelector: {matchExpressions: ["+requirement+"]}")
}

// root is the tree of the one document in text.
func root(t testing.TB, text string) *document.Node {
	t.Helper()
	docs, err := document.ParseYAML([]byte(text), document.Bounds{})
	if err != nil || len(docs) != 1 || docs[0].Err != nil {
		t.Fatalf("%d documents, %v in\n%s", len(docs), err, text)
	}
	return docs[0].Root
}

func TestDecodeEveryField(t *testing.T) {
	got, err := taskfile.Decode(root(t, goodDocuments["every field"]))
	if err != nil {
		t.Fatal(err)
	}
	want := task.Spec{
		Slot: "reports",
		Kind: task.Subprocess{
			Command:      &task.Command{Command: "/usr/bin/make", Args: []string{"-j4", ""}},
			Env:          task.Env{{Key: "LANG", Value: "C"}, {Key: "LANG"}},
			Cwd:          "/w",
			AllowNonZero: true,
		},
		Timeout:   30 * time.Second,
		Restart:   task.Restart{Policy: task.RestartAlways, Interval: time.Minute},
		Backoff:   task.Backoff{Jitter: task.JitterEqual, First: 500 * time.Millisecond, Max: time.Minute, Factor: 1.75},
		Admission: task.Replace,
		Selector: &task.Selector{
			MatchLabels: map[string]string{"zone": "eu", "example.io/team": ""},
			MatchExpressions: []task.Requirement{
				{Key: "zone", Operator: task.In, Values: []string{"eu", "us", ""}},
				{Key: "tainted", Operator: task.NotIn, Values: []string{"true"}},
				{Key: "gpu", Operator: task.Exists},
				{Key: "slow", Operator: task.DoesNotExist},
			},
		},
		Labels:     task.Labels{"tier": "prod", "example.io/team": "a"},
		MaxRetries: 3,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestDecodeDefaults(t *testing.T) {
	got, err := taskfile.Decode(root(t, goodDocuments["least"]))
	if err != nil {
		t.Fatal(err)
	}
	want := task.Spec{
		Slot: "a", Kind: task.Wasm{Module: "a.wasm"}, Timeout: time.Millisecond,
		Restart:   task.Restart{Policy: task.RestartNever},
		Backoff:   task.DefaultBackoff(),
		Admission: task.DropIfRunning,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestDecodeParts(t *testing.T) {
	backoff := func(change func(*task.Backoff)) task.Backoff {
		b := task.DefaultBackoff()
		change(&b)
		return b
	}
	tests := []struct {
		document string
		part     func(task.Spec) any
		want     any
	}{
		{"script", kindOf, task.Subprocess{Script: &task.Script{
			Runtime: task.Runtime{Name: "bash"}, Body: []byte("echo hi"), Args: []string{"x"}}}},
		{"body in lines", kindOf, task.Subprocess{Script: &task.Script{Runtime: task.Runtime{Name: "bash"}, Body: []byte("echo hi")}}},
		{"custom runtime", kindOf, task.Subprocess{Script: &task.Script{
			Runtime: task.Runtime{Custom: &task.CustomRuntime{Command: "ruby", Flag: "-e"}}, Body: []byte("1")}}},
		{"JSON", kindOf, task.Container{Image: "alpine", Command: []string{"sh"}, Args: []string{"-c", "true"}}},
		{"env map", kindOf, task.Wasm{Module: "m", Env: task.Env{{Key: "B", Value: "1"}, {Key: "A"}, {Key: "with space", Value: "x"}}}},
		{"custom kind", kindOf, task.Custom{Name: "http-probe",
			Payload: []byte(`{"headers":{"a":[null,true,1.5]},"retries":3,"url":"http://localhost"}`)}},
		{"embedded", kindOf, task.Embedded{}},
		{"longest timeout", timeoutOf, task.MaxDuration},
		{"duration", timeoutOf, 90*time.Minute + 500*time.Millisecond},
		{"whole float", timeoutOf, time.Second},
		{"empty selector", selectorOf, &task.Selector{}},
		{"selector with none", selectorOf, &task.Selector{}},
		{"least", selectorOf, (*task.Selector)(nil)},
		{"partial backoff", backoffOf, backoff(func(b *task.Backoff) { b.Factor = 3 })},
		{"empty backoff", backoffOf, task.DefaultBackoff()},
		{"empty labels", func(s task.Spec) any { return s.Labels }, task.Labels(nil)},
		{"most retries", func(s task.Spec) any { return s.MaxRetries }, 2147483647},
	}
	for _, test := range tests {
		t.Run(test.document, func(t *testing.T) {
			s, err := taskfile.Decode(root(t, goodDocuments[test.document]))
			if err != nil {
				t.Fatal(err)
			}
			if got := test.part(s); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func kindOf(s task.Spec) any     { return s.Kind }
func timeoutOf(s task.Spec) any  { return s.Timeout }
func selectorOf(s task.Spec) any { return s.Selector }
func backoffOf(s task.Spec) any  { return s.Backoff }

func TestDecodeFaults(t *testing.T) {
	for name, bad := range badDocuments {
		t.Run(name, func(t *testing.T) {
			_, err := taskfile.Decode(root(t, bad.text))
			var faults document.Faults
			if !errors.As(err, &faults) {
				t.Fatalf("error %v, want document.Faults", err)
			}
			var got []string
			for _, f := range faults {
				line := f.Path + ": " + f.Message
				if f.Path == "" {
					line = f.Message
				}
				got = append(got, fmt.Sprintf("%d:%d: %s", f.Line, f.Column, line))
			}
			if len(got) != len(bad.faults) {
				t.Fatalf("faults:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(bad.faults, "\n"))
			}
			for i, want := range bad.faults {
				if !strings.Contains(got[i], want) {
					t.Errorf("fault %s\nwant  %s", got[i], want)
				}
			}
		})
	}
}

// A fault of a rule has the place of its value, also where that is one of a map.
func TestDecodePlaces(t *testing.T) {
	text := "slot: a\ntimeout: 1\nkind:\n  wasm:\n    module: m\n    env:\n      A: ok\n      B: \"\\0\"\n"
	_, err := taskfile.Decode(root(t, text))
	if want := "line 8, column 10: kind.wasm.env.B: must not contain a NUL byte"; err == nil || err.Error() != want {
		t.Errorf("error %v\nwant  %s", err, want)
	}
}

// However many faults a document has, their number is bounded, and how many more there are comes last.
func TestDecodeBoundsFaults(t *testing.T) {
	const n = 10_000
	text := spec("{wasm: {module: m, env: [" + repeat("{key: '', value: ''},", n) + repeat("5,", n) + "]}}")
	_, err := taskfile.Decode(root(t, text))
	var faults document.Faults
	if !errors.As(err, &faults) || len(faults) > 2*(task.MaxFaults+1) {
		t.Fatalf("%d faults", len(faults))
	}
	for i, f := range faults[:len(faults)-2] {
		if f.Line == 0 || f.Path == "" {
			t.Errorf("fault %d has no place: %v", i, f)
		}
	}
	more := fmt.Sprint(n - task.MaxFaults)
	for _, f := range faults[len(faults)-2:] {
		if !strings.Contains(f.Message, more+" more faults") {
			t.Errorf("fault %q, want %s more faults", f.Message, more)
		}
	}
}

func TestDecodeNothing(t *testing.T) {
	if _, err := taskfile.Decode(nil); err == nil {
		t.Error("no error for no document")
	}
}

func ExampleDecode() {
	docs, err := document.ParseYAML([]byte("slot: nightly\ntimeot: 30s\nkind: {wasm: {}}\n"), document.Bounds{})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = taskfile.Decode(docs[0].Root)
	fmt.Println(err)
	// Output:
	// line 1, column 1: timeout: missing field
	// line 2, column 1: unknown field "timeot", did you mean "timeout"?
	// line 3, column 14: kind.wasm.module: missing field
}

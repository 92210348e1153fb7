package task_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/task"
)

// valid returns a Spec without a fault that uses every field.
func valid() task.Spec {
	return task.Spec{
		Slot:       "reports",
		Kind:       task.Subprocess{Command: &task.Command{Command: "make", Args: []string{"-j4"}}},
		Timeout:    30 * time.Second,
		Restart:    task.Restart{Policy: task.RestartAlways, Interval: time.Minute},
		Backoff:    task.Backoff{Jitter: task.JitterEqual, First: time.Second, Max: time.Second, Factor: 1},
		Admission:  task.Replace,
		Selector:   &task.Selector{MatchLabels: map[string]string{"zone": "eu"}},
		Labels:     task.Labels{"example.io/tier": "prod", "empty": ""},
		MaxRetries: 3,
	}
}

func ofKind(k task.Kind) func(*task.Spec) { return func(s *task.Spec) { s.Kind = k } }

func script(s task.Script) func(*task.Spec) {
	return ofKind(task.Subprocess{Script: &s})
}

var bash = task.Runtime{Name: task.RuntimeBash}

func TestValidSpecs(t *testing.T) {
	tests := map[string]func(*task.Spec){
		"every field":           func(*task.Spec) {},
		"zero policies":         func(s *task.Spec) { s.Restart, s.Backoff, s.Admission = task.Restart{}, task.Backoff{}, "" },
		"no selector or labels": func(s *task.Spec) { s.Selector, s.Labels = nil, nil },
		"empty selector":        func(s *task.Spec) { s.Selector = &task.Selector{} },
		"embedded":              ofKind(task.Embedded{}),
		"wasm":                  ofKind(task.Wasm{Module: "/m.wasm", Args: []string{""}, Env: task.Env{{Key: "A"}, {Key: "A"}}}),
		"container":             ofKind(task.Container{Image: "alpine", Command: []string{"sh"}}),
		"custom":                ofKind(task.Custom{Name: "http-probe", Payload: []byte(`{"url": "x"}`)}),
		"custom with dots":      ofKind(task.Custom{Name: "probe.example.io", Payload: []byte(" {}\n")}),
		"near a built-in name":  ofKind(task.Custom{Name: "subproces", Payload: []byte("{}")}),
		"script":                script(task.Script{Runtime: bash, Body: []byte("true")}),
		"longest script":        script(task.Script{Runtime: bash, Body: []byte(strings.Repeat("a", task.MaxScriptBody))}),
		"custom runtime": script(task.Script{
			Runtime: task.Runtime{Custom: &task.CustomRuntime{Command: "ruby", Flag: "-e"}}, Body: []byte("1"),
		}),
		"longest slot":         func(s *task.Spec) { s.Slot = strings.Repeat("a", task.MaxSlot) },
		"longest durations":    func(s *task.Spec) { s.Timeout, s.Backoff.Max = task.MaxDuration, task.MaxDuration },
		"shortest timeout":     func(s *task.Spec) { s.Timeout = time.Millisecond },
		"most retries":         func(s *task.Spec) { s.MaxRetries = task.MaxRetriesLimit },
		"longest label":        func(s *task.Spec) { s.Labels = task.Labels{strings.Repeat("k", 63): strings.Repeat("v", 63)} },
		"longest label prefix": func(s *task.Spec) { s.Labels = task.Labels{strings.Repeat("a.", 126) + "a/k": "v"} },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			s := valid()
			change(&s)
			if err := s.Validate(); err != nil {
				t.Errorf("Validate() = %v, want nil", err)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	long := strings.Repeat("a", 65)
	tests := []struct {
		name    string
		change  func(*task.Spec)
		path    string
		message string // part of it
	}{
		{"no slot", func(s *task.Spec) { s.Slot = "" }, "slot", "must not be empty"},
		{"long slot", func(s *task.Spec) { s.Slot = long }, "slot", "length 65 exceeds max 64"},
		{"dot slot", func(s *task.Spec) { s.Slot = "." }, "slot", "cannot be '.' or '..'"},
		{"dots slot", func(s *task.Spec) { s.Slot = ".." }, "slot", "cannot be '.' or '..'"},
		{"slot byte", func(s *task.Spec) { s.Slot = "a/b" }, "slot", "forbidden byte 0x2f at position 1 (allowed: [A-Za-z0-9._-])"},
		{"slot not ASCII", func(s *task.Spec) { s.Slot = "aé" }, "slot", "forbidden byte 0xc3 at position 1"},

		{"no timeout", func(s *task.Spec) { s.Timeout = 0 }, "timeout", "must be greater than zero"},
		{"negative timeout", func(s *task.Spec) { s.Timeout = -time.Second }, "timeout", "must be greater than zero"},
		{"part of a millisecond", func(s *task.Spec) { s.Timeout = time.Millisecond + 1 }, "timeout", "whole number of milliseconds"},
		{"endless timeout", func(s *task.Spec) { s.Timeout = task.MaxDuration + time.Millisecond }, "timeout", "at most ten years"},

		{"restart", func(s *task.Spec) { s.Restart.Policy = "on-failure" }, "restart.type", `unknown restart policy "on-failure"`},
		{"interval", func(s *task.Spec) { s.Restart.Policy = task.RestartNever }, "restart.intervalMs", `for type "always" only`},
		{"interval without policy", func(s *task.Spec) { s.Restart.Policy = "" }, "restart.intervalMs", `for type "always" only`},
		{"negative interval", func(s *task.Spec) { s.Restart.Interval = -1 }, "restart.intervalMs", "must not be negative"},
		{"part interval", func(s *task.Spec) { s.Restart.Interval = 1 }, "restart.intervalMs", "whole number"},

		{"jitter", func(s *task.Spec) { s.Backoff.Jitter = "Full" }, "backoff.jitter", `unknown jitter policy "Full"`},
		{"first", func(s *task.Spec) { s.Backoff.First = 0 }, "backoff.firstMs", "must be greater than zero"},
		{"max", func(s *task.Spec) { s.Backoff.Max = time.Millisecond }, "backoff.maxMs", "must be >= firstMs"},
		{"no max", func(s *task.Spec) { s.Backoff.Max = 0 }, "backoff.maxMs", "must be greater than zero"},
		{"factor", func(s *task.Spec) { s.Backoff.Factor = 0.5 }, "backoff.factor", "must be finite and >= 1.0, not 0.5"},
		{"infinite factor", func(s *task.Spec) { s.Backoff.Factor = math.Inf(1) }, "backoff.factor", "must be finite"},
		{"no number", func(s *task.Spec) { s.Backoff.Factor = math.NaN() }, "backoff.factor", "must be finite"},
		{"admission", func(s *task.Spec) { s.Admission = "drop" }, "admission", `unknown admission policy "drop"`},
		{"negative retries", func(s *task.Spec) { s.MaxRetries = -1 }, "maxRetries", "not -1"},

		{"label key", func(s *task.Spec) { s.Labels = task.Labels{"bad key": ""} }, `labels["bad key"]`, "label key name must hold only"},
		{"label value", func(s *task.Spec) { s.Labels = task.Labels{"example.io/x": "-"} }, `labels["example.io/x"]`, "label value must hold only"},
		{"selector label", func(s *task.Spec) { s.Selector.MatchLabels["zone"] = "e u" }, "runnerSelector.matchLabels.zone", "label value"},
		{"no values", expression("k", task.In), "runnerSelector.matchExpressions[0].values", `requirement "k" with operator In must have non-empty values`},
		{"needless values", expression("k", task.Exists, "a"), "runnerSelector.matchExpressions[0].values", "must have empty values"},
		{"bad value", expression("k", task.NotIn, "a", "b "), "runnerSelector.matchExpressions[0].values[1]", "label value must hold only"},
		{"no selector key", expression("", task.Exists), "runnerSelector.matchExpressions[0].key", "label key must not be empty"},
		{"operator", expression("k", "in", "a"), "runnerSelector.matchExpressions[0].operator", `unknown operator "in"; one of In, NotIn`},

		{"no kind", ofKind(nil), "kind", "must be given"},
		{"pointer to a kind", ofKind(&task.Embedded{}), "kind", "*task.Embedded is no kind"},
		{"no mode", ofKind(task.Subprocess{}), "kind.subprocess.mode", "must hold a command or a script"},
		{"both modes", ofKind(task.Subprocess{
			Command: &task.Command{Command: "a"}, Script: &task.Script{Runtime: bash, Body: []byte("b")},
		}), "kind.subprocess.mode", "not both"},
		{"blank command", ofKind(task.Subprocess{Command: &task.Command{Command: " \t"}}), "kind.subprocess.mode.command.command", "subprocess command must not be empty"},
		{"argument", ofKind(task.Subprocess{Command: &task.Command{Command: "a", Args: []string{"b", "\xff"}}}), "kind.subprocess.mode.command.args[1]", "valid UTF-8"},
		{"cwd", ofKind(task.Subprocess{Command: &task.Command{Command: "a"}, Cwd: "\x00"}), "kind.subprocess.cwd", "NUL"},
		{"no body", script(task.Script{Runtime: bash}), "kind.subprocess.mode.script.body", "script body must not be empty"},
		{"long body", script(task.Script{Runtime: bash, Body: make([]byte, task.MaxScriptBody+1)}), "kind.subprocess.mode.script.body", "2097153 bytes"},
		{"binary body", script(task.Script{Runtime: bash, Body: []byte{0xff}}), "kind.subprocess.mode.script.body", "script body is not valid UTF-8"},
		{"no runtime", script(task.Script{Body: []byte("a")}), "kind.subprocess.mode.script.runtime", "must be given"},
		{"runtime", script(task.Script{Runtime: task.Runtime{Name: "ruby"}, Body: []byte("a")}), "kind.subprocess.mode.script.runtime", `unknown runtime "ruby"`},
		{"two runtimes", script(task.Script{
			Runtime: task.Runtime{Name: "bash", Custom: &task.CustomRuntime{Command: "a", Flag: "b"}}, Body: []byte("a"),
		}), "kind.subprocess.mode.script.runtime", "not both"},
		{"runtime command", script(task.Script{
			Runtime: task.Runtime{Custom: &task.CustomRuntime{Flag: "b"}}, Body: []byte("a"),
		}), "kind.subprocess.mode.script.runtime.custom.command", "custom runtime command must not be empty"},
		{"runtime flag", script(task.Script{
			Runtime: task.Runtime{Custom: &task.CustomRuntime{Command: "a"}}, Body: []byte("a"),
		}), "kind.subprocess.mode.script.runtime.custom.flag", "custom runtime flag must not be empty"},
		{"script argument", script(task.Script{Runtime: bash, Body: []byte("a"), Args: []string{"\x00"}}), "kind.subprocess.mode.script.args[0]", "NUL"},

		{"no module", ofKind(task.Wasm{}), "kind.wasm.module", "wasm module path must not be empty"},
		{"no image", ofKind(task.Container{Image: " "}), "kind.container.image", "container image must not be empty"},
		{"container command", ofKind(task.Container{Image: "a", Command: []string{"\xff"}}), "kind.container.command[0]", "valid UTF-8"},
		{"env key", variable("", ""), "kind.wasm.env[0].key", "must not be empty"},
		{"env key with =", variable("A=B", ""), "kind.wasm.env[0].key", `must not contain "="`},
		{"env key with NUL", variable("A\x00", ""), "kind.wasm.env[0].key", "NUL"},
		{"env value with NUL", variable("A", "\x00"), "kind.wasm.env[0].value", "NUL"},
		{"env value", variable("A", "\xff"), "kind.wasm.env[0].value", "valid UTF-8"},

		{"no kind name", ofKind(task.Custom{Payload: []byte("{}")}), `kind[""]`, "kind name must not be empty"},
		{"built-in name", ofKind(task.Custom{Name: "wasm", Payload: []byte("{}")}), "kind.wasm", "built in"},
		{"kind name", ofKind(task.Custom{Name: "Http_Probe", Payload: []byte("{}")}), "kind.Http_Probe", "lower-case"},
		{"kind name with dots", ofKind(task.Custom{Name: "a..b", Payload: []byte("{}")}), `kind["a..b"]`, "lower-case"},
		{"long kind name", ofKind(task.Custom{Name: strings.Repeat("a.", 127), Payload: []byte("{}")}), `kind["` + strings.Repeat("a.", 127) + `"]`, "exceeds max 253"},
		{"long part", ofKind(task.Custom{Name: strings.Repeat("a", 64), Payload: []byte("{}")}), "kind." + strings.Repeat("a", 64), "at most 63 bytes"},
		{"no payload", ofKind(task.Custom{Name: "x"}), "kind.x", "there is none"},
		{"payload is a list", ofKind(task.Custom{Name: "x", Payload: []byte("[]")}), "kind.x", "must be one JSON object"},
		{"two payloads", ofKind(task.Custom{Name: "x", Payload: []byte("{}{}")}), "kind.x", "not valid JSON"},
		{"binary payload", ofKind(task.Custom{Name: "x", Payload: []byte("{\"a\":\"\xff\"}")}), "kind.x", "not valid JSON"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := valid()
			test.change(&s)
			var faults task.Faults
			if err := s.Validate(); !errors.As(err, &faults) {
				t.Fatalf("Validate() = %v, want Faults", err)
			}
			if len(faults) != 1 || faults[0].Path != test.path || !strings.Contains(faults[0].Message, test.message) {
				t.Errorf("faults:\n%v\nwant one with path %q and message %q", faults, test.path, test.message)
			}
		})
	}
}

func expression(key string, op task.Operator, values ...string) func(*task.Spec) {
	return func(s *task.Spec) {
		s.Selector = &task.Selector{MatchExpressions: []task.Requirement{{Key: key, Operator: op, Values: values}}}
	}
}

func variable(key, value string) func(*task.Spec) {
	return ofKind(task.Wasm{Module: "m", Env: task.Env{{Key: key, Value: value}}})
}

func TestAllFaultsAtOnce(t *testing.T) {
	s := task.Spec{
		Slot:       strings.Repeat("/", 65),
		Kind:       task.Container{Env: task.Env{{}, {Key: "="}}},
		Restart:    task.Restart{Policy: "x"},
		Backoff:    task.Backoff{First: -1, Max: 1, Factor: -1},
		Admission:  "y",
		Selector:   &task.Selector{MatchExpressions: []task.Requirement{{Operator: "z"}}},
		Labels:     task.Labels{"?": "?", "-": "-"},
		MaxRetries: -1,
	}
	var faults task.Faults
	if !errors.As(s.Validate(), &faults) {
		t.Fatal("no faults")
	}
	var paths []string
	for _, f := range faults {
		paths = append(paths, f.Path)
	}
	want := []string{
		"slot", "slot", "kind.container.image", "kind.container.env[0].key", "kind.container.env[1].key", "timeout",
		"restart.type", "backoff.jitter", "backoff.firstMs", "backoff.maxMs", "backoff.factor", "admission",
		"runnerSelector.matchExpressions[0].key", "runnerSelector.matchExpressions[0].operator",
		`labels["-"]`, `labels["-"]`, `labels["?"]`, `labels["?"]`, "maxRetries",
	}
	if !reflect.DeepEqual(paths, want) {
		t.Errorf("paths:\n%q\nwant\n%q", paths, want)
	}
}

func TestFaultsAreBounded(t *testing.T) {
	s := valid()
	s.Kind = task.Wasm{Module: "m", Env: make(task.Env, task.MaxFaults+7)}
	var faults task.Faults
	if !errors.As(s.Validate(), &faults) {
		t.Fatal("no faults")
	}
	if len(faults) != task.MaxFaults+1 {
		t.Fatalf("%d faults, want %d", len(faults), task.MaxFaults+1)
	}
	if last := faults[task.MaxFaults]; last.String() != "7 more faults are not listed" {
		t.Errorf("last fault: %v", last)
	}
}

func TestFaultTextIsCut(t *testing.T) {
	long := strings.Repeat("é ", 1000)
	s := valid()
	s.Admission = task.Admission(long)
	s.Labels = task.Labels{long: ""}
	text := s.Validate().Error()
	if len(text) > 1000 || strings.Count(text, "…") != 2 {
		t.Errorf("text has %d bytes:\n%s", len(text), text)
	}
}

func TestFaultsDoNotTellValues(t *testing.T) {
	s := valid()
	s.Kind = task.Wasm{Module: "m", Env: task.Env{{Key: "A", Value: "secret\x00"}, {Key: "B=", Value: "secret"}}}
	if text := s.Validate().Error(); strings.Contains(text, "secret") {
		t.Errorf("error tells a value:\n%s", text)
	}
}

func TestValidateSlot(t *testing.T) {
	for _, slot := range []string{"a", "build", "build.frontend", "..x", "-", "A_1"} {
		if err := task.ValidateSlot(slot); err != nil {
			t.Errorf("ValidateSlot(%q) = %v", slot, err)
		}
	}
	for _, slot := range []string{"", ".", "..", "a b", "a\n", "a/b", "é"} {
		if err := task.ValidateSlot(slot); err == nil {
			t.Errorf("ValidateSlot(%q) = nil", slot)
		}
	}
}

func TestWithDefaults(t *testing.T) {
	got := task.Spec{}.WithDefaults()
	want := task.Spec{
		Restart:   task.Restart{Policy: task.RestartNever},
		Backoff:   task.Backoff{Jitter: task.JitterFull, First: time.Second, Max: 30 * time.Second, Factor: 2},
		Admission: task.DropIfRunning,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("WithDefaults() = %+v", got)
	}
	if s := valid(); !reflect.DeepEqual(s.WithDefaults(), s) {
		t.Error("WithDefaults() changed a field that was set")
	}
}

func BenchmarkValidate(b *testing.B) {
	s := valid()
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Validate(); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleSpec_Validate() {
	spec := task.Spec{Slot: "a/b", Kind: task.Wasm{}, Timeout: time.Minute}
	err := spec.Validate()
	var faults task.Faults
	if errors.As(err, &faults) {
		fmt.Println(len(faults), "faults")
	}
	fmt.Println(err)
	// Output:
	// 2 faults
	// slot: contains forbidden byte 0x2f at position 1 (allowed: [A-Za-z0-9._-])
	// kind.wasm.module: wasm module path must not be empty
}

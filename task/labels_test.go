package task_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/task"
)

func TestLabelKeys(t *testing.T) {
	tests := []struct {
		key   string
		fault string // part of the message; empty if the key is right
	}{
		{"a", ""},
		{"Runner_A.1", ""},
		{"example.io/team", ""},
		{"x/Y", ""},
		{strings.Repeat("a", 63), ""},
		{strings.Repeat("a", 63) + ".b/c", ""},
		{"", "must not be empty"},
		{"/a", "prefix must not be empty"},
		{"a/", "name must not be empty"},
		{"a/b/c", "at most one '/'"},
		{strings.Repeat("a", 64), "name length 64 exceeds max 63"},
		{strings.Repeat("a", 64) + "/b", "at most 63 bytes"},
		{strings.Repeat("a.", 127) + "a/b", "length 255 exceeds max 253"},
		{"-a", "begin and end"},
		{"a-", "begin and end"},
		{"a b", "must hold only"},
		{"é", "must hold only"},
		{"Example.io/a", "prefix must hold only lower-case"},
		{"under_score/a", "prefix must hold only lower-case"},
		{"-start/a", "each part"},
		{"end-/a", "each part"},
		{"a..b/c", "each part"},
	}
	for _, test := range tests {
		err := task.Labels{test.key: "v"}.Validate()
		if test.fault == "" && err != nil || test.fault != "" && (err == nil || !strings.Contains(err.Error(), test.fault)) {
			t.Errorf("key %q: %v, want %q", test.key, err, test.fault)
		}
	}
}

func TestLabelValues(t *testing.T) {
	for _, value := range []string{"", "a", "1", "A_b-c.d", strings.Repeat("v", 63)} {
		if err := (task.Labels{"k": value}).Validate(); err != nil {
			t.Errorf("value %q: %v", value, err)
		}
	}
	for _, value := range []string{"-a", "a-", ".", "a b", "a/b", "é", strings.Repeat("v", 64)} {
		if err := (task.Labels{"k": value}).Validate(); err == nil {
			t.Errorf("value %q has no fault", value)
		}
	}
}

func TestLabelFaultsAreSorted(t *testing.T) {
	err := task.Labels{"c": "-", "a": "-", "b b": "-"}.Validate()
	faults := err.(task.Faults)
	if len(faults) != 4 || faults[0].Path != "a" || faults[1].Path != `["b b"]` || faults[3].Path != "c" {
		t.Errorf("faults:\n%v", faults)
	}
}

func TestNilLabels(t *testing.T) {
	var l task.Labels
	if err := l.Validate(); err != nil || l.String() != "" {
		t.Errorf("Validate() = %v, String() = %q", err, l.String())
	}
}

func TestValidLabelsDoNotAllocate(t *testing.T) {
	l := task.Labels{"example.io/team": "a", "tier": "prod"}
	if n := testing.AllocsPerRun(100, func() { _ = l.Validate() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func ExampleLabels_String() {
	fmt.Println(task.Labels{"zone": "eu", "gpu": "", "example.io/team": "a"})
	// Output: example.io/team=a,gpu=,zone=eu
}

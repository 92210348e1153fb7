package task_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/soltihq/soltiwasm/task"
)

// env makes an Env of keys and values in turn.
func env(pairs ...string) task.Env {
	var e task.Env
	for i := 0; i < len(pairs); i += 2 {
		e = append(e, task.Var{Key: pairs[i], Value: pairs[i+1]})
	}
	return e
}

func TestMerge(t *testing.T) {
	tests := []struct {
		name               string
		task, runner, want task.Env
	}{
		{"both empty", nil, nil, nil},
		{"no runner", env("B", "1", "A", "2"), nil, env("A", "2", "B", "1")},
		{"no task", nil, env("B", "1", "A", "2"), env("A", "2", "B", "1")},
		{"runner wins", env("A", "task", "B", "task"), env("A", "runner"), env("A", "runner", "B", "task")},
		{"runner's empty value wins", env("A", "task"), env("A", ""), env("A", "")},
		{"duplicates in the task", env("A", "1", "A", "2"), nil, env("A", "2")},
		{"duplicates in the runner", nil, env("A", "1", "B", "x", "A", "2"), env("A", "2", "B", "x")},
		{"duplicates in both", env("A", "1", "A", "2"), env("A", "3", "A", "4"), env("A", "4")},
		{"sorted by bytes", env("b", "", "B", "", "a", "", "_", ""), env("AA", ""), env("AA", "", "B", "", "_", "", "a", "", "b", "")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := append(append(task.Env{}, test.task...), test.runner...)
			got := task.Merge(test.task, test.runner)
			if len(got) != len(test.want) || len(got) > 0 && !reflect.DeepEqual(got, test.want) {
				t.Errorf("Merge = %v, want %v", got, test.want)
			}
			after := append(append(task.Env{}, test.task...), test.runner...)
			if !reflect.DeepEqual(before, after) {
				t.Errorf("Merge changed its input to %v", after)
			}
		})
	}
}

func TestMergeKeepsSpareRoomOfInputs(t *testing.T) {
	backing := env("B", "1", "A", "2", "Z", "kept")
	task.Merge(backing[:2], env("C", "3"))
	if backing[2] != (task.Var{Key: "Z", Value: "kept"}) {
		t.Errorf("Merge wrote past its input: %v", backing)
	}
}

func TestGet(t *testing.T) {
	e := env("A", "1", "B", "2", "A", "3", "C", "")
	for key, want := range map[string]string{"A": "3", "B": "2", "C": ""} {
		if got, ok := e.Get(key); !ok || got != want {
			t.Errorf("Get(%q) = %q, %v, want %q", key, got, ok, want)
		}
	}
	if got, ok := e.Get("a"); ok || got != "" {
		t.Errorf("Get of a missing key = %q, %v", got, ok)
	}
	if _, ok := task.Env(nil).Get(""); ok {
		t.Error("Get on a nil Env found something")
	}
}

func ExampleMerge() {
	spec := task.Env{{Key: "LANG", Value: "C"}, {Key: "HOME", Value: "/w"}}
	runner := task.Env{{Key: "HOME", Value: "/runner"}}
	for _, v := range task.Merge(spec, runner) {
		fmt.Println(v.Key, v.Value)
	}
	// Output:
	// HOME /runner
	// LANG C
}

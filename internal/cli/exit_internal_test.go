package cli

import (
	"errors"
	"fmt"
	"testing"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/task"
	"github.com/soltihq/soltiwasm/taskfile"
)

func TestRouteExit(t *testing.T) {
	for code, want := range map[task.Code]int{
		task.CodeInvalidSpec: 2, task.CodeNoRunner: 3, task.CodeEmbedded: 3, task.CodeUnsupportedKind: 4, task.CodeInvalidTaskSpec: 4,
		task.CodeMissingField: 4, task.CodeInternal: 4, task.CodeGuestFault: 4, task.CodeTimeout: 4, task.CodeInvalidReply: 4,
		task.CodeDenied: 4, task.CodeUnsupportedAction: 1,
	} {
		if got := routeExit(code); got != want {
			t.Errorf("routeExit(%s) = %d, want %d", code, got, want)
		}
	}
}

func TestRunExit(t *testing.T) {
	for outcome, want := range map[task.Outcome]int{
		task.Success: 0, task.Failure: 5, task.Fatal: 5, task.Rejected: 5, task.TimedOut: 6, task.Canceled: 130,
	} {
		if got := runExit(outcome); got != want {
			t.Errorf("runExit(%s) = %d, want %d", outcome, got, want)
		}
	}
}

func TestRaiseKeepsTheHighest(t *testing.T) {
	a := &app{}
	for _, code := range []int{0, 3, 2, 5, 1} {
		a.raise(code)
	}
	if a.code != 5 {
		t.Errorf("code = %d, want 5", a.code)
	}
}

func TestFailed(t *testing.T) {
	a := &app{mask: task.NewMask([]string{"secret", "123"})}
	fault := &task.Error{Code: task.CodeGuestFault, Runner: "r", Message: "the secret"}
	tests := []struct {
		name string
		got  *failure
		want failure
	}{
		{"the runner's name has a field of its own", a.failed(fault), failure{task.CodeGuestFault, "the ***"}},
		{"a wrapped error keeps all its words", a.failed(fmt.Errorf("ends: %w", fault)), failure{task.CodeGuestFault, "ends: runner r: the ***"}},
		{"the host's own trouble", a.failed(errors.New("odd")), failure{task.CodeInternal, "odd"}},
		{"places are not masked", a.invalid(&taskfile.InvalidError{File: "secret.yaml", Faults: document.Faults{
			{Line: 123, Column: 4, Path: "slot", Message: "found secret"}, {Line: 124, Message: "123"},
		}}), failure{task.CodeInvalidSpec, "secret.yaml:123:4: slot: found ***\nsecret.yaml:124: ***"}},
		{"a file that can't be read", a.invalid(&taskfile.ReadError{Path: "a", Err: errors.New("no")}), failure{task.CodeInvalidSpec, "a: no"}},
	}
	for _, test := range tests {
		if *test.got != test.want {
			t.Errorf("%s: got %+v, want %+v", test.name, *test.got, test.want)
		}
	}
}

package task_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/soltihq/soltiwasm/task"
)

func TestKindNames(t *testing.T) {
	for want, kind := range map[string]task.Kind{
		"subprocess": task.Subprocess{},
		"wasm":       task.Wasm{},
		"container":  task.Container{},
		"embedded":   task.Embedded{},
		"http-probe": task.Custom{Name: "http-probe"},
	} {
		if got := kind.KindName(); got != want {
			t.Errorf("%T: KindName() = %q, want %q", kind, got, want)
		}
	}
}

func TestActionNames(t *testing.T) {
	for want, action := range map[string]task.Action{
		"run": task.RunAction{}, "process": task.ProcessAction{}, "wasm": task.WasmAction{},
	} {
		if got := action.ActionName(); got != want {
			t.Errorf("%T: ActionName() = %q, want %q", action, got, want)
		}
	}
}

func TestRunID(t *testing.T) {
	for want, id := range map[string]task.RunID{
		"":                               {},
		"wasm-reports-1":                 {Runner: "wasm", Slot: "reports", Seq: 1},
		"a-b-c-d-18446744073709551615":   {Runner: "a-b", Slot: "c-d", Seq: 1<<64 - 1},
		"catch.all_1-build.frontend-255": {Runner: "catch.all_1", Slot: "build.frontend", Seq: 255},
	} {
		if got := id.String(); got != want {
			t.Errorf("String() = %q, want %q", got, want)
		}
	}
}

func TestError(t *testing.T) {
	err := fmt.Errorf("route: %w", &task.Error{
		Code: task.CodeMissingField, Runner: "http-probe", Message: "missing field: url", Err: io.ErrUnexpectedEOF,
	})
	if got, want := err.Error(), "route: runner http-probe: missing field: url"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error("the cause is lost")
	}
	if got := (&task.Error{Message: "no runner"}).Error(); got != "no runner" {
		t.Errorf("Error() without a runner = %q", got)
	}
}

func ExampleError() {
	var err error = &task.Error{Code: task.CodeNoRunner, Message: "no suitable runner for task kind: container"}
	var e *task.Error
	if errors.As(err, &e) && e.Code == task.CodeNoRunner {
		fmt.Println(e)
	}
	// Output: no suitable runner for task kind: container
}

func ExampleRunID() {
	fmt.Println(task.RunID{Runner: "subprocess", Slot: "nightly", Seq: 7})
	// Output: subprocess-nightly-7
}

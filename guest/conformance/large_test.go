package conformance_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/task"
)

// The time that an SDK takes grows with the text that it writes, and not with its square: that would be over the time
// limit of build many times. The runner in C is left out, as it has no room for so many arguments by design.
func TestManyArguments(t *testing.T) {
	runtime, err := wazero.Engine{}.Open(t.Context(), append(hostfuncs.Functions(), hostfuncs.Meter()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := runtime.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	args := slices.Repeat([]string{"x"}, 200_000)
	text, err := json.Marshal(map[string]any{"slot": "s", "timeout": 5000, "kind": map[string]any{
		"conformance": map[string]any{"do": "process", "body": "", "args": args},
	}})
	if err != nil {
		t.Fatal(err)
	}
	root, err := document.ParseJSON(text, document.Bounds{Bytes: abi.MaxSpec, Depth: abi.MaxDepth, Values: 2 * len(args)})
	if err != nil {
		t.Fatal(err)
	}
	for _, sdk := range []string{"assemblyscript", "rust", "go"} {
		t.Run(sdk, func(t *testing.T) {
			c := testCase{Sidecar: json.RawMessage(`{"grants": {"actions": ["process"]}, "limits": {"build": "10s", "memory": "256MiB"}}`)}
			built, err := newBench(t, runtime, moduleOf(t, sdk), c).runner.Build(t.Context(), document.NewIndex(root))
			if te, ok := errors.AsType[*task.Error](err); ok {
				t.Fatal(te.Code, te.Message)
			}
			if p, ok := built.Action.(task.ProcessAction); err != nil || !ok || len(p.Args) < len(args) || strings.Join(p.Args[len(p.Args)-2:], "") != "xx" {
				t.Fatalf("%v, %T", err, built.Action)
			}
		})
	}
}

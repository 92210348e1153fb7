package author_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/internal/author"
	"github.com/soltihq/soltiwasm/task"
)

func unmasked(n *document.Node) *document.Node { return n }

func customSpec(selector string) task.Spec {
	s := task.Spec{Slot: "s", Kind: task.Custom{Name: "x", Payload: json.RawMessage("{}")}, Timeout: time.Second}
	if selector != "" {
		s.Selector, _ = task.ParseSelector(selector)
	}
	return s
}

// someRunners are a directory of runners.
func someRunners(t *testing.T, puts ...put) author.Runners {
	t.Helper()
	dir, host := runnersDir(t, puts...)
	return author.Runners{Host: host, Dir: dir}
}

// pointers are the places that changed.
func pointers(c *author.Change) string {
	var all []string
	for _, f := range c.Fields {
		all = append(all, f.Pointer)
	}
	return strings.Join(all, " ")
}

func TestDiff(t *testing.T) {
	ok, log := put{"a", "ok", "", ""}, put{"b", "log", "", "order: 1"}
	for _, c := range []struct {
		name           string
		before, after  []put
		fields, reason string // no fields: no change
	}{
		{"the same", []put{ok, log}, []put{ok, log}, "", ""},
		{"other bytes, the same task", []put{ok}, []put{{"a", "ok", `{"version":"2.0.0"}`, ""}}, "", ""},
		{"a file's name", []put{ok}, []put{{"z", "ok", "", ""}}, "", ""},
		{"nobody in both", nil, nil, "", ""},
		{"gone", []put{ok, log}, []put{log}, "/runner", "ok took it before; now it is not there|log takes it now; before it was behind ok in order"},
		{"new", []put{log}, []put{ok, log}, "/runner", "log took it before; now it is behind ok in order|ok takes it now; before it was not there"},
		{"nobody any more", []put{ok}, nil, "/runner /task /error", "ok took it before; now it is not there"},
		{"somebody now", nil, []put{ok}, "/error /runner /task", "ok takes it now; before it was not there"},
		{"disabled", []put{ok, log}, []put{{"a", "ok", "", "disabled: true"}, log}, "/runner",
			"ok took it before; now it is disabled by its sidecar|log takes it now; before it was behind ok in order"},
		{"rejected", []put{ok, log}, []put{{"a", "no-abi", "", ""}, log}, "/runner",
			"ok took it before; now it is rejected: abi: the module has no export solti_abi_v1, the mark of a runner|log takes it now; before it was behind ok in order"},
		{"other kinds", []put{ok, log}, []put{{"a", "ok", `{"kinds":["y"]}`, ""}, log}, "/runner",
			"ok took it before; now it is passed over: takes only y|log takes it now; before it was behind ok in order"},
		{"a value of the task", []put{{"a", "echo-config", "", "config: {greeting: hi}"}}, []put{{"a", "echo-config", "", "config: {greeting: ho}"}},
			"/task/annotations/greeting", "the sidecar of echo-config differs"},
		{"the same module that reads no sidecar", []put{{"a", "denied-process", "", ""}}, []put{{"a", "denied-process", "", ""}}, "", ""},
		{"another who takes nothing", []put{{"a", "no", "", ""}}, []put{{"a", "only-other", "", ""}, {"b", "no", "", ""}}, "", ""},
		{"taken for other reasons", []put{{"a", "env-in-message", "", "grants: {env: [X]}"}}, []put{{"a", "env-in-message", `{"version":"2.0.0"}`, ""}},
			"/error/message", "the module of env-in-message has other bytes now|the sidecar of env-in-message differs"},
		{"another error", []put{{"a", "status2", "", ""}}, []put{{"a", "status3", "", ""}}, "/runner /error/code /error/message", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			change, err := author.Diff(t.Context(), someRunners(t, c.before...), someRunners(t, c.after...), customSpec(""), unmasked)
			if err != nil {
				t.Fatal(err)
			}
			if c.fields == "" || change == nil {
				if c.fields != "" || change != nil {
					t.Fatalf("%+v, expected %q", change, c.fields)
				}
				return
			}
			if got := pointers(change); got != c.fields {
				t.Errorf("%s, expected %s", got, c.fields)
			}
			if got := strings.Join(change.Why, "|"); c.reason != "" && got != c.reason {
				t.Errorf("%s, expected %s", got, c.reason)
			}
		})
	}
}

func TestDiffSelector(t *testing.T) {
	before := someRunners(t, put{"a", "ok", "", "labels: {zone: eu}"})
	after := someRunners(t, put{"a", "ok", "", "labels: {zone: us}"})
	change, err := author.Diff(t.Context(), before, after, customSpec("zone=eu"), unmasked)
	if want := "ok took it before; now it is passed over: zone=eu: runner has zone=us"; err != nil || change == nil || change.Why[0] != want {
		t.Errorf("%+v, %v; expected %s", change, err, want)
	}
	if change.After.Err == nil || change.After.Err.Code != task.CodeNoRunner || change.Before.Decision.Module != "a.wasm" {
		t.Errorf("%+v", change)
	}
}

// Where the files are the same, none of them is named as the reason.
func TestDiffSameFiles(t *testing.T) {
	before := someRunners(t, put{"a", "echo-config", "", "config: {greeting: hi}"})
	after := someRunners(t, put{"a", "echo-config", "", "config: {greeting: ho}"})
	if err := os.WriteFile(filepath.Join(after.Dir, "a.yaml"), []byte("config: {greeting: hi}"), 0o600); err != nil {
		t.Fatal(err)
	}
	change, err := author.Diff(t.Context(), before, after, customSpec(""), unmasked)
	if want := "the module and the sidecar of echo-config are the same"; err != nil || change == nil || !strings.HasPrefix(change.Why[0], want) {
		t.Errorf("%+v, %v; expected %s", change, err, want)
	}
}

// Faults of a runner with one spec don't show with the next.
func TestDiffLeaps(t *testing.T) {
	dir, _ := runnersDir(t, put{"a", "trap-supports", "", ""}, put{"b", "trap-build", "", "order: 1"})
	clock := author.NewClock(time.Now)
	open := func() author.Runners {
		host, err := soltiwasm.New(t.Context(), soltiwasm.Config{Engine: wazero.Engine{}, Dirs: []string{dir}, Now: clock.Now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { host.Close() })
		return author.Runners{Host: host, Dir: dir}
	}
	before, after := open(), open()
	for range 9 { // more faults in a row than a host allows
		clock.Leap()
		change, err := author.Diff(t.Context(), before, after, customSpec(""), unmasked)
		if err != nil || change != nil {
			t.Fatalf("%+v, %v", change, err)
		}
		clock.Leap()
		d, err := before.Host.Route(t.Context(), customSpec(""))
		if te, ok := errors.AsType[*task.Error](err); d.Runner != "trap-build" || !ok || te.Code != task.CodeGuestFault {
			t.Fatalf("%s, %v", d.Runner, err)
		}
	}
}

func TestDiffEnds(t *testing.T) {
	runners := someRunners(t, put{"a", "ok", "", ""})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := author.Diff(ctx, runners, runners, customSpec(""), unmasked); err == nil {
		t.Error("it went on")
	}
	if err := runners.Host.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := author.Diff(t.Context(), runners, runners, customSpec(""), unmasked); err == nil {
		t.Error("a closed host was compared")
	}
}

func ExampleDiff() {
	ctx := context.Background()
	open := func(dir string) author.Runners {
		host, err := soltiwasm.New(ctx, soltiwasm.Config{Engine: wazero.Engine{}, Dirs: []string{dir}})
		if err != nil {
			panic(err)
		}
		return author.Runners{Host: host, Dir: dir}
	}
	before, after := open("testdata/specs"), open("testdata/runners")
	defer before.Host.Close()
	defer after.Host.Close()
	spec := task.Spec{Slot: "s", Kind: task.Container{Image: "alpine"}, Timeout: time.Second}
	change, err := author.Diff(ctx, before, after, spec, func(n *document.Node) *document.Node { return n })
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range change.Fields {
		fmt.Println(f.Pointer)
	}
	fmt.Println(change.Why)
	// Output:
	// /error
	// /runner
	// /task
	// [random takes it now; before it was not there]
}

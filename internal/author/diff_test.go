package author_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
			"/task/annotations/greeting", "the module of echo-config has the same bytes: its sidecar differs, or its build depends on more than the " +
				"spec, the configuration and the environment"},
		{"another error", []put{{"a", "status2", "", ""}}, []put{{"a", "status3", "", ""}}, "/runner /error/code /error/message", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, before := runnersDir(t, c.before...)
			_, after := runnersDir(t, c.after...)
			change, err := author.Diff(t.Context(), before, after, customSpec(""), unmasked)
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
	_, before := runnersDir(t, put{"a", "ok", "", "labels: {zone: eu}"})
	_, after := runnersDir(t, put{"a", "ok", "", "labels: {zone: us}"})
	change, err := author.Diff(t.Context(), before, after, customSpec("zone=eu"), unmasked)
	if want := "ok took it before; now it is passed over: zone=eu: runner has zone=us"; err != nil || change == nil || change.Why[0] != want {
		t.Errorf("%+v, %v; expected %s", change, err, want)
	}
	if change.After.Err == nil || change.After.Err.Code != task.CodeNoRunner || change.Before.Decision.Module != "a.wasm" {
		t.Errorf("%+v", change)
	}
}

// Faults of a runner with one spec don't show with the next.
func TestDiffLeaps(t *testing.T) {
	dir, _ := runnersDir(t, put{"a", "trap-supports", "", ""}, put{"b", "trap-build", "", "order: 1"})
	clock := author.NewClock(time.Now)
	host, err := soltiwasm.New(t.Context(), soltiwasm.Config{Engine: wazero.Engine{}, Dirs: []string{dir}, Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close()
	for range 9 { // more faults in a row than a host allows
		clock.Leap()
		change, err := author.Diff(t.Context(), host, host, customSpec(""), unmasked)
		if err != nil || change != nil {
			t.Fatalf("%+v, %v", change, err)
		}
		d, err := host.Route(t.Context(), customSpec(""))
		if te, ok := errors.AsType[*task.Error](err); d.Runner != "trap-build" || !ok || te.Code != task.CodeGuestFault {
			t.Fatalf("%s, %v", d.Runner, err)
		}
	}
}

func TestDiffEnds(t *testing.T) {
	_, host := runnersDir(t, put{"a", "ok", "", ""})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := author.Diff(ctx, host, host, customSpec(""), unmasked); err == nil {
		t.Error("it went on")
	}
	if err := host.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := author.Diff(t.Context(), host, host, customSpec(""), unmasked); err == nil {
		t.Error("a closed host was compared")
	}
}

func ExampleDiff() {
	ctx := context.Background()
	open := func(dirs ...string) *soltiwasm.Host {
		host, err := soltiwasm.New(ctx, soltiwasm.Config{Engine: wazero.Engine{}, Dirs: dirs})
		if err != nil {
			panic(err)
		}
		return host
	}
	before, after := open(), open("testdata/runners")
	defer before.Close()
	defer after.Close()
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

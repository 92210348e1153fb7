package hostfuncs_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/hostfuncs"
)

func TestFunctionsAreThoseOfTheContract(t *testing.T) {
	want := append(abi.Imports(), abi.WASI()...)
	got := hostfuncs.Functions()
	if len(got) != len(want) {
		t.Fatalf("%d functions, the contract has %d", len(got), len(want))
	}
	for i, f := range got {
		if f.Module != want[i].Module || f.Name != want[i].Name || f.Type != want[i].Type {
			t.Errorf("function %d is %s.%s %s; the contract says %s.%s %s", i, f.Module, f.Name, f.Type,
				want[i].Module, want[i].Name, want[i].Type)
		}
	}
}

// TestEveryFunctionAnswers calls each function with zeros in each phase: it either works or fails with an error of its
// own, and out of phase with a PhaseError that names both.
func TestEveryFunctionAnswers(t *testing.T) {
	for _, f := range append(abi.Imports(), abi.WASI()...) {
		for _, phase := range []abi.Phase{0, abi.PhaseStart, abi.PhaseName, abi.PhaseSupports, abi.PhaseBuild, abi.PhaseRun} {
			g := newGuest(t).begin(phase, hostfuncs.Call{Spec: index(t, `{}`), Task: index(t, `{}`)})
			err := g.funcs[f.Name].Fn(g.ctx, g.instance, g.memory, make([]uint64, 10))
			var out *hostfuncs.PhaseError
			if !errors.As(err, &out) {
				if f.Phases&phase == 0 {
					t.Errorf("%s during %s: %v, want a PhaseError", f.Name, phase, err)
				}
				continue
			}
			if f.Phases&phase != 0 {
				t.Errorf("%s during %s: %v, but the contract allows it", f.Name, phase, err)
			}
			if *out != (hostfuncs.PhaseError{Function: f.Name, Phase: phase, Allowed: f.Phases}) {
				t.Errorf("%s during %s: %+v", f.Name, phase, out)
			}
		}
	}
}

func TestPhaseErrorText(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseSupports, hostfuncs.Call{})
	g.fails("env_get may not be called during supports; it may be called during build and run", "env_get", 0, 0, 0, 0)
	g.fails("reply may not be called during supports; it may be called during name, build and run", "reply", 0, 0)
	g.fails("task_get may not be called during supports; it may be called during run", "task_get", 0, 0, 0, 0)
	g.instance.End(g.ctx)
	g.fails("log may not be called during no call; it may be called during _initialize, name, supports, build and run",
		"log", 0, 0, 0)
}

func TestBadHost(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseRun, hostfuncs.Call{})
	for _, f := range hostfuncs.Functions() {
		err := f.Fn(g.ctx, "something else", g.memory, make([]uint64, 10))
		if err == nil || !strings.HasPrefix(err.Error(), f.Name+": the engine handed over a host value of type string") {
			t.Errorf("%s with a wrong host: %v", f.Name, err)
		}
		err = f.Fn(g.ctx, g.instance, nil, make([]uint64, 10))
		if err == nil || err.Error() != f.Name+": the instance has no memory" {
			t.Errorf("%s without memory: %v", f.Name, err)
		}
	}
}

// TestRanges gives each function that takes a range one that isn't inside the memory.
func TestRanges(t *testing.T) {
	const end, far = pageSize, 0xffffffff
	// A vector at 0 that is fine, one at 8 that isn't, and a subscription at 64 for a descriptor that is not open.
	vectors := func(g *guest) {
		g.putU32(0, 16, 4, end-2, 4)
		g.memory[64+8] = 1
		g.putU32(64+16, 7)
	}
	tests := []struct {
		name string
		args []any
		span string
	}{
		{"spec_get", []any{end, 4, 0, 0}, "[65536, 65540)"},
		{"spec_get", []any{end - 3, 4, 0, 0}, "[65533, 65537)"},
		{"spec_get", []any{far, far, 0, 0}, "[4294967295, 8589934590)"},
		{"spec_get", []any{1, far, 0, 0}, "[1, 4294967296)"},
		{"spec_get", []any{0, 5000 + end, 0, 0}, "[0, 70536)"}, // longer than a pointer may be, and still checked
		{"spec_get", []any{0, 0, end - 1, 2}, "[65535, 65537)"},
		{"config_get", []any{end, 1, 0, 0}, "[65536, 65537)"},
		{"config_get", []any{0, 0, far, 2}, "[4294967295, 4294967297)"},
		{"task_get", []any{end, 1, 0, 0}, "[65536, 65537)"},
		{"task_get", []any{0, 0, end, 100}, "[65536, 65538)"},
		{"env_get", []any{end, 1, 0, 0}, "[65536, 65537)"},
		{"env_get", []any{5, end, 0, 0}, "[5, 65541)"},
		{"env_get", []any{0, 0, end, 9}, "[65536, 65538)"},
		{"reply", []any{far, 1}, "[4294967295, 4294967296)"},
		{"reply", []any{0, far}, "[0, 4294967295)"},
		{"log", []any{0, end, 1}, "[65536, 65537)"},
		{"log", []any{0, 0, end + 1}, "[0, 65537)"},
		{"metric_add", []any{end, 1, 0, 0, 1.0}, "[65536, 65537)"},
		{"metric_set", []any{0, 1, end, 1, 1.0}, "[65536, 65537)"},
		{"metric_observe", []any{0, far, 0, 0, 1.0}, "[0, 4294967295)"},
		{"args_sizes_get", []any{end - 3, 0}, "[65533, 65537)"},
		{"args_sizes_get", []any{0, end}, "[65536, 65540)"},
		{"environ_sizes_get", []any{far, 0}, "[4294967295, 4294967299)"},
		{"clock_res_get", []any{0, end - 7}, "[65529, 65537)"},
		{"clock_time_get", []any{1, 0, end}, "[65536, 65544)"},
		{"random_get", []any{1, end}, "[1, 65537)"},
		{"fd_write", []any{1, end - 7, 1, 0}, "[65529, 65537)"},
		{"fd_write", []any{1, far, 1024, 0}, "[4294967295, 4294975487)"},
		{"fd_write", []any{1, 0, 2, 32}, "[65534, 65538)"},
		{"fd_write", []any{1, 0, 1, end - 1}, "[65535, 65539)"},
		{"fd_read", []any{0, end, 1, 0}, "[65536, 65544)"},
		{"fd_read", []any{0, 0, 2, 32}, "[65534, 65538)"},
		{"fd_read", []any{0, 0, 1, end}, "[65536, 65540)"},
		{"fd_fdstat_get", []any{1, end - 23}, "[65513, 65537)"},
		{"poll_oneoff", []any{end - 47, 0, 1, 0}, "[65489, 65537)"},
		{"poll_oneoff", []any{64, end - 31, 1, 0}, "[65505, 65537)"},
		{"poll_oneoff", []any{64, 128, 1, end - 3}, "[65533, 65537)"},
	}
	for _, test := range tests {
		g := newGuest(t)
		g.runner.Env = hostfuncs.NewEnvironment(nil, []string{"*"})
		vectors(g)
		g.begin(abi.PhaseRun, hostfuncs.Call{Spec: index(t, `{}`), Task: index(t, `{}`)})
		err := g.fails(test.name+": range "+test.span+" is outside the memory of 65536 bytes", test.name, test.args...)
		var fault *hostfuncs.Fault
		if !errors.As(err, &fault) || fault.Function != test.name {
			t.Errorf("%s: %T %v, want a *Fault", test.name, err, err)
		}
	}
}

// TestEmptyRanges: a range without bytes is inside any memory, wherever it is.
func TestEmptyRanges(t *testing.T) {
	for _, ptr := range []int{0, pageSize, pageSize + 1, 0xffffffff} {
		g := newGuest(t)
		g.runner.Env = hostfuncs.NewEnvironment(nil, []string{"*"})
		name, n := g.put(0, "up")
		g.begin(abi.PhaseRun, hostfuncs.Call{Spec: index(t, `""`), Task: index(t, `7`)})
		g.want(0, "spec_get", ptr, 0, ptr, 0) // an empty string fits anywhere
		g.want(1, "task_get", ptr, 0, ptr, 0)
		g.want(2, "config_get", ptr, 0, ptr, 0)
		g.want(2, "env_get", ptr, 0, ptr, 1)
		g.ok("reply", ptr, 0)
		g.ok("log", 0, ptr, 0)
		g.ok("metric_add", name, n, ptr, 0, 1.0)
		g.want(0, "random_get", ptr, 0)
		g.want(0, "fd_write", 1, ptr, 0, 8)
		g.want(0, "fd_read", 0, ptr, 0, 8)
		g.want(0, "args_get", ptr, ptr)
	}
}

// TestErrorsQuoteNoControls: what a fault quotes of a guest is escaped and cut.
func TestErrorsQuoteNoControls(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseBuild, hostfuncs.Call{})
	name, n := g.put(0, "up")
	labels, size := g.put(100, "{\"a\x1b[31m\u202e"+strings.Repeat("\u2028", 3000)+"\":1}")
	_, err := g.call("metric_add", name, n, labels, size, 1.0)
	if err == nil || strings.ContainsAny(err.Error(), "\x1b\u202e\u2028") {
		t.Errorf("%q", err)
	}
	if size := len(err.Error()); size > abi.MaxMessage+64 {
		t.Errorf("the message has %d bytes", size)
	}
}

func TestLimitErrorText(t *testing.T) {
	tests := []struct {
		value, got int64
		want       string
	}{
		{1 << 20, 1<<20 + 1, "reply: 1048577 bytes are over the limit reply=1MiB; raise it with --limit reply=2MiB, " +
			"or limits.reply in the module's sidecar"},
		{1000, 1024, "reply: 1024 bytes are over the limit reply=1000; raise it with --limit reply=1KiB, " +
			"or limits.reply in the module's sidecar"},
		{0, 1, "reply: 1 bytes are over the limit reply=0; raise it with --limit reply=1KiB, " +
			"or limits.reply in the module's sidecar"},
	}
	for _, test := range tests {
		e := &hostfuncs.LimitError{Function: "reply", Limit: "reply", Value: test.value, Got: test.got}
		if e.Error() != test.want {
			t.Errorf("got  %s\nwant %s", e, test.want)
		}
	}
}

func TestInterruptErrorText(t *testing.T) {
	e := &hostfuncs.InterruptError{Function: "log", Phase: abi.PhaseBuild, Err: context.DeadlineExceeded}
	if e.Error() != "log: the time for build is over" || !errors.Is(e, context.DeadlineExceeded) {
		t.Error(e)
	}
	e = &hostfuncs.InterruptError{Function: "log", Phase: abi.PhaseRun, Err: context.Canceled}
	if e.Error() != "log: run was interrupted: context canceled" || !errors.Is(e, context.Canceled) {
		t.Error(e)
	}
}

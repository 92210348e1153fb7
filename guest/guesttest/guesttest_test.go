package guesttest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/guest"
	"github.com/soltihq/soltiwasm/guest/guesttest"
)

func Example() {
	runner := guest.Runner{
		Name:     "shell",
		Supports: func(c *guest.SupportsCall) bool { return c.Spec.Has("/kind/shell") },
		Build: func(c *guest.BuildCall) (guest.Task, error) {
			line, ok := c.Spec.Text("/kind/shell")
			if !ok {
				return guest.Task{}, guest.Missing("/kind/shell")
			}
			return guest.Task{Action: guest.Process{Command: "sh", Args: []string{"-c", line}}}, nil
		},
	}
	host := guesttest.Host{Spec: `{"kind":{"shell":"echo hello"}}`}
	takes, err := host.Supports(runner)
	fmt.Println(takes, err)
	got, err := host.Build(runner)
	fmt.Println(got.Status, got.Reply, err)
	// Output:
	// true <nil>
	// 0 {"action":{"process":{"command":"sh","args":["-c","echo hello"]}}} <nil>
}

// TestKept shows that a call is of no use when its function has returned.
func TestKept(t *testing.T) {
	var kept *guest.BuildCall
	if _, err := (guesttest.Host{}).Build(building(func(c *guest.BuildCall) { kept = c })); err != nil {
		t.Fatal(err)
	}
	defer func() {
		var trap *guesttest.Trap
		if err, _ := recover().(error); !errors.As(err, &trap) || trap.Function != "spec_get" {
			t.Errorf("%v, want a trap", err)
		}
	}()
	kept.Spec.Has("")
}

func TestTraps(t *testing.T) {
	for want, f := range map[string]func(*guest.BuildCall){
		"spec_get: the text \"\\xff\" is not UTF-8": func(c *guest.BuildCall) { c.Spec.Has("\xff") },
		"there is no level 4":                       func(c *guest.BuildCall) { c.Log(4, "") },
		"metric_add":                                func(c *guest.BuildCall) { c.Counter("Bad").Add(1) },
		"metric_add: ":                              func(c *guest.BuildCall) { c.Counter("c").Add(-1) },
		"metric_set":                                func(c *guest.BuildCall) { c.Gauge("g_sum").Set(1) },
		"metric_add: the labels":                    func(c *guest.BuildCall) { c.Counter("c").Add(1, "a", "x", "b", "y", "a", "x") },
		"metric_observe":                            func(c *guest.BuildCall) { c.Histogram("h").Observe(1, "le", "x") },
	} {
		_, err := guesttest.Host{}.Build(building(f))
		var trap *guesttest.Trap
		if !errors.As(err, &trap) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want a trap with %q", err, want)
		}
	}
}

// TestTrapCannotBeSwallowed: the real host ends the call whatever the runner does.
func TestTrapCannotBeSwallowed(t *testing.T) {
	_, err := guesttest.Host{}.Build(building(func(c *guest.BuildCall) {
		defer func() { _ = recover() }()
		c.Counter("Bad").Add(1)
	}))
	if err == nil {
		t.Error("the trap is lost")
	}
}

func TestPanicGoesOn(t *testing.T) {
	defer func() {
		if p := recover(); p != "mine" {
			t.Errorf("panic %v", p)
		}
	}()
	_, err := guesttest.Host{}.Build(building(func(*guest.BuildCall) { panic("mine") }))
	t.Error("no panic: ", err)
}

func TestDropped(t *testing.T) {
	nine := make([]string, 0, 18)
	for i := range 9 {
		nine = append(nine, fmt.Sprintf("l%d", i), "")
	}
	got, err := guesttest.Host{}.Build(building(func(c *guest.BuildCall) {
		c.Counter(strings.Repeat("x", 129)).Add(1)
		c.Counter("c").Add(1, nine...)
		c.Counter("c").Add(1, "a", strings.Repeat("x", 129))
		c.Counter("c").Add(1)
	}))
	var reasons []string
	for _, m := range got.Metrics {
		reasons = append(reasons, m.Dropped)
	}
	if s := strings.Join(reasons, " "); err != nil || s != "name labels label_value " {
		t.Errorf("dropped as %q, %v", s, err)
	}
}

func TestHostErrors(t *testing.T) {
	for want, h := range map[string]guesttest.Host{
		"Spec of guesttest.Host":   {Spec: `{`},
		"Config of guesttest.Host": {Config: `{} x`},
		`"a" is there twice`:       {Spec: `{"a":1,"a":2}`},
		"more than 64 levels":      {Spec: strings.Repeat("[", 65) + strings.Repeat("]", 65)},
		"too large":                {Spec: `1e999`},
	} {
		r := building(func(*guest.BuildCall) {})
		for _, call := range []func() error{
			func() error { _, err := h.Supports(r); return err },
			func() error { _, err := h.Build(r); return err },
			func() error { _, err := h.Run(r); return err },
		} {
			if err := call(); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %q", err, want)
			}
		}
	}
}

func TestNothingToRun(t *testing.T) {
	for want, task := range map[string]func(*guest.BuildCall) (guest.Task, error){
		"returned 3 and \"/a\"": func(*guest.BuildCall) (guest.Task, error) { return guest.Task{}, guest.Missing("/a") },
		"the host's to carry out": func(*guest.BuildCall) (guest.Task, error) {
			return guest.Task{Action: guest.Process{Command: "x"}}, nil
		},
	} {
		r := building(nil)
		r.Build = task
		if _, err := (guesttest.Host{}).Run(r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// building is a runner that calls f in its build.
func building(f func(*guest.BuildCall)) guest.Runner {
	return guest.Runner{
		Name:     "test",
		Supports: func(*guest.SupportsCall) bool { return true },
		Build:    func(c *guest.BuildCall) (guest.Task, error) { f(c); return guest.Task{}, nil },
		Run:      func(*guest.RunCall) (string, error) { return "", nil },
	}
}

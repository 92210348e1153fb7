package guest_test

import (
	"errors"
	"fmt"
	"math"
	"os/exec"
	"reflect"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/guest"
	"github.com/soltihq/soltiwasm/guest/guesttest"
)

// builder is a runner of which only Build matters.
func builder(build func(*guest.BuildCall) (guest.Task, error)) guest.Runner {
	return guest.Runner{
		Name:     "test",
		Supports: func(*guest.SupportsCall) bool { return true },
		Build:    build,
		Run:      func(*guest.RunCall) (string, error) { return "", nil },
	}
}

// inBuild lets f look at what the host lends to a build.
func inBuild(t *testing.T, host guesttest.Host, f func(*guest.BuildCall)) guesttest.Result {
	t.Helper()
	result, err := host.Build(builder(func(c *guest.BuildCall) (guest.Task, error) {
		f(c)
		return guest.Task{}, nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestDocument(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	host := guesttest.Host{Spec: `{"s":"a\n\"é","n":-42,"big":18446744073709551615,"f":1.50,"t":true,"no":false,"null":null,
		"list":["a","b\n",3,["c",{"d":1}],{"e":"]}"},""],"empty":[],"object":{"k":"v","a":[1,2],"q":"\"\u0001"},"none":{},
		"digits":"7","plus":"+7","hex":"0x10","inf":"-Inf","exp":1e21,"word":"true","a/b":{"~":1},"huge":"` + long + `"}`}
	inBuild(t, host, func(c *guest.BuildCall) {
		d := c.Spec
		got := func(values ...any) string { return fmt.Sprintf("%#v", values) }
		two := func(a, b any) string { return got(a, b) }
		for _, tt := range []struct{ what, got, want string }{
			{"text", two(d.Text("/s")), got("a\n\"é", true)},
			{"number as text", two(d.Text("/f")), got("1.5", true)},
			{"object as text", two(d.Text("/a~1b")), got(`{"~":1}`, true)},
			{"no text", two(d.Text("/nowhere")), got("", false)},
			{"long text", two(d.Text("/huge")), got(long, true)},
			{"text after a long one", two(d.Text("/s")), got("a\n\"é", true)},
			{"int", two(d.Int("/n")), got(int64(-42), true)},
			{"int of digits", two(d.Int("/digits")), got(int64(7), true)},
			{"int with a plus", two(d.Int("/plus")), got(int64(0), false)},
			{"int too big", two(d.Int("/big")), got(int64(0), false)},
			{"int of a fraction", two(d.Int("/f")), got(int64(0), false)},
			{"int of a word", two(d.Int("/word")), got(int64(0), false)},
			{"int of something long", two(d.Int("/huge")), got(int64(0), false)},
			{"no int", two(d.Int("/nowhere")), got(int64(0), false)},
			{"float", two(d.Float("/f")), got(1.5, true)},
			{"float of an int", two(d.Float("/n")), got(-42.0, true)},
			{"float with an exponent", two(d.Float("/exp")), got(1e21, true)},
			{"hexadecimal float", two(d.Float("/hex")), got(0.0, false)},
			{"infinite float", two(d.Float("/inf")), got(0.0, false)},
			{"float of a word", two(d.Float("/word")), got(0.0, false)},
			{"true", two(d.Bool("/t")), got(true, true)},
			{"false", two(d.Bool("/no")), got(false, true)},
			{"bool of a number", two(d.Bool("/n")), got(false, false)},
			{"no bool", two(d.Bool("/nowhere")), got(false, false)},
			{"has null", got(d.Has("/null")), got(true)},
			{"has not", got(d.Has("/nowhere")), got(false)},
			{"escaped pointer", got(d.Has(guest.Pointer("a/b", "~"))), got(true)},
			{"list", two(d.Texts("/list")), got([]string{"a", "b\n", "3", `["c",{"d":1}]`, `{"e":"]}"}`, ""}, true)},
			{"empty list", two(d.Texts("/empty")), got([]string{}, true)},
			{"no list", two(d.Texts("/object")), got([]string(nil), false)},
			{"list nowhere", two(d.Texts("/nowhere")), got([]string(nil), false)},
			{"object", two(d.Pairs("/object")), got([]guest.Pair{{Key: "a", Value: "[1,2]"}, {Key: "k", Value: "v"},
				{Key: "q", Value: "\"\x01"}}, true)},
			{"empty object", two(d.Pairs("/none")), got([]guest.Pair{}, true)},
			{"no object", two(d.Pairs("/list")), got([]guest.Pair(nil), false)},
		} {
			if tt.got != tt.want {
				t.Errorf("%s: %.80s, want %.80s", tt.what, tt.got, tt.want)
			}
		}
	})
}

func TestEnv(t *testing.T) {
	env := map[string]string{"A": "1", "B": "\"2\"", "SECRET": "3"}
	for _, tt := range []struct {
		name   string
		grants []string
		want   string
	}{
		{"no grant", nil, `[] false`},
		{"some", []string{"A", "B*"}, `[{"A" "1"} {"B" "\"2\""}] true`},
		{"nothing of it set", []string{"X"}, `[] true`},
	} {
		inBuild(t, guesttest.Host{Env: env, Grants: tt.grants}, func(c *guest.BuildCall) {
			all, granted := c.Env.All()
			if got := fmt.Sprintf("%q %v", all, granted); got != tt.want {
				t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
			}
		})
	}
	inBuild(t, guesttest.Host{Env: env, Grants: []string{"A", "X"}}, func(c *guest.BuildCall) {
		for key, want := range map[string]guest.EnvState{"A": guest.Set, "X": guest.Unset, "SECRET": guest.NotGranted, "": guest.Unset} {
			if _, state := c.Env.Lookup(key); state != want {
				t.Errorf("%q: state %d, want %d", key, state, want)
			}
		}
		if c.Env.Value("A") != "1" || c.Env.Value("SECRET") != "" {
			t.Error("Value differs from Lookup")
		}
	})
}

func TestTask(t *testing.T) {
	var inner, fields guest.Object
	inner.Bool("yes", true)
	fields.Text("te\"xt", "a\\\x01\n\xffé\u2028")
	fields.Int("int", math.MinInt64)
	fields.Float("float", 1e300)
	fields.Bool("bool", false)
	fields.Texts("list", []string{"a", ""})
	fields.Object("object", inner)
	fields.JSON("json", `[1]`)
	body := guesttest.Host{Spec: `{"body":"ZWNobw=="}`}
	for _, tt := range []struct {
		name string
		task guest.Task
		want string
	}{
		{"zero", guest.Task{}, `{"action":{"run":{}}}`},
		{"run", guest.Task{Action: guest.Run{Fields: fields}, Description: "d"},
			`{"action":{"run":{"te\"xt":"a\\\u0001\u000a` + "\ufffdé\u2028" + `","int":-9223372036854775808,"float":1e+300,"bool":false,` +
				`"list":["a",""],"object":{"yes":true},"json":[1]}},"description":"d"}`},
		{"process", guest.Task{Action: guest.Process{Command: "bash", Args: []string{"-x"}, Cwd: "/w", Stdin: "in", Script: "/body",
			AllowNonZero: true, Env: []guest.Pair{{Key: "A", Value: "1"}, {Key: "B", Value: "2"}, {Key: "A", Value: "3"}}}},
			`{"action":{"process":{"command":"bash","args":["-x"],"env":{"B":"2","A":"3"},"stdin":"in","cwd":"/w",` +
				`"script":{"spec":"/body"},"failOnNonZero":false}}}`},
		{"process with nothing else", guest.Task{Action: guest.Process{Command: "true"}}, `{"action":{"process":{"command":"true"}}}`},
		{"wasm", guest.Task{Action: guest.Wasm{Module: "m.wasm", Args: []string{"a"}, Stdin: "x",
			Env: []guest.Pair{{Key: "A", Value: "1"}}}, Annotations: []guest.Pair{{Key: "k", Value: "v"}}},
			`{"action":{"wasm":{"module":"m.wasm","args":["a"],"env":{"A":"1"},"stdin":"x"}},"annotations":{"k":"v"}}`},
	} {
		got, err := body.Build(builder(func(*guest.BuildCall) (guest.Task, error) { return tt.task, nil }))
		if err != nil || got.Status != abi.BuildOK || got.Reply != tt.want {
			t.Errorf("%s: %d, %v\n%s, want\n%s", tt.name, got.Status, err, got.Reply, tt.want)
		}
	}
}

// TestErrors holds what becomes of errors against the table of statuses in docs/abi.md.
func TestErrors(t *testing.T) {
	for _, tt := range []struct {
		err        error
		build, run abi.Status
		text       string
	}{
		{guest.Unsupported("a"), abi.BuildUnsupported, abi.RunFatal, "a"},
		{guest.Invalid("b"), abi.BuildInvalidSpec, abi.RunFatal, "b"},
		{guest.Missing("/c"), abi.BuildMissingField, abi.RunFatal, "/c"},
		{guest.Internal("d"), abi.BuildInternal, abi.RunFailure, "d"},
		{guest.Fatal("e"), abi.BuildInternal, abi.RunFatal, "e"},
		{errors.New("f\xff"), abi.BuildInternal, abi.RunFailure, "f\ufffd"},
		{fmt.Errorf("more: %w", guest.Invalid("g")), abi.BuildInvalidSpec, abi.RunFatal, "more: g"},
	} {
		r := builder(func(*guest.BuildCall) (guest.Task, error) { return guest.Task{}, tt.err })
		if got, err := (guesttest.Host{}).Build(r); err != nil || got.Status != tt.build || got.Reply != tt.text {
			t.Errorf("build, %v: %d %q %v, want %d %q", tt.err, got.Status, got.Reply, err, tt.build, tt.text)
		}
		r.Build = nil
		r.Run = func(*guest.RunCall) (string, error) { return "not this", tt.err }
		if got, err := (guesttest.Host{}).Run(r); err != nil || got.Status != tt.run || got.Reply != tt.text {
			t.Errorf("run, %v: %d %q %v, want %d %q", tt.err, got.Status, got.Reply, err, tt.run, tt.text)
		}
	}
}

func TestRunWithout(t *testing.T) {
	r := builder(nil)
	r.Run, r.Build = nil, func(*guest.BuildCall) (guest.Task, error) { return guest.Task{}, nil }
	got, err := guesttest.Host{}.Build(r)
	if err != nil || got.Status != abi.BuildInternal || !strings.Contains(got.Reply, "has no Run") {
		t.Errorf("%d %q %v", got.Status, got.Reply, err)
	}
}

func TestRun(t *testing.T) {
	r := builder(nil)
	r.Run = func(c *guest.RunCall) (string, error) {
		c.Print("line\n")
		c.Gauge("g").Set(-1)
		attempt, _ := c.Task.Int("/attempt")
		id, _ := c.Task.Text("/runId")
		return fmt.Sprint(id, " ", attempt), nil
	}
	got, err := guesttest.Host{Attempt: 3, RunID: "r"}.Run(r)
	if err != nil || got.Status != abi.RunSuccess || got.Reply != "r 3" || got.Output != "line\n" || len(got.Metrics) != 1 {
		t.Errorf("%+v %v", got, err)
	}
}

func TestLogsAndMetrics(t *testing.T) {
	got := inBuild(t, guesttest.Host{}, func(c *guest.BuildCall) {
		c.Log(guest.LevelWarn, "careful")
		c.Counter("c").Add(2, "a", "\"", "b", "")
		c.Gauge("g").Set(-1.5)
		c.Histogram("h").Observe(0.25, "l", "x")
	})
	if want := []guesttest.Log{{Level: guest.LevelWarn, Text: "careful"}}; !reflect.DeepEqual(got.Logs, want) {
		t.Errorf("logs %v, want %v", got.Logs, want)
	}
	want := []guesttest.Metric{
		{Type: guest.CounterMetric, Name: "c", Labels: map[string]string{"a": "\"", "b": ""}, Value: 2},
		{Type: guest.GaugeMetric, Name: "g", Value: -1.5},
		{Type: guest.HistogramMetric, Name: "h", Labels: map[string]string{"l": "x"}, Value: 0.25},
	}
	if !reflect.DeepEqual(got.Metrics, want) {
		t.Errorf("metrics %+v, want %+v", got.Metrics, want)
	}
}

// TestMistakes are those of an author, which panic at once and with what to do.
func TestMistakes(t *testing.T) {
	supports := func(*guest.SupportsCall) bool { return true }
	run := func(*guest.RunCall) (string, error) { return "", nil }
	for want, f := range map[string]func(){
		"the name":                  func() { guest.NewExports(guest.Runner{Name: "a b", Supports: supports, Run: run}, nil) },
		"63 letters":                func() { guest.NewExports(guest.Runner{Name: ".a", Supports: supports, Run: run}, nil) },
		"has no Supports":           func() { guest.NewExports(guest.Runner{Name: "a", Run: run}, nil) },
		"has neither Build nor Run": func() { guest.NewExports(guest.Runner{Name: "a", Supports: supports}, nil) },
		"is not finite":             func() { new(guest.Object).Float("x", math.Inf(1)) },
		"a label without a value": func() {
			odd := []string{"x"}
			inBuild(t, guesttest.Host{}, func(c *guest.BuildCall) { c.Counter("c").Add(1, odd...) })
		},
	} {
		func() {
			defer func() {
				if p := recover(); !strings.Contains(fmt.Sprint(p), want) {
					t.Errorf("panic %v, want %q", p, want)
				}
			}()
			f()
		}()
	}
}

// TestContract holds this package's numbers, which stand for themselves so that a module needs no other package, against
// those of package abi.
func TestContract(t *testing.T) {
	for _, same := range []struct{ ours, theirs int }{
		{guest.NoValue, abi.NoValue}, {guest.Denied, abi.Denied},
		{int(guest.LevelDebug), int(abi.LogDebug)}, {int(guest.LevelInfo), int(abi.LogInfo)},
		{int(guest.LevelWarn), int(abi.LogWarn)}, {int(guest.LevelError), int(abi.LogError)},
	} {
		if same.ours != same.theirs {
			t.Errorf("%d is %d in the contract", same.ours, same.theirs)
		}
	}
}

// TestLight holds the promise that a module gets none of the large packages.
func TestLight(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", ".")
	cmd.Env = append(cmd.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range strings.Lines(string(out)) {
		switch pkg = strings.TrimSpace(pkg); pkg {
		case "fmt", "os", "reflect", "encoding/json", "syscall", "time":
			t.Errorf("package guest depends on %s", pkg)
		}
	}
	if !strings.Contains(string(out), "soltiwasm/guest") {
		t.Errorf("go list shows %q", out)
	}
}

// Copies of an object share nothing that shows, in whatever order they are written to.
func TestObjectCopies(t *testing.T) {
	var o guest.Object
	early := o
	for i := range 20 { // whatever room the buffer has left
		o.Int(string(rune('a'+i)), 1)
		before := o.String()
		first, second := o, o
		first.Text("first", "1")
		second.Text("second", "2")
		back := o
		o.Text("o", "3")
		o = back
		first.Object("itself", first)
		rest := strings.TrimSuffix(before, "}")
		if o.String() != before || first.String() != rest+`,"first":"1","itself":`+rest+`,"first":"1"}}` || second.String() != rest+`,"second":"2"}` {
			t.Fatalf("%s\n%s\n%s", &o, &first, &second)
		}
	}
	early.Bool("early", true)
	if early.String() != `{"early":true}` {
		t.Error(early)
	}
}

package document_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/document"
)

// root is the object that a YAML text holds, and a decoder for it.
func root(t *testing.T, text string) (*document.Decoder, *document.ObjectDecoder) {
	t.Helper()
	docs, err := document.ParseYAML([]byte(text), document.Bounds{})
	if err != nil || len(docs) != 1 || docs[0].Err != nil {
		t.Fatalf("%q: %v %v", text, err, docs)
	}
	d := new(document.Decoder)
	return d, d.Object(docs[0].Root, "")
}

func TestGetters(t *testing.T) {
	d, o := root(t, `
text: t
yes: true
no: false
int: -5
float: 1.5
whole: 1e3
duration: 1m30s
strings: [a, b]
none: []
map: {a: b, "c d": e}
empty: {}
object: {x: 1}
items: [1, {y: 2}]
word: two
nothing: null
`)
	tests := []struct {
		name      string
		got, want any
	}{
		{"Text", o.Get("text").Text(), "t"},
		{"Bool", o.Get("yes").Bool(), true},
		{"Bool of false", o.Get("no").Bool(), false},
		{"Int64", o.Get("int").Int64(), int64(-5)},
		{"Int64 of an exponent", o.Get("whole").Int64(), int64(1000)},
		{"Float", o.Get("float").Float(), 1.5},
		{"Float of an integer", o.Get("int").Float(), -5.0},
		{"Duration", o.Get("duration").Duration(), 90 * time.Second},
		{"Strings", o.Get("strings").Strings(), []string{"a", "b"}},
		{"Strings of nothing", o.Get("none").Strings(), []string{}},
		{"StringMap", o.Get("map").StringMap(), map[string]string{"a": "b", "c d": "e"}},
		{"StringMap of nothing", o.Get("empty").StringMap(), map[string]string{}},
		{"Object", o.Get("object").Object().Require("x").Int64(), int64(1)},
		{"Items", o.Get("items").Items()[1].Object().Get("y").Int64(), int64(2)},
		{"the path of an item", o.Get("items").Items()[1].Object().Get("y").Path, "items[1].y"},
		{"OneOf", o.Get("word").OneOf("one", "two"), "two"},
		{"IsNull", o.Get("nothing").IsNull(), true},
		{"Present", o.Get("nothing").Present(), true},

		{"absent Text", o.Get("x").Text(), ""},
		{"absent Bool", o.Get("x").Bool(), false},
		{"absent Int64", o.Get("x").Int64(), int64(0)},
		{"absent Float", o.Get("x").Float(), 0.0},
		{"absent Duration", o.Get("x").Duration(), time.Duration(0)},
		{"absent Strings", o.Get("x").Strings(), []string(nil)},
		{"absent StringMap", o.Get("x").StringMap(), map[string]string(nil)},
		{"absent Items", len(o.Get("x").Items()), 0},
		{"absent OneOf", o.Get("x").OneOf("a"), ""},
		{"absent Object", o.Get("x").Object().Node, (*document.Node)(nil)},
		{"a field of an absent object", o.Get("x").Object().Require("y").Text(), ""},
		{"absent IsNull", o.Get("x").IsNull(), false},
		{"absent Present", o.Get("x").Present(), false},
	}
	for _, tt := range tests {
		if !reflect.DeepEqual(tt.got, tt.want) {
			t.Errorf("%s: got %#v, want %#v", tt.name, tt.got, tt.want)
		}
	}
	o.Get("x").Object().Close()
	o.Close()
	if err := d.Err(); err != nil {
		t.Errorf("there are faults: %v", err)
	}
}

func TestGettersRecordFaults(t *testing.T) {
	tests := []struct {
		name, value string
		read        func(document.Value) any
		want        string
	}{
		{"a number for a text", "8080", func(v document.Value) any { return v.Text() }, "expected a string, found the number 8080: quote it"},
		{"a boolean for a text", "true", func(v document.Value) any { return v.Text() }, "expected a string, found true: quote it"},
		{"null for a text", "null", func(v document.Value) any { return v.Text() }, "expected a string, found null"},
		{"an array for a text", "[a]", func(v document.Value) any { return v.Text() }, "expected a string, found an array"},
		{"a text for a boolean", "secret", func(v document.Value) any { return v.Bool() }, "expected true or false, found a string"},
		{"a quoted boolean", "'true'", func(v document.Value) any { return v.Bool() }, "expected true or false, found a string: remove the quotes"},
		{"a number for a boolean", "1", func(v document.Value) any { return v.Bool() }, "expected true or false, found the number 1"},
		{"a quoted integer", "'1'", func(v document.Value) any { return v.Int64() }, "expected an integer, found a string: remove the quotes"},
		{"a fraction for an integer", "1.5", func(v document.Value) any { return v.Int64() }, "expected an integer of 64 bits, found the number 1.5"},
		{"beyond int64", "9223372036854775808", func(v document.Value) any { return v.Int64() }, "expected an integer of 64 bits, found the number 9223372036854775808"},
		{"an object for a number", "{a: 1}", func(v document.Value) any { return v.Float() }, "expected a number, found an object"},
		{"a number for a duration", "30", func(v document.Value) any { return v.Duration() }, "expected a duration such as 100ms or 1m30s, found the number 30"},
		{"a bad duration", "soon", func(v document.Value) any { return v.Duration() }, `expected a duration such as 100ms or 1m30s, found "soon"`},
		{"a negative duration", "-1s", func(v document.Value) any { return v.Duration() }, `expected a duration such as 100ms or 1m30s, found "-1s"`},
		{"a text for strings", "a", func(v document.Value) any { return v.Strings() }, "expected an array of strings, found a string"},
		{"an array for a map", "[]", func(v document.Value) any { return v.StringMap() }, "expected an object of strings, found an array"},
		{"a text for an array", "a", func(v document.Value) any { return v.Items() }, "expected an array, found a string"},
		{"a text for an object", "a", func(v document.Value) any { return v.Object().Node }, "expected an object, found a string"},
		{"another word", "tow", func(v document.Value) any { return v.OneOf("one", "two") }, `"tow" is none of one, two, did you mean "two"?`},
		{"a number for a word", "2", func(v document.Value) any { return v.OneOf("one", "two") }, "expected a string, found the number 2: quote it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, o := root(t, "a: "+tt.value)
			if got := reflect.ValueOf(tt.read(o.Get("a"))); got.IsValid() && !got.IsZero() {
				t.Errorf("got %v, want the zero value", got)
			}
			if got, want := errorText(d.Err()), "line 1, column 4: a: "+tt.want; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestCollectionsKeepWhatFits(t *testing.T) {
	d, o := root(t, "list: [a, 1, b, null]\nmap: {a: x, b: 2}")
	if got := o.Get("list").Strings(); !reflect.DeepEqual(got, []string{"a", "b"}) {
		t.Errorf("got %q", got)
	}
	if got := o.Get("map").StringMap(); !reflect.DeepEqual(got, map[string]string{"a": "x"}) {
		t.Errorf("got %q", got)
	}
	want := "line 1, column 11: list[1]: expected a string, found the number 1: quote it\n" +
		"line 1, column 17: list[3]: expected a string, found null\n" +
		"line 2, column 16: map.b: expected a string, found the number 2: quote it"
	if got := errorText(d.Err()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestClose(t *testing.T) {
	d, o := root(t, "timout: 1\nslot: a\nSlots: b\nquite-different: c\nkind:\n  subproces: {}\n")
	o.Require("slot")
	o.Get("timeout")
	o.Get("labels")
	k := o.Require("kind").Object()
	k.Get("subprocess")
	k.Close()
	o.Close()
	want := "line 1, column 1: unknown field \"timout\", did you mean \"timeout\"?\n" +
		"line 3, column 1: unknown field \"Slots\", expected \"timeout\" or \"labels\"\n" + // slot is present: it can't be meant
		"line 4, column 1: unknown field \"quite-different\", expected \"timeout\" or \"labels\"\n" +
		"line 6, column 3: kind: unknown field \"subproces\", did you mean \"subprocess\"?"
	if got := errorText(d.Err()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestSuggestions(t *testing.T) {
	known := []string{"timeout", "slot", "failOnNonZero", "env", "cwd", "größe", "id"}
	tests := []struct{ written, want string }{
		{"timout", "timeout"}, {"Timeout", "timeout"}, {"tiemout", "timeout"}, {"timeouts", "timeout"}, {"timeot", "timeout"}, {"tmeot", ""},
		{"slto", "slot"}, {"sloot", "slot"}, {"lots", ""}, {"failOnNonzero", "failOnNonZero"}, {"fail_on_non_zero", ""}, {"envs", "env"}, {"envy", "env"},
		{"grösse", "größe"}, {"cdw", "cwd"}, {"c", ""}, {"xx", ""}, {"", ""}, {strings.Repeat("timeout", 1000), ""},
	}
	for _, tt := range tests {
		var d document.Decoder
		o := d.Object(document.NewObject(document.NewField(tt.written, document.NewNull())), "")
		for _, k := range known {
			o.Get(k)
		}
		o.Close()
		_, after, found := strings.Cut(errorText(d.Err()), "did you mean ")
		if want := fmt.Sprintf("%q?", tt.want); found != (tt.want != "") || found && after != want {
			t.Errorf("%.20s: got %q, want %q", tt.written, after, tt.want)
		}
	}
}

func TestRequire(t *testing.T) {
	d, o := root(t, "a: 1\nb:\n  c: 2\ne: 3\n")
	o.Require("slot")
	o.Get("b").Object().Require("x y")
	o.Get("e").Object().Require("f")      // e is no object, which is fault enough
	o.Get("absent").Object().Require("f") // nothing is required of what may be absent
	want := "line 1, column 1: missing field \"slot\"\n" +
		"line 3, column 3: b: missing field \"x y\"\n" +
		"line 4, column 4: e: expected an object, found the number 3"
	if got := errorText(d.Err()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestOwnFaults(t *testing.T) {
	d, o := root(t, "a: 1\nb:\n  c: 2\n")
	o.Get("a").Fault("is %d too small", 5)
	b := o.Get("b").Object()
	b.Fault("is odd")
	b.Get("absent").Fault("is needed here")
	d.Fault(nil, "kind", "is nowhere")
	want := "kind: is nowhere\n" +
		"line 1, column 4: a: is 5 too small\n" +
		"line 3, column 3: b: is odd\n" +
		"line 3, column 3: b.absent: is needed here"
	if got := errorText(d.Err()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	var faults document.Faults
	if !errors.As(d.Err(), &faults) || len(faults) != 4 || faults[1].Line != 1 || faults[1].Path != "a" {
		t.Errorf("got %+v", faults)
	}
}

// A hostile document has no say in how much is kept of its faults.
func TestFaultsAreBounded(t *testing.T) {
	long := strings.Repeat("k", 1<<20)
	fields := []document.Field{document.NewField(long, document.NewObject(document.NewField("x", document.NewInt(1))))}
	for i := range 1000 {
		fields = append(fields, document.NewField(fmt.Sprint("k", i), document.NewNull()))
	}
	var d document.Decoder
	o := d.Object(document.NewObject(fields...), "")
	o.Get(long).Object().Close()
	o.Close()
	var faults document.Faults
	if !errors.As(d.Err(), &faults) || len(faults) != 101 {
		t.Fatalf("got %d faults, want 101", len(faults))
	}
	if got := faults[100].Error(); got != "and 901 more faults" {
		t.Errorf("the last one is %q", got)
	}
	if n := len(faults.Error()); n > 20_000 {
		t.Errorf("the text has %d bytes", n)
	}
}

func TestFaultError(t *testing.T) {
	tests := []struct {
		fault document.Fault
		want  string
	}{
		{document.Fault{Line: 7, Column: 3, Path: "kind.subprocess", Message: "m"}, "line 7, column 3: kind.subprocess: m"},
		{document.Fault{Line: 7, Path: "kind", Message: "m"}, "line 7: kind: m"},
		{document.Fault{Line: 7, Column: 3, Message: "m"}, "line 7, column 3: m"},
		{document.Fault{Path: "kind", Message: "m"}, "kind: m"},
		{document.Fault{Message: "m"}, "m"},
	}
	for _, tt := range tests {
		if got := tt.fault.Error(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	if got := (&document.SyntaxError{Line: 2, Column: 5, Message: "m"}).Error(); got != "line 2, column 5: m" {
		t.Errorf("got %q", got)
	}
}

func TestPaths(t *testing.T) {
	root := parse(t, `{"kind":{"subprocess":{"env":[{"key":"A"},{"key":"B"}]}},"labels":{"example.io/team":"x","a\"]b":"y","":"z","1":"w"}}`)
	find := func(pointer string) *document.Node { return root.At(pointer) }
	tests := []struct {
		path string
		want *document.Node
	}{
		{"", root},
		{"kind", find("/kind")},
		{document.Item(document.Key(document.Key("kind", "subprocess"), "env"), 1), find("/kind/subprocess/env/1")},
		{"kind.subprocess.env[1].key", find("/kind/subprocess/env/1/key")},
		{`labels["example.io/team"]`, find("/labels/example.io~1team")},
		{document.Key("labels", `a"]b`), find(`/labels/a"]b`)},
		{document.Key("labels", ""), find("/labels/")},
		{document.Key("labels", "1"), find("/labels/1")},
		{`["labels"].1`, find("/labels/1")},
		// The nearest ancestor of what isn't there, or can't be read.
		{"kind.subprocess.command", find("/kind/subprocess")},
		{"kind.wasm.module.path", find("/kind")},
		{"kind.subprocess.env[2].key", find("/kind/subprocess/env")},
		{"kind.subprocess.env[-1]", find("/kind/subprocess/env")},
		{"kind.subprocess.env[x]", find("/kind/subprocess/env")},
		{"kind.subprocess.env[1", find("/kind/subprocess/env")},
		{`labels["example.io/team`, find("/labels")},
		{`labels["example.io/team"`, find("/labels")},
		{"labels[0]", find("/labels")},
		{"kind.subprocess.env.key", find("/kind/subprocess/env")},
		{"nothing", root},
		{"..", root},
		{"[", root},
		{"kind.", find("/kind")},
	}
	for _, tt := range tests {
		if got := root.Find(tt.path); got != tt.want || got == nil {
			t.Errorf("%s: got %s, want %s", tt.path, got.AppendJSON(nil), tt.want.AppendJSON(nil))
		}
	}
	if (*document.Node)(nil).Find("a") != nil {
		t.Error("something is found in nothing")
	}
}

func TestKey(t *testing.T) {
	tests := []struct{ path, key, want string }{
		{"", "kind", "kind"}, {"kind", "subprocess", "kind.subprocess"}, {"a", "b-c_D9", "a.b-c_D9"}, {"", "a b", `["a b"]`},
		{"labels", "example.io/team", `labels["example.io/team"]`}, {"a", "9b", `a["9b"]`}, {"a", "-b", `a["-b"]`}, {"a", "", `a[""]`},
		{"a", "\x1b[31m", `a["\x1b[31m"]`}, {"a", "é", `a["é"]`}, {"a", strings.Repeat("b", 200), `a["` + strings.Repeat("b", 128) + `…"]`},
	}
	for _, tt := range tests {
		if got := document.Key(tt.path, tt.key); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
	if got := document.Item("env", 2); got != "env[2]" {
		t.Errorf("got %s", got)
	}
}

func TestNewNodes(t *testing.T) {
	f := document.NewField
	tests := []struct {
		node *document.Node
		want string
	}{
		{document.NewNull(), `null`},
		{document.NewBool(true), `true`},
		{document.NewInt(math.MinInt64), `-9223372036854775808`},
		{document.NewFloat(1.5), `1.5`},
		{document.NewFloat(1e21), `1e+21`},
		{document.NewFloat(-1e-7), `-1e-7`},
		{document.NewFloat(math.Copysign(0, -1)), `0`},
		{document.NewFloat(math.NaN()), `null`},
		{document.NewFloat(math.Inf(-1)), `null`},
		{document.NewString("a\xffb\xc3"), "\"a\uFFFDb\uFFFD\""},
		{document.NewArray(), `[]`},
		{document.NewArray(document.NewInt(1), document.NewString("x")), `[1,"x"]`},
		{document.NewObject(), `{}`},
		{document.NewObject(f("b", document.NewInt(1)), f("a\xff", document.NewInt(2))), "{\"a\uFFFD\":2,\"b\":1}"},
		{document.NewObject(f("a", document.NewInt(1)), f("b", document.NewInt(2)), f("a", document.NewInt(3))), `{"a":3,"b":2}`},
	}
	for _, tt := range tests {
		if got := string(tt.node.AppendJSON(nil)); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

// AppendJSON sorts a copy: a tree may be written by many at once.
func TestAppendJSONLeavesTheTree(t *testing.T) {
	root := parse(t, `{"b":1,"a":2}`)
	root.AppendJSON(nil)
	document.NewIndex(root)
	if root.Fields[0].Key != "b" {
		t.Error("the fields were sorted in place")
	}
	if got := string(root.AppendJSON([]byte("x"))); got != `x{"a":2,"b":1}` {
		t.Errorf("got %s", got)
	}
}

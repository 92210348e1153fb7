package taskfile_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/task"
	"github.com/soltihq/soltiwasm/taskfile"
)

const policies = `"restart":{"type":"never"},"slot":"a","timeout":1}`

func TestEncode(t *testing.T) {
	const before = `{"admission":"dropIfRunning","backoff":{"factor":2,"firstMs":1000,"jitter":"full","maxMs":30000},"kind":`
	tests := map[string]string{ // by the document's name: the JSON
		"least":          before + `{"wasm":{"module":"a.wasm"}},"labels":{},` + policies,
		"embedded":       before + `"embedded","labels":{},` + policies,
		"env map":        before + `{"wasm":{"env":[{"key":"B","value":"1"},{"key":"A","value":""},{"key":"with space","value":"x"}],"module":"m"}},"labels":{},` + policies,
		"script":         before + `{"subprocess":{"failOnNonZero":true,"mode":{"script":{"args":["x"],"body":"ZWNobyBoaQ==","runtime":"bash"}}}},"labels":{},` + policies,
		"custom runtime": before + `{"subprocess":{"failOnNonZero":true,"mode":{"script":{"body":"MQ==","runtime":{"custom":{"command":"ruby","flag":"-e"}}}}}},"labels":{},` + policies,
		"body in lines":  before + `{"subprocess":{"failOnNonZero":true,"mode":{"script":{"body":"ZWNobyBoaQ==","runtime":"bash"}}}},"labels":{},` + policies,
		"custom kind":    before + `{"http-probe":{"headers":{"a":[null,true,1.5]},"retries":3,"url":"http://localhost"}},"labels":{},` + policies,
		"empty selector": before + `"embedded","labels":{},"restart":{"type":"never"},"runnerSelector":{},"slot":"a","timeout":1}`,
		"every field": `{"admission":"replace","backoff":{"factor":1.75,"firstMs":500,"jitter":"equal","maxMs":60000},` +
			`"kind":{"subprocess":{"cwd":"/w","env":[{"key":"LANG","value":"C"},{"key":"LANG","value":""}],"failOnNonZero":false,` +
			`"mode":{"command":{"args":["-j4",""],"command":"/usr/bin/make"}}}},"labels":{"example.io/team":"a","tier":"prod"},"maxRetries":3,` +
			`"restart":{"intervalMs":60000,"type":"always"},"runnerSelector":{"matchExpressions":[{"key":"zone","operator":"In","values":["eu","us",""]},` +
			`{"key":"tainted","operator":"NotIn","values":["true"]},{"key":"gpu","operator":"Exists"},{"key":"slow","operator":"DoesNotExist"}],` +
			`"matchLabels":{"example.io/team":"","zone":"eu"}},"slot":"reports","timeout":30000}`,
		"JSON": `{"admission":"dropIfRunning","backoff":{"factor":2,"firstMs":1000,"jitter":"full","maxMs":30000},` +
			`"kind":{"container":{"args":["-c","true"],"command":["sh"],"image":"alpine"}},"labels":{},"restart":{"type":"onFailure"},"slot":"a","timeout":30000}`,
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			spec, err := taskfile.Decode(root(t, goodDocuments[name]))
			if err != nil {
				t.Fatal(err)
			}
			n, err := taskfile.Encode(spec)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(n.AppendJSON(nil)); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// A document is shown to people in the order in which they write it.
func TestEncodeOrder(t *testing.T) {
	spec, err := taskfile.Decode(root(t, goodDocuments["every field"]))
	if err != nil {
		t.Fatal(err)
	}
	n, err := taskfile.Encode(spec)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, f := range n.Fields {
		keys = append(keys, f.Key)
	}
	want := "slot kind timeout restart backoff admission runnerSelector labels maxRetries"
	if got := strings.Join(keys, " "); got != want {
		t.Errorf("fields %s\nwant   %s", got, want)
	}
}

func TestEncodeReadsBack(t *testing.T) {
	for name, text := range goodDocuments {
		t.Run(name, func(t *testing.T) {
			spec, err := taskfile.Decode(root(t, text))
			if err != nil {
				t.Fatal(err)
			}
			readsBack(t, spec)
		})
	}
}

// readsBack checks that Decode undoes Encode.
func readsBack(t *testing.T, spec task.Spec) {
	t.Helper()
	n, err := taskfile.Encode(spec)
	if err != nil {
		t.Fatalf("Encode: %v", err)
	}
	again, err := taskfile.Decode(n)
	if err != nil {
		t.Fatalf("Decode of %s:\n%v", n.AppendJSON(nil), err)
	}
	if !reflect.DeepEqual(spec, again) {
		t.Fatalf("%+v\nreads back as\n%+v", spec, again)
	}
}

func TestEncodeFillsDefaultsIn(t *testing.T) {
	spec := task.Spec{Slot: "a", Kind: task.Embedded{}, Timeout: time.Second}
	n, err := taskfile.Encode(spec)
	if err != nil {
		t.Fatal(err)
	}
	again, err := taskfile.Decode(n)
	if err != nil || !reflect.DeepEqual(again, spec.WithDefaults()) {
		t.Errorf("reads back as %+v, %v", again, err)
	}
}

func TestEncodeErrors(t *testing.T) {
	custom := func(payload string) task.Spec {
		return task.Spec{Slot: "a", Timeout: time.Second, Kind: task.Custom{Name: "x", Payload: []byte(payload)}}
	}
	deepest := abi.MaxDepth - 2 // below the document and its kind
	tests := map[string]struct {
		spec task.Spec
		want string // empty: no error
	}{
		"invalid":          {task.Spec{}, "slot: must not be empty\nkind: must be given\ntimeout: must be greater than zero"},
		"no object":        {custom("[]"), "kind.x: payload must be one JSON object"},
		"duplicate keys":   {custom(`{"a":1,"a":2}`), "payload of kind x: "},
		"lone surrogate":   {custom(`{"a":"\ud800"}`), "payload of kind x: "},
		"deepest":          {custom(repeat(`{"a":`, deepest-1) + "{}" + repeat("}", deepest-1)), ""},
		"deeper":           {custom(repeat(`{"a":`, deepest) + "{}" + repeat("}", deepest)), "payload of kind x: "},
		"larger than any":  {custom(`{"a":"` + as(abi.MaxSpec) + `"}`), "payload of kind x: "},
		"spaces and order": {custom(` { "b" : 1.0, "a" : [ ] } `), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := taskfile.Encode(test.spec)
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.HasPrefix(err.Error(), test.want)) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
	_, err := taskfile.Encode(task.Spec{})
	if !errors.As(err, new(task.Faults)) {
		t.Errorf("error %T, want task.Faults", err)
	}
}

// Decode never panics; what it accepts is valid, has a form for guests, and that form is read back to the same Spec.
func FuzzDecode(f *testing.F) {
	for _, text := range goodDocuments {
		f.Add([]byte(text))
	}
	for _, bad := range badDocuments {
		f.Add([]byte(bad.text))
	}
	f.Add([]byte("a: &a [1]\nb: *a\n---\n? x\n: y\n"))
	s := compileSchema(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		docs, _ := document.ParseYAML(data, document.Bounds{Bytes: 1 << 16, Documents: 10})
		for _, doc := range docs {
			if doc.Err != nil {
				continue
			}
			spec, err := taskfile.Decode(doc.Root)
			if err != nil {
				if !errors.As(err, new(document.Faults)) {
					t.Fatalf("error %T, want document.Faults", err)
				}
				continue
			}
			if err := spec.Validate(); err != nil {
				t.Fatalf("accepted an invalid Spec: %v", err)
			}
			if err := judge(t, s, doc.Root); err != nil {
				t.Fatalf("the schema refuses what the reader accepts: %v", err)
			}
			readsBack(t, spec)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	n := root(b, goodDocuments["every field"])
	b.ReportAllocs()
	for b.Loop() {
		if _, err := taskfile.Decode(n); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	spec, err := taskfile.Decode(root(b, goodDocuments["every field"]))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := taskfile.Encode(spec); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleEncode() {
	n, err := taskfile.Encode(task.Spec{
		Slot:    "nightly",
		Kind:    task.Custom{Name: "http-probe", Payload: []byte(`{"url": "http://localhost"}`)},
		Timeout: 30 * time.Second,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	index := document.NewIndex(n)
	for _, pointer := range []string{"/kind/http-probe/url", "/timeout", "/restart"} {
		value, _ := index.Lookup([]byte(pointer))
		fmt.Printf("%s\n", value)
	}
	// Output:
	// http://localhost
	// 30000
	// {"type":"never"}
}

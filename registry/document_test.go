package registry_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/registry"
)

// form is a document that the registry reads, with its schema.
type form struct {
	name   string
	parse  func([]byte) error
	schema []byte
	good   []string
	// bad documents, each with a part of the error.
	bad [][2]string
	// beyond are bad documents that the schema can't tell from good ones.
	beyond [][2]string
}

func forms() []form {
	digest := "sha256:" + strings.Repeat("0a", 32)
	return []form{
		{
			name:   "manifest",
			parse:  func(b []byte) error { _, err := registry.ParseManifest(b); return err },
			schema: registry.ManifestSchema(),
			good: []string{
				`{}`,
				`{"version":"1.2.3-rc.1+build.5","description":"One line.","kinds":["subprocess","reports.example.io"]}`,
				`{"labels":{"zone":"eu","example.io/team":"","A_b.c":"X"},"env":["PATH","APP_*","*"],"actions":["process","wasm"]}`,
				`{"metrics":[{"name":"runs","type":"counter","help":"Runs.","labels":["mode"]},{"name":"_a9","type":"histogram","buckets":[0.1,1,10]},{"name":"g","type":"gauge"}]}`,
			},
			bad: [][2]string{
				{`[]`, "object"},
				{`{"kind":["a"]}`, `did you mean "kinds"`},
				{`{"version":1}`, "string"},
				{`{"version":"v1"}`, "semantic version"},
				{`{"version":""}`, "semantic version"},
				{`{"description":"two\nlines"}`, "one line"},
				{`{"kinds":[]}`, "at least one"},
				{`{"kinds":["Upper"]}`, "Upper"},
				{`{"kinds":["embedded"]}`, "embedded"},
				{`{"kinds":["a","a"]}`, "twice"},
				{`{"labels":{"bad key":"x"}}`, "bad key"},
				{`{"labels":{"zone":"-x"}}`, "label value"},
				{`{"env":["A*B"]}`, "A*B"},
				{`{"env":[""]}`, "environment keys"},
				{`{"actions":["run"]}`, "process or wasm"},
				{`{"metrics":[{"name":"x"}]}`, "type"},
				{`{"metrics":[{"name":"x","type":"meter"}]}`, "counter, gauge or histogram"},
				{`{"metrics":[{"name":"X","type":"gauge"}]}`, "X"},
				{`{"metrics":[{"name":"__x","type":"gauge"}]}`, "__x"},
				{`{"metrics":[{"name":"x_sum","type":"gauge"}]}`, "_sum"},
				{`{"metrics":[{"name":"x","type":"gauge","labels":["runner"]}]}`, "runner"},
				{`{"metrics":[{"name":"x","type":"gauge","labels":["a","b","c","d","e","f","g","h","i"]}]}`, "8"},
				{`{"metrics":[{"name":"x","type":"gauge","buckets":[1]}]}`, "histogram"},
				{`{"metrics":[{"name":"x","type":"gauge","bucket":[1]}]}`, `did you mean "buckets"`},
			},
			beyond: [][2]string{
				{`{"metrics":[{"name":"x","type":"gauge"},{"name":"x","type":"counter"}]}`, "twice"},
				{`{"metrics":[{"name":"x","type":"histogram","buckets":[2,1]}]}`, "ascend"},
			},
		},
		{
			name:   "sidecar",
			parse:  func(b []byte) error { _, err := registry.ParseSidecar(b); return err },
			schema: registry.SidecarSchema(),
			good: []string{
				`{}`,
				`{"labels":{"zone":"eu","gone":null},"order":-3,"digest":"` + digest + `","onFault":"fail","disabled":true}`,
				`{"grants":{"env":["A_*"],"actions":["process"],"fs":[{"host":"/srv","guest":"/data","readOnly":true}]}}`,
				`{"limits":{"file":"1MiB","memory":1048576,"load":"1m30s","start":"1s","ask":"100ms","build":"1.5s","reply":"64KiB","log":5,"series":"10","output":"1GiB"}}`,
				`{"process":{"openFiles":64,"fileSize":"1MiB","core":"0B","cpu":0.5,"memory":"64MiB","pids":16},"config":{"any":[1,{"x":null}]}}`,
			},
			bad: [][2]string{
				{`[]`, "object"},
				{`{"grant":{}}`, `did you mean "grants"`},
				{`{"labels":{"zone":1}}`, "string"},
				{`{"order":"first"}`, "order"},
				{`{"order":2147483648}`, "order"},
				{`{"grants":{"actions":["shell"]}}`, "process or wasm"},
				{`{"grants":{"fs":[{"host":"/srv"}]}}`, "guest"},
				{`{"grants":{"fs":[{"host":"","guest":"/data"}]}}`, "expected a directory"},
				{`{"limits":{"memory":"64MB"}}`, "64MiB"},
				{`{"limits":{"memory":0}}`, "size"},
				{`{"limits":{"ask":100}}`, "100ms"},
				{`{"limits":{"log":0}}`, "positive"},
				{`{"limits":{"fuel":1}}`, "unknown field"},
				{`{"process":{"cpu":0}}`, "processors"},
				{`{"process":{"cpu":0.001}}`, "0.01"},
				{`{"process":{"memory":0}}`, "at least 1"},
				{`{"process":{"pids":0}}`, "at least 1"},
				{`{"config":[]}`, "object"},
				{`{"digest":"sha256:00"}`, "64"},
				{`{"digest":"` + strings.ToUpper(digest) + `"}`, "lower-case"},
				{`{"onFault":"ignore"}`, "skip or fail"},
				{`{"disabled":"yes"}`, "disabled"},
			},
			beyond: [][2]string{
				{`{"limits":{"ask":"0s"}}`, "positive"},
				{`{"grants":{"fs":[{"host":"/a","guest":"/d"},{"host":"/b","guest":"/d"}]}}`, "mounted twice"},
				{`{"config":{"x":"` + strings.Repeat("y", abi.MaxConfig) + `"}}`, "65536"},
			},
		},
	}
}

func TestForms(t *testing.T) {
	for _, f := range forms() {
		t.Run(f.name, func(t *testing.T) {
			for _, text := range f.good {
				if err := f.parse([]byte(text)); err != nil {
					t.Errorf("%s\n%v", text, err)
				}
			}
			for _, c := range append(f.bad, f.beyond...) {
				if err := f.parse([]byte(c[0])); err == nil || !strings.Contains(err.Error(), c[1]) {
					t.Errorf("%.200s\ngot %v, want %q", c[0], err, c[1])
				}
			}
		})
	}
}

// TestSchemas holds the schemas to the readers.
func TestSchemas(t *testing.T) {
	for _, f := range forms() {
		t.Run(f.name, func(t *testing.T) {
			root, err := jsonschema.UnmarshalJSON(bytes.NewReader(f.schema))
			if err != nil {
				t.Fatal(err)
			}
			compiler := jsonschema.NewCompiler()
			check(t, compiler.AddResource("schema.json", root))
			schema, err := compiler.Compile("schema.json")
			if err != nil {
				t.Fatal(err)
			}
			valid := func(text string) error {
				value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
				if err != nil {
					return err
				}
				return schema.Validate(value)
			}
			for _, text := range f.good {
				if err := valid(text); err != nil {
					t.Errorf("the schema refuses %s\n%v", text, err)
				}
			}
			for _, c := range f.bad {
				if valid(c[0]) == nil {
					t.Errorf("the schema takes %s", c[0])
				}
			}
			for _, c := range f.beyond {
				if err := valid(c[0]); err != nil {
					t.Errorf("the schema can tell %.80s after all: %v", c[0], err)
				}
			}
		})
	}
}

func FuzzParseManifest(f *testing.F) {
	for _, form := range forms()[:1] {
		for _, text := range form.good {
			f.Add([]byte(text))
		}
		for _, c := range form.bad {
			f.Add([]byte(c[0]))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := registry.ParseManifest(data); err == nil && len(m.Kinds) > len(data) {
			t.Error("more kinds than bytes")
		}
	})
}

func FuzzParseSidecar(f *testing.F) {
	for _, text := range forms()[1].good {
		f.Add([]byte(text))
	}
	f.Add([]byte("grants:\n  env: [A_*]\nlimits:\n  memory: 64MiB\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := registry.ParseSidecar(data)
		for name, text := range s.Limits {
			var l abi.Limits
			if err == nil && registry.SetLimit(&l, name, text) != nil {
				t.Errorf("accepted limit %s=%s can't be set", name, text)
			}
		}
	})
}

// FuzzDecodeTask reads anything as a reply. What is accepted is written as a document that reads back the same.
func FuzzDecodeTask(f *testing.F) {
	for _, reply := range []string{
		`{"action":{"run":{"x":[1]}},"description":"d","annotations":{"a":"b"}}`,
		`{"action":{"process":{"command":"sh","args":["-c"],"env":{"A":"b"},"cwd":"/","stdin":"in","failOnNonZero":false}}}`,
		`{"action":{"process":{"command":"sh","script":{"spec":"/body"}}}}`,
		`{"action":{"wasm":{"module":"m.wasm","args":["a"],"env":{},"stdin":""}}}`,
		`{"action":{}}`, `{"action":{"run":[]}}`, `{"action":null}`, `[]`, `{`,
	} {
		f.Add([]byte(reply))
	}
	spec := document.NewIndex(document.NewObject(document.NewField("body", document.NewString("ZWNobw=="))))
	f.Fuzz(func(t *testing.T, reply []byte) {
		first, err := registry.DecodeTask(reply, spec, 1<<20)
		if err != nil {
			return
		}
		node, err := registry.EncodeTask(first)
		if err != nil {
			t.Fatalf("accepted and can't be written: %v", err)
		}
		text := node.AppendJSON(nil)
		second, err := registry.DecodeTask(text, spec, 1<<20)
		if err != nil {
			t.Fatalf("%s does not read back: %v", text, err)
		}
		if fmt.Sprintf("%+v", first) != fmt.Sprintf("%+v", second) {
			t.Errorf("%+v reads back as %+v", first, second)
		}
	})
}

// TestScriptIsAString has a pointer that leads to a number, whose digits happen to be base64.
func TestScriptIsAString(t *testing.T) {
	spec := document.NewIndex(document.NewObject(document.NewField("timeout", document.NewInt(5000))))
	_, err := registry.DecodeTask([]byte(`{"action":{"process":{"command":"sh","script":{"spec":"/timeout"}}}}`), spec, 1<<20)
	if err == nil || !strings.Contains(err.Error(), "no string") {
		t.Errorf("error %v", err)
	}
}

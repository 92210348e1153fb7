package guesttest_test

import (
	"errors"
	"testing"
	"unicode/utf8"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/guest"
	"github.com/soltihq/soltiwasm/guest/guesttest"
	"github.com/soltihq/soltiwasm/registry"
)

// FuzzSpec holds what a runner reads of a spec here against what the real host's index of it answers.
func FuzzSpec(f *testing.F) {
	for _, seed := range [][2]string{
		{`{"kind":{"x":{"list":["a",1.50,-0,1e21,18446744073709551616,null]}}}`, "/kind/x/list"}, {`{"a~b/c":"é\u2028\u0001"}`, "/a~0b~1c"},
		{`[0,[1]]`, "/1/0"}, {`[0]`, "/00"}, {`[0]`, "/-"}, {`{"":1}`, "/"}, {`"s"`, ""}, {`{"a":{"b":true}}`, "/a/b/c"}, {`{"a":1}`, "a"},
		{`{"~":1}`, "/~"}, {`{"b":"\/\b\f","a":{}}`, ""}, {`5`, "/"}, {`{"a":1e-7}`, "/a"}, {`[1]`, "/+0"}, {`-0.0`, ""}, {`{"a":"\ud800"}`, "/a"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, spec, pointer string) {
		root, err := document.ParseJSON([]byte(spec), document.Bounds{Bytes: abi.MaxSpec, Depth: abi.MaxDepth})
		if err != nil {
			return // the real host never shows it
		}
		want, has := document.NewIndex(root).Lookup([]byte(pointer))
		_, err = guesttest.Host{Spec: spec}.Build(building(func(c *guest.BuildCall) {
			if got, ok := c.Spec.Text(pointer); ok != has || got != string(want) {
				t.Errorf("%s at %q: %q %v, want %q %v", spec, pointer, got, ok, want, has)
			}
		}))
		if trap := (*guesttest.Trap)(nil); err != nil && !errors.As(err, &trap) {
			t.Errorf("%s: %v", spec, err)
		}
	})
}

// FuzzTask holds which tasks are refused here against what the registry refuses.
func FuzzTask(f *testing.F) {
	const spec = `{"body":"ZWNobw==","number":5,"bad":"="}`
	for _, seed := range []string{
		`{}`, `{"run":{}}`, `{"run":[]}`, `{"run":{},"wasm":{}}`, `{"run":null}`, `{"other":{}}`, `null`, `[]`,
		`{"process":{"command":"x","args":["a"],"env":{"A":"1"},"cwd":"/","stdin":"","script":{"spec":"/body"},"failOnNonZero":false}}`,
		`{"process":{}}`, `{"process":{"command":" "}}`, `{"process":{"command":5}}`, `{"process":{"command":"x","args":[1]}}`,
		`{"process":{"command":"x","args":{}}}`, `{"process":{"command":"x\u0000"}}`, `{"process":{"command":"x","env":{"A=":""}}}`,
		`{"process":{"command":"x","env":{"":""}}}`, `{"process":{"command":"x","env":{"A":"\u0000"}}}`, `{"process":{"command":"x","env":{"A":1}}}`,
		`{"process":{"command":"x","script":{"spec":"/none"}}}`, `{"process":{"command":"x","script":{"spec":"/bad"}}}`,
		`{"process":{"command":"x","script":{"spec":"/number"}}}`, `{"process":{"command":"x","script":{}}}`,
		`{"process":{"command":"x","script":{"spec":"/body","more":1}}}`, `{"process":{"command":"x","failOnNonZero":1}}`,
		`{"process":{"command":"x","args":null}}`, `{"process":{"command":"x","cwd":null}}`, `{"process":{"command":"x","env":null}}`,
		`{"process":{"command":"x","module":"x"}}`, `{"wasm":{"module":"m","args":[],"env":{},"stdin":"x"}}`, `{"wasm":{"module":""}}`,
		`{"wasm":{"module":"m","cwd":"/"}}`, `{"process":{"command":"x","stdin":null}}`, `{"process":{"command":"x","script":null}}`,
		`{"run":{"a":1,"a":2}}`, `{"run":{}},"description":"a\nb"`, `{"run":{}},"description":"ok"`, `{"run":{}},"description":null`,
		`{"run":{}},"annotations":{"a":"b"}`, `{"run":{}},"annotations":{"a":1}`, `{"run":{}},"annotations":null`, `{"run":{}},"more":1`,
		`{"run":{}},"action":{"run":{}}`,
	} {
		f.Add(seed)
	}
	specRoot, err := document.ParseJSON([]byte(spec), document.Bounds{Bytes: 1 << 10, Depth: 8})
	if err != nil {
		f.Fatal(err)
	}
	index := document.NewIndex(specRoot)
	f.Fuzz(func(t *testing.T, action string) {
		reply := []byte(`{"action":` + action + `}`)
		if !utf8.Valid(reply) {
			return // trapped before it is looked at
		}
		_, want := registry.DecodeTask(reply, index, abi.DefaultLimits().Reply)
		got := guesttest.CheckTask(t, string(reply), spec)
		if (got == nil) != (want == nil) {
			t.Errorf("%s: %v, want %v", reply, got, want)
		}
	})
}

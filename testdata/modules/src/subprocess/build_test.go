package main

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// fakeHost answers from documents in memory.
type fakeHost struct {
	t        *testing.T
	document any               // the TaskSpec
	conf     any               // the configuration
	granted  map[string]string // nil: no grant at all
}

// find follows a pointer; escapes are not needed here.
func (h fakeHost) find(document any, pointer string) (string, bool) {
	for _, token := range strings.Split(pointer, "/")[1:] {
		switch v := document.(type) {
		case map[string]any:
			child, ok := v[token]
			if !ok {
				return "", false
			}
			document = child
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i >= len(v) {
				return "", false
			}
			document = v[i]
		default:
			return "", false
		}
	}
	return h.text(document), true
}

func (h fakeHost) text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil {
		h.t.Fatal(err)
	}
	return string(b)
}

func (h fakeHost) size(pointer string) int {
	if s, ok := h.find(h.document, pointer); ok {
		return len(s)
	}
	return -1
}

func (h fakeHost) spec(pointer string) (string, bool)   { return h.find(h.document, pointer) }
func (h fakeHost) config(pointer string) (string, bool) { return h.find(h.conf, pointer) }

func (h fakeHost) env(key string) (string, bool) {
	if key == "" && h.granted != nil {
		return h.text(h.granted), true
	}
	v, ok := h.granted[key]
	return v, ok
}

// parse reads a test's document.
func parse(t *testing.T, s string) any {
	t.Helper()
	if s == "" {
		return nil
	}
	var v any
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return v
}

func TestBuild(t *testing.T) {
	tests := []struct {
		name    string
		kind    string // what stands under kind
		config  string
		granted map[string]string
		want    string
	}{{
		name: "command",
		kind: `{"subprocess":{"mode":{"command":{"command":"make","args":["-j4","a \"b\""]}},"cwd":"/w","failOnNonZero":true}}`,
		want: `{"action":{"process":{"command":"make","args":["-j4","a \"b\""],"env":{},"cwd":"/w","failOnNonZero":true}},
			"description":"runs make"}`,
	}, {
		name: "command with nothing else",
		kind: `{"subprocess":{"mode":{"command":{"command":"a\nb"}},"failOnNonZero":false}}`,
		want: `{"action":{"process":{"command":"a\nb","env":{},"failOnNonZero":false}},"description":"runs a b"}`,
	}, {
		name: "bash script",
		kind: `{"subprocess":{"mode":{"script":{"runtime":"bash","body":"ZWNobw==","args":["x"]}},"failOnNonZero":true}}`,
		want: `{"action":{"process":{"command":"bash","args":["x"],"script":{"spec":"/kind/subprocess/mode/script/body"},
			"env":{},"failOnNonZero":true}},"description":"runs a bash script"}`,
	}, {
		name: "python script",
		kind: `{"subprocess":{"mode":{"script":{"runtime":"python","body":"cGFzcw=="}}}}`,
		want: `{"action":{"process":{"command":"python3","script":{"spec":"/kind/subprocess/mode/script/body"},"env":{}}},
			"description":"runs a python script"}`,
	}, {
		name:   "configured interpreter",
		kind:   `{"subprocess":{"mode":{"script":{"runtime":"node","body":"MQ=="}}}}`,
		config: `{"interpreters":{"node":"/opt/node"}}`,
		want: `{"action":{"process":{"command":"/opt/node","script":{"spec":"/kind/subprocess/mode/script/body"},"env":{}}},
			"description":"runs a node script"}`,
	}, {
		name: "custom interpreter, its flag unused",
		kind: `{"subprocess":{"mode":{"script":{"runtime":{"custom":{"command":"perl","flag":"-e"}},"body":"MQ=="}}}}`,
		want: `{"action":{"process":{"command":"perl","script":{"spec":"/kind/subprocess/mode/script/body"},"env":{}}},
			"description":"runs a perl script"}`,
	}, {
		name: "environment of the task alone, the last duplicate wins",
		kind: `{"subprocess":{"mode":{"command":{"command":"env"}},"env":[{"key":"A","value":"1"},{"key":"B","value":"\"2\""},{"key":"A","value":"3"}]}}`,
		want: `{"action":{"process":{"command":"env","env":{"A":"3","B":"\"2\""}}},"description":"runs env"}`,
	}, {
		name:    "environment of the runner alone",
		kind:    `{"subprocess":{"mode":{"command":{"command":"env"}}}}`,
		granted: map[string]string{"TOKEN": "a\"b"},
		want:    `{"action":{"process":{"command":"env","env":{"TOKEN":"a\"b"}}},"description":"runs env"}`,
	}, {
		name:    "the runner's value wins",
		kind:    `{"subprocess":{"mode":{"command":{"command":"env"}},"env":[{"key":"A","value":"task"},{"key":"B","value":"task"}]}}`,
		granted: map[string]string{"A": "runner", "C": ""},
		want:    `{"action":{"process":{"command":"env","env":{"A":"runner","B":"task","C":""}}},"description":"runs env"}`,
	}, {
		name:    "granted, but nothing set",
		kind:    `{"subprocess":{"mode":{"command":{"command":"env"}},"env":[{"key":"A","value":""}]}}`,
		granted: map[string]string{},
		want:    `{"action":{"process":{"command":"env","env":{"A":""}}},"description":"runs env"}`,
	}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := fakeHost{t: t, document: map[string]any{"kind": parse(t, tt.kind)}, conf: parse(t, tt.config), granted: tt.granted}
			got, refused := build(h)
			if refused != nil {
				t.Fatalf("refused with %+v", *refused)
			}
			// Duplicate keys would vanish in the comparison below.
			if n := strings.Count(string(got.reply), `"A":`); n > 1 {
				t.Errorf("%s has the key A %d times", got.reply, n)
			}
			if !reflect.DeepEqual(parse(t, string(got.reply)), parse(t, tt.want)) {
				t.Errorf("got  %s\nwant %s", got.reply, tt.want)
			}
		})
	}
}

func TestBuildRefuses(t *testing.T) {
	tests := []struct {
		name, kind string
		status     int32
		message    string // a part of it
	}{
		{"another kind", `{"wasm":{"module":"m"}}`, 1, "takes only the kind subprocess"},
		{"a bare string", `"embedded"`, 1, "takes only the kind subprocess"},
		{"no mode", `{"subprocess":{}}`, 3, "/kind/subprocess/mode"},
		{"neither mode", `{"subprocess":{"mode":{}}}`, 3, "/kind/subprocess/mode/command or "},
		{"no command", `{"subprocess":{"mode":{"command":{}}}}`, 3, "/kind/subprocess/mode/command/command"},
		{"blank command", `{"subprocess":{"mode":{"command":{"command":" \t"}}}}`, 2, "command is empty"},
		{"no runtime", `{"subprocess":{"mode":{"script":{"body":"MQ=="}}}}`, 3, "/kind/subprocess/mode/script/runtime"},
		{"unknown runtime", `{"subprocess":{"mode":{"script":{"runtime":"ruby","body":"MQ=="}}}}`, 2, `"ruby" is not bash`},
		{"custom without command", `{"subprocess":{"mode":{"script":{"runtime":{"custom":{}},"body":"MQ=="}}}}`, 3, "/runtime/custom/command"},
		{"blank custom command", `{"subprocess":{"mode":{"script":{"runtime":{"custom":{"command":" "}},"body":"MQ=="}}}}`, 2, "interpreter is empty"},
		{"no body", `{"subprocess":{"mode":{"script":{"runtime":"bash"}}}}`, 3, "/kind/subprocess/mode/script/body"},
		{"empty body", `{"subprocess":{"mode":{"script":{"runtime":"bash","body":""}}}}`, 2, "script is empty"},
		{"variable without a key", `{"subprocess":{"mode":{"command":{"command":"x"}},"env":[{"value":""}]}}`, 3, "/kind/subprocess/env/0/key"},
		{"variable without a value", `{"subprocess":{"mode":{"command":{"command":"x"}},"env":[{"key":"A"}]}}`, 3, "/kind/subprocess/env/0/value"},
		{"empty name", `{"subprocess":{"mode":{"command":{"command":"x"}},"env":[{"key":"","value":""}]}}`, 2, "/kind/subprocess/env/0/key"},
		{"name with =", `{"subprocess":{"mode":{"command":{"command":"x"}},"env":[{"key":"A=B","value":""}]}}`, 2, "no '='"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, refused := build(fakeHost{t: t, document: map[string]any{"kind": parse(t, tt.kind)}})
			if refused == nil {
				t.Fatal("it was built")
			}
			if refused.status != tt.status || !strings.Contains(refused.message, tt.message) {
				t.Errorf("refused with %+v, want status %d and %q", *refused, tt.status, tt.message)
			}
		})
	}
}

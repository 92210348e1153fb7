package document_test

import (
	"testing"

	"github.com/soltihq/soltiwasm/document"
)

var emitTests = []struct{ name, json, yaml string }{
	{"scalars", `[null,true,1.5,"text","two words"]`, "- null\n- true\n- 1.5\n- text\n- two words\n"},
	{"fields keep their order", `{"b":1,"a":{"d":[],"c":{}}}`, "b: 1\na:\n  d: []\n  c: {}\n"},
	{"arrays in objects in arrays", `[{"a":[1,[2,3]],"b":4},[[5]]]`, "- a:\n    - 1\n    - - 2\n      - 3\n  b: 4\n- - - 5\n"},
	{"what others read as something else", `["yes","No","on","null","~","1","0x1F","1_000","12:30","2001-01-01",".inf","=","<<","-","?","- a",""]`,
		"- \"yes\"\n- \"No\"\n- \"on\"\n- \"null\"\n- \"~\"\n- \"1\"\n- \"0x1F\"\n- \"1_000\"\n- \"12:30\"\n- \"2001-01-01\"\n- \".inf\"\n- \"=\"\n- \"<<\"\n- \"-\"\n- \"?\"\n- \"- a\"\n- \"\"\n"},
	{"signs", `["a: b","a:b","a #b","a,b","[a]","a ","a:","/usr/bin/x","sha256:00ff","http://x/?a=b","é"]`,
		"- \"a: b\"\n- a:b\n- \"a #b\"\n- \"a,b\"\n- \"[a]\"\n- \"a \"\n- \"a:\"\n- /usr/bin/x\n- sha256:00ff\n- \"http://x/?a=b\"\n- é\n"},
	{"keys", `{"example.io/team":1,"on":2,"":3,"a b":4,"x: y":5,"%d":6}`, "example.io/team: 1\n\"on\": 2\n\"\": 3\na b: 4\n\"x: y\": 5\n\"%d\": 6\n"},
	{"a script", `{"body":"#!/bin/sh\n\n\techo \"hi\"\n---\n","after":1}`, "body: |\n  #!/bin/sh\n\n  \techo \"hi\"\n  ---\nafter: 1\n"},
	{"no line break at the end", `["a\nb","c"]`, "- |-\n  a\n  b\n- c\n"},
	{"many line breaks at the end", `{"a":"b\n\n\n","c":"d\ne\n\n"}`, "a: |+\n  b\n\n\nc: |+\n  d\n  e\n\n"},
	{"a text at the root", `"---\n...\n"`, "|\n  ---\n  ...\n"},
	{"texts that are no literals", `[" a\nb","\na","a\n \nb","a\n\t","a\rb\n","\n"]`,
		"- \" a\\nb\"\n- \"\\na\"\n- \"a\\n \\nb\"\n- \"a\\n\\t\"\n- \"a\\rb\\n\"\n- \"\\n\"\n"},
	{"characters that YAML escapes", "[\"a\\u007f\u0085\u2028\u2029\uFEFF\uFFFF\\u0000\",\"x\\ny\u2028\"]",
		"- \"a\\u007f\\u0085\\u2028\\u2029\\ufeff\\uffff\\u0000\"\n- \"x\\ny\\u2028\"\n"},
	{"an empty array at the root", `[]`, "[]\n"},
}

func TestAppendYAML(t *testing.T) {
	for _, tt := range emitTests {
		t.Run(tt.name, func(t *testing.T) {
			root := parse(t, tt.json)
			if got := string(root.AppendYAML(nil)); got != tt.yaml {
				t.Errorf("got\n%q\nwant\n%q", got, tt.yaml)
			}
			readsBack(t, root)
		})
	}
}

func TestAppendYAMLOfMissingNodes(t *testing.T) {
	root := document.NewObject(document.NewField("a", nil), document.NewField("b", document.NewArray(nil)))
	if got, want := string(root.AppendYAML(nil)), "a: null\nb:\n  - null\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := string(root.AppendJSON(nil)), `{"a":null,"b":[null]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := string(document.NewIndex(root).JSON()); got != `{"a":null,"b":[null]}` {
		t.Errorf("the index holds %s", got)
	}
}

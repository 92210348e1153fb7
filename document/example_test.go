package document_test

import (
	"fmt"
	"time"

	"github.com/soltihq/soltiwasm/document"
)

func ExampleParseYAML() {
	docs, err := document.ParseYAML([]byte(`slot: web
labels: {tier: prod, zone: eu}
---
slot: [
---
slot: db
slot: again
`), document.Bounds{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, doc := range docs {
		if doc.Err != nil {
			fmt.Printf("document %d: %v\n", doc.Number, doc.Err)
			continue
		}
		fmt.Printf("document %d: %s\n", doc.Number, doc.Root.AppendJSON(nil))
	}
	// Output:
	// document 1: {"labels":{"tier":"prod","zone":"eu"},"slot":"web"}
	// document 2: line 5, column 1: did not find expected node content, while parsing a flow node
	// document 3: line 7, column 1: duplicate field "slot", first given at line 6, column 1
}

func ExampleParseJSON() {
	root, err := document.ParseJSON([]byte(`{"b": 1.50, "a": "\u00e9"}`), document.Bounds{Bytes: 1 << 20})
	fmt.Println(string(root.AppendJSON(nil)), err)
	_, err = document.ParseJSON([]byte(`{"b": 1.50,}`), document.Bounds{Bytes: 1 << 20})
	fmt.Println(err)
	// Output:
	// {"a":"é","b":1.5} <nil>
	// line 1, column 12: expected a key in quotes, found '}'
}

func ExampleIndex_Lookup() {
	root, err := document.ParseJSON([]byte(`{"labels":{"example.io/team":"infra"},"ports":[80,443]}`), document.Bounds{})
	if err != nil {
		fmt.Println(err)
		return
	}
	index := document.NewIndex(root)
	for _, pointer := range []string{"/labels/example.io~1team", "/ports", "/ports/1", "/ports/01"} {
		value, ok := index.Lookup([]byte(pointer))
		fmt.Printf("%s: %s %t\n", pointer, value, ok)
	}
	// Output:
	// /labels/example.io~1team: infra true
	// /ports: [80,443] true
	// /ports/1: 443 true
	// /ports/01:  false
}

func ExampleDecoder() {
	docs, err := document.ParseYAML([]byte("slot: 8080\ntimout: 30s\nenv:\n  - {key: A}\n"), document.Bounds{})
	if err != nil || docs[0].Err != nil {
		fmt.Println(err, docs)
		return
	}
	spec := struct {
		slot    string
		timeout time.Duration
		env     map[string]string
	}{env: map[string]string{}}
	var d document.Decoder
	o := d.Object(docs[0].Root, "")
	spec.slot = o.Require("slot").Text()
	if v := o.Get("timeout"); v.Present() {
		spec.timeout = v.Duration()
	}
	for _, item := range o.Get("env").Items() {
		e := item.Object()
		spec.env[e.Require("key").Text()] = e.Require("value").Text()
		e.Close()
	}
	o.Close()
	fmt.Println(d.Err())
	// Output:
	// line 1, column 7: slot: expected a string, found the number 8080: quote it
	// line 2, column 1: unknown field "timout", did you mean "timeout"?
	// line 4, column 5: env[0]: missing field "value"
}

func ExampleNode_AppendYAML() {
	root := document.NewObject(
		document.NewField("slot", document.NewString("web")),
		document.NewField("enabled", document.NewString("yes")),
		document.NewField("body", document.NewString("set -e\necho hi\n")),
		document.NewField("ports", document.NewArray(document.NewInt(80), document.NewInt(443))),
	)
	fmt.Print(string(root.AppendYAML(nil)))
	// Output:
	// slot: web
	// enabled: "yes"
	// body: |
	//   set -e
	//   echo hi
	// ports:
	//   - 80
	//   - 443
}

func ExampleNode_Find() {
	docs, err := document.ParseYAML([]byte("kind:\n  subprocess:\n    args: [a]\n"), document.Bounds{})
	if err != nil || docs[0].Err != nil {
		fmt.Println(err, docs)
		return
	}
	// A fault found in Go values knows its path only.
	place := docs[0].Root.Find("kind.subprocess.command")
	fmt.Println(place.Line, place.Column)
	// Output: 3 5
}
